//! The way from one process of a service to its store, whoever stands on it.

use sessionspec::engine::script::StoreFault;

use super::toxiproxy::{ToxicWay, Toxiproxy};
use super::{StorePlace, StoreProxy};

/// The way from one process to its store. It ends, with all its connections, when this is dropped.
pub enum WayToStore {
    /// A proxy of the harness's own stands on it.
    Own(StoreProxy),
    /// A Toxiproxy stands on it that runs already.
    Toxiproxy(ToxicWay),
}

impl WayToStore {
    /// Begins to listen on a free port of loopback.
    ///
    /// # Errors
    ///
    /// Where there is none, or the Toxiproxy makes no proxy.
    pub async fn open(store: StorePlace, toxiproxy: Option<&Toxiproxy>) -> std::io::Result<Self> {
        match toxiproxy {
            None => StoreProxy::start(store).map(Self::Own),
            Some(toxiproxy) => ToxicWay::open(store, toxiproxy).await.map(Self::Toxiproxy),
        }
    }

    /// The port at which the service finds its store.
    #[must_use]
    pub fn port(&self) -> u16 {
        match self {
            Self::Own(proxy) => proxy.port(),
            Self::Toxiproxy(way) => way.port(),
        }
    }

    /// Whether anybody has come to the store since it was opened.
    #[must_use]
    pub fn is_used(&self) -> bool {
        match self {
            Self::Own(proxy) => proxy.is_used(),
            Self::Toxiproxy(way) => way.is_used(),
        }
    }

    /// Breaks the connections so, or mends them, and returns when that is done.
    ///
    /// # Errors
    ///
    /// Where it cannot be done.
    pub async fn set(&self, fault: Option<StoreFault>) -> std::io::Result<()> {
        match self {
            Self::Own(proxy) => proxy.set(fault).await,
            Self::Toxiproxy(way) => way.set(fault).await,
        }
    }
}
