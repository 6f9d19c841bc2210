//! The waist of the suite: one cycle in, one answer out. Checks never know what is behind it.

mod circuit_breaker;
mod foreign;
mod front;
mod fronted;
mod gate;
mod glue;
mod guarded;
mod in_process;
mod interpret;
mod into_backend;
mod panics;

pub(crate) use circuit_breaker::circuit_breaker;
#[doc(hidden)]
pub use foreign::Foreign;
pub(crate) use front::{Disturbed, Front, TOO_MANY, is_refusal_in_front, told as refusals_told};
pub(crate) use fronted::fronted;
pub use gate::Gate;
pub use glue::Glue;
pub use guarded::guarded;
pub use in_process::{InProcess, in_process};
#[cfg(feature = "tower-sessions")]
pub(crate) use interpret::{Handled, interpret};
pub use into_backend::{IntoBackend, kind};
pub use panics::catching_panics;
pub(crate) use panics::without_panic;
pub use sessionspec_reference::legacy::LocalBoxFuture;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use sessionspec_reference::Description;
use sessionspec_reference::http::Headers;

use crate::browser::Origin;
use crate::script::{Answer, Operation};

/// A backend under test, behind one of the doors.
///
/// It is local to a thread: futures need not be `Send`.
pub trait Backend {
    /// What the backend says of itself, outside of any session.
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>>;

    /// One request: the session is opened, the operations are performed, the session is saved.
    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>>;

    /// Where browsers believe they are.
    fn origin(&self) -> Origin {
        Origin::default()
    }

    /// The path of the probe, which decides the cookies that browsers send.
    fn path(&self) -> &str {
        "/"
    }

    /// The time that the backend goes by.
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    /// Lets time pass.
    fn wait(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    // What a run knows of what stands in front of a backend; nobody else has to.
    /// Waits until the next request may be sent: at once, unless the service has asked for less of them.
    #[doc(hidden)]
    fn breathe(&self) -> LocalBoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    /// Which cookies are known to be no part of the session.
    #[doc(hidden)]
    fn foreign_cookies(&self) -> Foreign {
        Foreign::default()
    }

    /// How many connections it has closed after an answer, as is lawful, of which the next request learnt too late.
    /// Each of them was a [`BackendError::ConnectionLost`].
    fn lost_connections(&self) -> usize {
        0
    }

    /// A backend like this one, with nothing stored, whose time passes only when it is told to [wait](Self::wait), and
    /// then at once; none where the backend goes by a clock that nobody can move.
    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        Box::pin(std::future::ready(None))
    }

    /// Whether it can be started again [with another lifetime](Self::with_lifetime).
    fn takes_lifetimes(&self) -> bool {
        false
    }

    /// The same backend, started again, whose permanent sessions live for so many seconds; the error says why there is
    /// none.
    fn with_lifetime(&self, seconds: f64) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        let why = format!("it cannot be started again with a lifetime of {seconds} s");
        Box::pin(std::future::ready(Err(why)))
    }
}

/// What is sent to a backend.
#[derive(Debug, Clone, Default)]
pub struct CycleRequest {
    /// The header fields that the browser adds: `Cookie`, if it has any.
    pub headers: Headers,
    /// What the handler has to do, in order.
    pub ops: Vec<Operation>,
    /// The gates that the `hold` operations among them name.
    pub gates: BTreeMap<String, Gate>,
}

/// What a backend sent back.
#[derive(Debug, Clone, PartialEq)]
pub struct CycleResponse {
    /// The status of the response.
    pub status: u16,
    /// Its header fields; those that matter are `Set-Cookie` and `Vary`.
    pub headers: Headers,
    /// Its body.
    pub body: Body,
}

/// The body of a response.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// The answer of a probe.
    Answers {
        /// One answer for each operation.
        results: Vec<Answer>,
        /// Why an explicit save was refused.
        save_error: Option<String>,
    },
    /// Anything else, for instance the error page of a framework; the text is an excerpt.
    Other(String),
}

/// Why there was no response at all, or none that makes sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// Nobody listens there.
    #[error("the service cannot be reached: {0}")]
    Unreachable(String),
    /// The connection ended before the response did.
    #[error("the service cut the response off: {0}")]
    CutOff(String),
    /// The connection was a new one, and ended before a byte of a response had come.
    #[error("the connection ended without an answer")]
    Dropped,
    /// The connection had been used before, and ended before a byte of a response had come: nobody knows whether the
    /// service has seen the request. It is not sent again; the script is played again from its start.
    #[error("a connection that had been used before ended before it brought an answer")]
    ConnectionLost,
    /// The service answered that it has failed.
    #[error("the service failed the request: {0}")]
    Failed(String),
    /// It was answered, and nothing can be concluded from that, for this reason: somebody in front of the handler has
    /// refused a request, or the answer came too late to mean anything.
    #[error("{0}")]
    Inconclusive(String),
    /// The response is not what a probe answers.
    #[error("this is no probe: {0}")]
    NotAProbe(String),
    /// No response within the time that was allowed.
    #[error("no answer within {} s", .0.as_secs_f64())]
    NoAnswer(Duration),
    /// The suite itself is at fault.
    #[error("the suite itself has failed: {0}")]
    Internal(String),
}

impl BackendError {
    /// Whether a request that was sent got no response, or no whole one, so that the request itself has failed.
    #[must_use]
    pub fn is_of_request(&self) -> bool {
        matches!(self, Self::NoAnswer(_) | Self::CutOff(_) | Self::Dropped)
    }
}
