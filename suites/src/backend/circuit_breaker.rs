//! The circuit breaker: it stops asking a backend that does not answer any more.
//!
//! The survey sends about a hundred cycles, and gives each up after `patience`. Where one operation hangs, only the
//! cycles with that operation take so long. Where the whole backend hangs, every cycle would.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use sessionspec_reference::Description;

use super::{Backend, BackendError, CycleRequest, CycleResponse, Foreign, LocalBoxFuture};
use crate::browser::Origin;
use crate::script::{Ending, Processes, StoreChange, StoreControl};

/// Wraps a backend that has answered so far. The caller gives a cycle up after `patience`, by dropping its future.
pub(crate) fn circuit_breaker(backend: &Rc<dyn Backend>, patience: Duration) -> Rc<dyn Backend> {
    Rc::new(CircuitBreaker { backend: Rc::clone(backend), patience, state: Cell::new(State::Answers) })
}

/// A backend that is sent an empty cycle after one that was not answered, to see whether it still answers.
struct CircuitBreaker {
    backend: Rc<dyn Backend>,
    patience: Duration,
    state: Cell<State>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// The last cycle was answered.
    Answers,
    /// The last cycle was not answered.
    Doubtful,
    /// The empty cycle after it was not answered either, so that nothing more is sent.
    Silent,
}

impl CircuitBreaker {
    async fn ask(&self, request: CycleRequest) -> Result<CycleResponse, BackendError> {
        if self.state.get() == State::Doubtful {
            let control = self.unless_given_up(State::Silent);
            // An error is an answer, too; the cycle that follows reports its own.
            let _ = self.backend.cycle(CycleRequest::default()).await;
            control.done();
        }
        if self.state.get() == State::Silent {
            return Err(BackendError::NoAnswer(self.patience));
        }
        if !request.gates.is_empty() {
            // A held cycle is not expected to be answered.
            return self.backend.cycle(request).await;
        }
        let cycle = self.unless_given_up(State::Doubtful);
        let response = self.backend.cycle(request).await;
        cycle.done();
        response
    }

    /// Notes this state if the caller gives up what follows: its future, and this value with it, is then dropped half
    /// way.
    fn unless_given_up(&self, state: State) -> UnlessGivenUp<'_> {
        UnlessGivenUp { noted: &self.state, otherwise: Some(state) }
    }
}

struct UnlessGivenUp<'a> {
    noted: &'a Cell<State>,
    otherwise: Option<State>,
}

impl UnlessGivenUp<'_> {
    fn done(mut self) {
        self.noted.set(State::Answers);
        self.otherwise = None;
    }
}

impl Drop for UnlessGivenUp<'_> {
    fn drop(&mut self) {
        if let Some(state) = self.otherwise {
            self.noted.set(state);
        }
    }
}

impl Backend for CircuitBreaker {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(self.ask(request))
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

    fn nodes(&self) -> usize {
        self.backend.nodes()
    }

    fn breathe(&self) -> LocalBoxFuture<'_, ()> {
        self.backend.breathe()
    }

    fn foreign_cookies(&self) -> Foreign {
        self.backend.foreign_cookies()
    }

    fn lost_connections(&self) -> usize {
        self.backend.lost_connections()
    }

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        self.backend.on_virtual_time()
    }

    fn restarts(&self) -> bool {
        self.backend.restarts()
    }

    fn moves_clocks(&self) -> bool {
        self.backend.moves_clocks()
    }

    fn pause(&self, node: usize, is_paused: bool) -> LocalBoxFuture<'_, Result<(), String>> {
        self.backend.pause(node, is_paused)
    }

    fn apart(&self, wanted: Processes) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        self.backend.apart(wanted)
    }

    fn store_control(&self) -> StoreControl {
        self.backend.store_control()
    }

    fn has_come_to_its_store(&self) -> bool {
        self.backend.has_come_to_its_store()
    }

    fn change_store(&self, change: StoreChange) -> LocalBoxFuture<'_, Result<(), String>> {
        self.backend.change_store(change)
    }

    fn restart<'a>(&'a self, by: Ending, let_go: &'a dyn Fn()) -> LocalBoxFuture<'a, Result<(), String>> {
        self.backend.restart(by, let_go)
    }

    fn takes_lifetimes(&self) -> bool {
        self.backend.takes_lifetimes()
    }

    fn with_lifetime(&self, seconds: f64) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        self.backend.with_lifetime(seconds)
    }
}
