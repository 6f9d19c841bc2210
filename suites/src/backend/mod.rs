//! The trait [`Backend`], through which everything goes that the suite sends: a request for one cycle, and its
//! response. Checks never know whether a backend is in this process or is reached over HTTP.

mod circuit_breaker;
mod connections;
mod foreign;
mod front;
mod fronted;
mod gate;
mod glue;
mod guarded;
mod in_process;
mod interpret;
mod into_backend;
mod one_at_a_time;
mod panics;
mod retained;
mod work;

pub(crate) use circuit_breaker::circuit_breaker;
pub(crate) use connections::Connections;
pub use connections::OpenConnection;
#[doc(hidden)]
pub use foreign::Foreign;
pub(crate) use front::{Disturbed, Front, TOO_MANY, is_refusal, is_refusal_in_front, told as refusals_told};
pub(crate) use fronted::fronted;
pub use gate::Gate;
pub use glue::Glue;
pub use guarded::guarded;
pub use in_process::{InProcess, in_process};
pub use into_backend::{IntoBackend, kind};
pub(crate) use one_at_a_time::one_at_a_time;
pub use panics::catching_panics;
pub(crate) use panics::without_panic;
#[doc(hidden)]
pub use retained::{MOST_RETAINED, Retained};
pub(crate) use retained::{size_of_body, size_of_headers};
pub use sessionspec_reference::legacy::LocalBoxFuture;
pub use work::{Raised, Work};

use std::collections::BTreeMap;
use std::future::ready;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use sessionspec_reference::Description;
use sessionspec_reference::http::Headers;

use crate::browser::Origin;
use crate::script::{Answer, Ending, Operations, Processes, StoreChange, StoreControl};

/// The most that is read of the head of a response, in bytes. Browsers and proxies read less.
#[doc(hidden)]
pub const LARGEST_HEAD: usize = 256 * 1024;

/// The most header fields that are read of a response.
#[doc(hidden)]
pub const MOST_FIELDS: usize = 1_000;

/// A backend under test, behind one of the doors: in this process, or over HTTP.
///
/// It is local to a thread: futures need not be `Send`.
pub trait Backend {
    /// What the backend says of itself, outside of any session.
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>>;

    /// One request: the session is opened, the operations are performed, the session is saved.
    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>>;

    /// The backend that this one wraps, if it wraps one: whatever this one does not define itself is that one's. A method
    /// that makes another backend has to be defined where that one needs the wrapping, too.
    fn inner(&self) -> Option<&dyn Backend> {
        None
    }

    /// The origin at which browsers see the backend.
    fn origin(&self) -> Origin {
        self.inner().map_or_else(Origin::default, Backend::origin)
    }

    /// The path of the probe, which decides the cookies that browsers send.
    fn path(&self) -> &str {
        self.inner().map_or("/", Backend::path)
    }

    /// The time by the backend's own clock.
    fn now(&self) -> SystemTime {
        self.inner().map_or_else(SystemTime::now, Backend::now)
    }

    /// Lets this much time pass on the backend's clock.
    fn wait(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        match self.inner() {
            Some(inner) => inner.wait(duration),
            None => Box::pin(tokio::time::sleep(duration)),
        }
    }

    /// How many nodes there are: processes that serve the same sessions. Each request says which of them it goes to.
    fn nodes(&self) -> usize {
        self.inner().map_or(1, Backend::nodes)
    }

    /// Another service, whose sessions are its own, as far as its cookie has another name: requests of a script go there that say
    /// so. It has the clock of this one.
    fn beside(&self) -> Option<Rc<dyn Backend>> {
        self.inner().and_then(Backend::beside)
    }

    /// Waits until the next request may be sent: at once, unless the service has asked for fewer of them.
    #[doc(hidden)]
    fn breathe(&self) -> LocalBoxFuture<'_, ()> {
        match self.inner() {
            Some(inner) => inner.breathe(),
            None => Box::pin(ready(())),
        }
    }

    /// Which cookies are known to be no part of the session.
    #[doc(hidden)]
    fn foreign_cookies(&self) -> Foreign {
        self.inner().map_or_else(Foreign::default, Backend::foreign_cookies)
    }

    /// How many requests met a connection that the service had closed after an earlier answer, as it may. Each of them
    /// was a [`BackendError::ConnectionLost`].
    fn lost_connections(&self) -> usize {
        self.inner().map_or(0, Backend::lost_connections)
    }

    /// A backend like this one with an empty store, whose time passes only when [`wait`](Self::wait) is called, and
    /// then at once. It is `None` where nobody can move the backend's clock.
    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        match self.inner() {
            Some(inner) => inner.on_virtual_time(),
            None => Box::pin(ready(None)),
        }
    }

    /// Whether the backend can be [ended and started again](Self::restart), as a backend [apart](Self::apart).
    fn restarts(&self) -> bool {
        self.inner().is_some_and(Backend::restarts)
    }

    /// Whether a node [apart](Self::apart) can have a clock that is ahead.
    fn moves_clocks(&self) -> bool {
        self.inner().is_some_and(Backend::moves_clocks)
    }

    /// Other processes of the backend, with the store of this one, which a script may end or pause while others go on with this
    /// one. Nobody else has them until they are dropped. The error says why there are none.
    fn apart(&self, wanted: Processes) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        match self.inner() {
            Some(inner) => inner.apart(wanted),
            None => impossible("it cannot be ended and started again: let --launch start the service"),
        }
    }

    /// Ends the process so, and starts it again with the same store. `let_go` is called once the process was told to end:
    /// requests that are held go on then, as far as there is anybody left. The error says why it does not start again.
    fn restart<'a>(&'a self, by: Ending, let_go: &'a dyn Fn()) -> LocalBoxFuture<'a, Result<(), String>> {
        match self.inner() {
            Some(inner) => inner.restart(by, let_go),
            None => impossible("it cannot be ended and started again"),
        }
    }

    /// Stops a node of a backend [apart](Self::apart) in the middle of whatever it does, or lets it go on. The error says why
    /// that cannot be done.
    fn pause(&self, node: usize, is_paused: bool) -> LocalBoxFuture<'_, Result<(), String>> {
        match self.inner() {
            Some(inner) => inner.pause(node, is_paused),
            None => impossible("its process cannot be stopped: let --launch start the service"),
        }
    }

    /// What can be done to the store of a backend [apart](Self::apart), so that scripts see what becomes of its sessions.
    fn store_control(&self) -> StoreControl {
        self.inner().map_or_else(StoreControl::default, Backend::store_control)
    }

    /// Breaks the way to its store, mends it, or empties the store. The error says why that cannot be done.
    fn change_store(&self, change: StoreChange) -> LocalBoxFuture<'_, Result<(), String>> {
        match self.inner() {
            Some(inner) => inner.change_store(change),
            None => impossible("the way to its store cannot be broken: name the store with --store"),
        }
    }

    /// Whether it has come to its store by the way that can be broken. One that never does has another way, and whatever is
    /// done to this one shows nothing.
    fn has_come_to_its_store(&self) -> bool {
        self.inner().is_none_or(Backend::has_come_to_its_store)
    }

    /// Whether the backend can be started again [with another lifetime](Self::with_lifetime).
    fn takes_lifetimes(&self) -> bool {
        self.inner().is_some_and(Backend::takes_lifetimes)
    }

    /// Starts the backend again, so that its permanent sessions live for so many seconds. The error says why that is
    /// not possible.
    fn with_lifetime(&self, seconds: f64) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        match self.inner() {
            Some(inner) => inner.with_lifetime(seconds),
            None => impossible(format!("it cannot be started again with a lifetime of {seconds} s")),
        }
    }
}

/// The answer of a backend that cannot do what it is asked for.
fn impossible<'a, T: 'a>(why: impl Into<String>) -> LocalBoxFuture<'a, Result<T, String>> {
    Box::pin(ready(Err(why.into())))
}

/// A request for one cycle.
#[derive(Debug, Clone, Default)]
pub struct CycleRequest {
    /// The header fields that the browser adds: `Cookie`, if it has any.
    pub headers: Headers,
    /// The operations that the handler performs, in order.
    pub ops: Operations,
    /// The gates that the `hold` operations name, by their names.
    pub gates: BTreeMap<String, Gate>,
    /// The node that it goes to, counted from zero.
    pub node: usize,
    /// The connection over which it comes, where one is opened for it.
    pub connection: Option<OpenConnection>,
}

/// The response to a cycle.
#[derive(Debug, Clone, PartialEq)]
pub struct CycleResponse {
    /// The status of the response.
    pub status: u16,
    /// The header fields of the response; checks look at `Set-Cookie` and at what is said to caches.
    pub headers: Headers,
    /// The body of the response.
    pub body: Body,
}

/// The body of a response.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// The answer of a probe.
    Answers {
        /// One answer for each operation.
        results: Vec<Answer>,
        /// The reason for which an explicit save was refused.
        save_error: Option<String>,
    },
    /// Any other body, for instance the error page of a framework; the text is an excerpt.
    Other(String),
}

/// The reason for which there was no response, or none that a probe would send.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// Nothing listens at the address.
    #[error("the service cannot be reached: {0}")]
    Unreachable(String),
    /// The connection ended before the response did.
    #[error("the service cut the response off: {0}")]
    CutOff(String),
    /// A new connection ended before a byte of a response had come.
    #[error("the connection ended without an answer")]
    Dropped,
    /// A connection that had been used before ended before a byte of a response had come, so that nobody knows whether
    /// the service has seen the request. The request is not sent again; the script is played again from its start.
    #[error("a connection that had been used before ended before it brought an answer")]
    ConnectionLost,
    /// The head of the response is larger than clients read.
    #[error(
        "the head of the response is larger than clients read: it has more than {} KiB, or more than {} fields",
        LARGEST_HEAD / 1024, MOST_FIELDS
    )]
    HeadTooLarge,
    /// The service answered that it has failed.
    #[error("the service failed the request: {0}")]
    Failed(String),
    /// The request was answered, and nothing can be concluded from the answer, for this reason: something in front of the
    /// handler has refused the request, or the answer came too late to mean anything.
    #[error("{0}")]
    TellsNothing(String),
    /// The response is not one that a probe sends.
    #[error("this is no probe: {0}")]
    NotAProbe(String),
    /// No response came within the time that was allowed.
    #[error("no answer within {} s", .0.as_secs_f64())]
    NoAnswer(Duration),
    /// The suite itself is at fault.
    #[error("the suite itself has failed: {0}")]
    Internal(String),
}

impl BackendError {
    /// Whether a request that was sent got no response, or none that a client reads to its end, so that the request itself
    /// has failed.
    #[must_use]
    pub fn is_of_request(&self) -> bool {
        matches!(self, Self::NoAnswer(_) | Self::CutOff(_) | Self::Dropped | Self::HeadTooLarge)
    }
}
