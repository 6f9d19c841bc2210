//! The service beside the one that is tested, to which requests of a script go that say so.

use std::rc::Rc;

use super::Player;
use crate::backend::Backend;
use crate::browser::Origin;

/// The service beside, and where browsers see it.
pub(super) struct Neighbour {
    backend: Rc<dyn Backend>,
    origin: Origin,
}

/// The service beside where a request goes there, else this one.
pub(super) fn place<'a>(
    neighbour: &'a Option<Neighbour>,
    own: (&'a Rc<dyn Backend>, &'a Origin),
    is_beside: bool,
) -> (&'a Rc<dyn Backend>, &'a Origin) {
    match neighbour {
        Some(neighbour) if is_beside => (&neighbour.backend, &neighbour.origin),
        _ => own,
    }
}

impl Player {
    /// Sends the next request to the service beside, if there is one and it is to go there.
    pub(super) fn goes_beside(&mut self, is_beside: bool) -> bool {
        self.is_beside = is_beside;
        if !is_beside || self.neighbour.is_some() {
            return true;
        }
        match self.backend.beside() {
            Some(backend) => {
                self.transcript.path_beside = backend.path().to_owned();
                self.transcript.foreign_beside = backend.foreign_cookies();
                let origin = backend.origin();
                self.neighbour = Some(Neighbour { backend, origin });
                true
            }
            None => {
                let why = "a request goes to a service beside this one, and none is known: name its probe with --beside";
                self.transcript.not_launched = Some(why.to_owned());
                false
            }
        }
    }

    /// The service, or the one beside it, and where browsers see it.
    pub(super) fn place(&self, is_beside: bool) -> (&Rc<dyn Backend>, &Origin) {
        place(&self.neighbour, (&self.backend, &self.origin), is_beside)
    }

    /// Who gets the next request.
    pub(super) fn asked(&self) -> Rc<dyn Backend> {
        Rc::clone(self.place(self.is_beside).0)
    }

    /// Waits until whoever gets the next request wants it.
    pub(super) async fn breathe(&self) {
        self.asked().breathe().await;
    }
}
