//! The reference: sessions in the memory of the process. It is the oracle that other backends are compared with.

mod record;
mod session;

use std::rc::Rc;

use crate::clock::{Clock, SystemClock};
use crate::description::{
    Claims, ConcurrencyClaim, Description, EmptyClaim, ExpiryClaim, ModifiedClaim, NestedClaim, NewClaim,
    OnErrorClaim, PermanentClaim, StoreClaim,
};
use crate::error::Result;
use crate::http::{Request, Response};
use crate::interface::SessionInterface;
use crate::modes::{Emptied, Modes, Modified, Nested, New, OnError, Permanent};

use record::Records;
pub use session::MemorySession;

/// The name of the reference's cookie.
pub const COOKIE_NAME: &str = "session";

/// Server-side sessions in memory: the cookie holds a random id, the record is here.
///
/// - An id that is not in the store (unknown, forged, expired, destroyed) opens a fresh session, which gets an id of
///   its own when it is saved: ids are never adopted.
/// - A save replaces the record as a whole, and only where it still exists: what was destroyed stays destroyed.
/// - A clone shares the records.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use sessionspec_reference::http::{Request, Response};
/// use sessionspec_reference::{Memory, Session, SessionInterface};
///
/// let sessions = Memory::default();
/// let mut session = sessions.open_session(&Request::default()).await?.expect("memory always opens");
/// session.set("colour", "red".into()).await?;
///
/// let mut response = Response::default();
/// sessions.save_session(&mut session, &mut response).await?;
/// assert!(response.headers.all("Set-Cookie").next().is_some());
/// # Ok::<(), sessionspec_reference::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Memory {
    modes: Rc<Modes>,
    records: Rc<Records>,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(Modes::default())
    }
}

impl Memory {
    /// An empty store with these modes, on the clock of the machine.
    #[must_use]
    pub fn new(modes: Modes) -> Self {
        Self::with_clock(modes, Rc::new(SystemClock))
    }

    /// An empty store with these modes, on this clock.
    #[must_use]
    pub fn with_clock(modes: Modes, clock: Rc<dyn Clock>) -> Self {
        Self { modes: Rc::new(modes), records: Rc::new(Records::new(clock)) }
    }

    /// The modes that this interface was made with.
    #[must_use]
    pub fn modes(&self) -> &Modes {
        &self.modes
    }
}

impl SessionInterface for Memory {
    type Session = MemorySession;

    async fn open_session(&self, request: &Request) -> Result<Option<MemorySession>> {
        // A browser may send several cookies of one name (other paths); the first that names a record wins.
        let known = request
            .cookies(COOKIE_NAME)
            .filter_map(|value| std::str::from_utf8(value).ok())
            .find_map(|id| Some((id.to_owned(), self.records.load(id)?)));
        Ok(Some(MemorySession::open(Rc::clone(&self.modes), Rc::clone(&self.records), known)))
    }

    async fn save_session(&self, session: &mut MemorySession, response: &mut Response) -> Result<()> {
        if session.accessed() {
            response.headers.append("Vary", "Cookie");
        }
        if response.status >= 500 && self.modes.on_error == OnError::Discarded {
            return Ok(());
        }
        if let Some(cookie) = session.commit()? {
            response.headers.append("Set-Cookie", cookie);
        }
        Ok(())
    }

    fn describe(&self) -> Description {
        Description {
            name: Some("sessionspec-reference".into()),
            version: Some(env!("CARGO_PKG_VERSION").into()),
            lifetime_seconds: Some(self.modes.lifetime.as_secs_f64()),
            browser_lifetime_seconds: Some(
                self.modes.browser_lifetime.map(|lifetime| lifetime.as_secs_f64()),
            ),
            declares: claims(&self.modes),
            ..Description::default()
        }
    }
}

fn claims(modes: &Modes) -> Claims {
    Claims {
        modified: Some(match modes.modified {
            Modified::Always => ModifiedClaim::Always,
            Modified::Tracked => ModifiedClaim::Tracked,
        }),
        new: Some(match modes.new {
            New::Real => NewClaim::Real,
            New::Constant => NewClaim::Constant,
        }),
        permanent: Some(match modes.permanent {
            Permanent::InData => PermanentClaim::InData,
            Permanent::Beside { .. } => PermanentClaim::Attribute,
        }),
        nested: Some(match modes.nested {
            Nested::Tracked => NestedClaim::Tracked,
            Nested::Untracked | Nested::Copies => NestedClaim::Untracked,
        }),
        store: Some(StoreClaim::Server),
        concurrency: Some(ConcurrencyClaim::LastWriteWins),
        expiry: Some(ExpiryClaim::Absolute),
        on_error: Some(match modes.on_error {
            OnError::Saved => OnErrorClaim::Saved,
            OnError::Discarded => OnErrorClaim::Discarded,
        }),
        empty: Some(match modes.emptied {
            Emptied::Removed => EmptyClaim::Removed,
            Emptied::Kept => EmptyClaim::Kept,
        }),
    }
}
