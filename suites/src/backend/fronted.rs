//! A backend of which is taken down what stands in front of it.

use std::rc::Rc;
use std::time::{Duration, SystemTime};

use sessionspec_reference::Description;

use super::{Backend, BackendError, CycleRequest, CycleResponse, Foreign, Front, LocalBoxFuture};
use crate::browser::Origin;

/// The same backend, of which is taken down what stands in front of it.
pub(crate) fn fronted(backend: Rc<dyn Backend>, front: &Rc<Front>) -> Rc<dyn Backend> {
    Rc::new(Fronted { backend, front: Rc::clone(front) })
}

struct Fronted {
    backend: Rc<dyn Backend>,
    front: Rc<Front>,
}

impl Backend for Fronted {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move {
            let ops = request.ops.clone();
            let response = self.backend.cycle(request).await;
            self.front.note(&ops, &response, self.backend.now());
            response
        })
    }

    fn origin(&self) -> Origin {
        self.backend.origin()
    }

    fn path(&self) -> &str {
        self.backend.path()
    }

    fn now(&self) -> SystemTime {
        self.backend.now()
    }

    fn wait(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        self.backend.wait(duration)
    }

    fn breathe(&self) -> LocalBoxFuture<'_, ()> {
        Box::pin(self.front.breathe())
    }

    fn foreign_cookies(&self) -> Foreign {
        self.front.foreign()
    }

    fn lost_connections(&self) -> usize {
        self.backend.lost_connections()
    }

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        Box::pin(async { Some(fronted(self.backend.on_virtual_time().await?, &self.front)) })
    }

    fn takes_lifetimes(&self) -> bool {
        self.backend.takes_lifetimes()
    }

    fn with_lifetime(&self, seconds: f64) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(async move { Ok(fronted(self.backend.with_lifetime(seconds).await?, &self.front)) })
    }
}
