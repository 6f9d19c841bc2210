//! The reference: sessions in the memory of the process. Other backends are compared with it.

mod store;

use std::rc::Rc;

use crate::clock::{Clock, SystemClock};
use crate::description::Description;
use crate::error::Result;
use crate::http::{Request, Response};
use crate::interface::SessionInterface;
use crate::modes::Modes;
use crate::stored::{Stored, StoredSession};

pub use store::MemoryStore;

/// A session of the [`Memory`] interface.
pub type MemorySession = StoredSession<MemoryStore>;

/// Server-side sessions in memory: [`Stored`] over a map. A clone shares the records.
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
pub struct Memory(Stored<MemoryStore>);

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
        Self(Stored::with_modes(MemoryStore::new(clock), modes))
    }

    /// The modes that this interface was made with.
    #[must_use]
    pub fn modes(&self) -> &Modes {
        self.0.modes()
    }
}

impl SessionInterface for Memory {
    type Session = MemorySession;

    async fn open_session(&self, request: &Request) -> Result<Option<MemorySession>> {
        self.0.open_session(request).await
    }

    async fn save_session(&self, session: &mut MemorySession, response: &mut Response) -> Result<()> {
        self.0.save_session(session, response).await
    }

    fn describe(&self) -> Description {
        self.0.describe()
    }

    fn on_clock(&self, clock: Rc<dyn Clock>) -> Option<Self> {
        Some(Self::with_clock(self.modes().clone(), clock))
    }
}
