//! The circuit breaker: it stops asking a backend that does not answer any more.
//!
//! The survey sends about a hundred cycles, and gives each up after `patience`. Where one operation hangs, only the
//! cycles with that operation take so long. Where the whole backend hangs, every cycle would.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::Description;

use super::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};

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
    fn inner(&self) -> Option<&dyn Backend> {
        Some(&*self.backend)
    }

    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(self.ask(request))
    }
}
