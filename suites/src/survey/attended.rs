//! A backend that is not asked again and again when it has stopped answering.
//!
//! The survey sends some hundred cycles. Where one operation hangs, its cycles take as long as patience lasts; where
//! all do, the survey should not.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use sessionspec_reference::Description;

use crate::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use crate::browser::Origin;

/// The same backend, which has answered so far. Who asks it gives a cycle up after `patience`.
pub(crate) fn attended(backend: &Rc<dyn Backend>, patience: Duration) -> Rc<dyn Backend> {
    Rc::new(Attended { backend: Rc::clone(backend), patience, health: Cell::new(Health::Answers) })
}

/// A backend that is asked whether it still answers before the cycle that follows an unanswered one.
struct Attended {
    backend: Rc<dyn Backend>,
    patience: Duration,
    health: Cell<Health>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Health {
    /// The last cycle was answered.
    Answers,
    /// The last cycle was not.
    Doubtful,
    /// An empty cycle was not answered either.
    Silent,
}

impl Attended {
    async fn attend(&self, request: CycleRequest) -> Result<CycleResponse, BackendError> {
        if self.health.get() == Health::Doubtful {
            let control = self.unless_given_up(Health::Silent);
            // An error is for the cycle itself to meet.
            let _ = self.backend.cycle(CycleRequest::default()).await;
            control.done();
        }
        if self.health.get() == Health::Silent {
            return Err(BackendError::NoAnswer(self.patience));
        }
        if !request.gates.is_empty() {
            // A held cycle is not expected to be answered.
            return self.backend.cycle(request).await;
        }
        let cycle = self.unless_given_up(Health::Doubtful);
        let response = self.backend.cycle(request).await;
        cycle.done();
        response
    }

    /// Notes this health if what follows is given up, which shows in that it is dropped half way.
    fn unless_given_up(&self, health: Health) -> UnlessGivenUp<'_> {
        UnlessGivenUp { noted: &self.health, otherwise: Some(health) }
    }
}

struct UnlessGivenUp<'a> {
    noted: &'a Cell<Health>,
    otherwise: Option<Health>,
}

impl UnlessGivenUp<'_> {
    fn done(mut self) {
        self.noted.set(Health::Answers);
        self.otherwise = None;
    }
}

impl Drop for UnlessGivenUp<'_> {
    fn drop(&mut self) {
        if let Some(health) = self.otherwise {
            self.noted.set(health);
        }
    }
}

impl Backend for Attended {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(self.attend(request))
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

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        self.backend.on_virtual_time()
    }

    fn takes_lifetimes(&self) -> bool {
        self.backend.takes_lifetimes()
    }

    fn with_lifetime(&self, seconds: f64) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        self.backend.with_lifetime(seconds)
    }
}
