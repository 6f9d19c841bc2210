//! A service with another one beside it, which has sessions of its own.

use std::rc::Rc;

use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::reference::Description;

/// A service, and the one beside it.
pub struct Beside {
    service: Rc<dyn Backend>,
    other: Rc<dyn Backend>,
}

impl Beside {
    /// This service, with that one beside it.
    #[must_use]
    pub fn new(service: Rc<dyn Backend>, other: Rc<dyn Backend>) -> Self {
        Self { service, other }
    }
}

impl Backend for Beside {
    fn inner(&self) -> Option<&dyn Backend> {
        Some(&*self.service)
    }

    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.service.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        self.service.cycle(request)
    }

    fn beside(&self) -> Option<Rc<dyn Backend>> {
        Some(Rc::clone(&self.other))
    }

    fn lost_connections(&self) -> usize {
        self.service.lost_connections() + self.other.lost_connections()
    }
}
