//! What stands between a service and its store: a TCP proxy on loopback, which breaks connections on demand, in the words of
//! Toxiproxy, or a Toxiproxy that runs already.
//!
//! Each process that is started has a proxy of its own. A fault ends with its script at the latest, and with the proxy. Where
//! nobody ends it, it ends of itself after some minutes.

mod connection;
mod listener;
mod toxiproxy;
mod way;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sessionspec::engine::script::StoreFault;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};

use connection::serve;
use listener::Listener;
pub use toxiproxy::{ToxicWay, Toxiproxy};
pub use way::WayToStore;

/// How long a connection may take to end that is cut.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long a fault lasts, at most.
pub(crate) const LONGEST_FAULT: Duration = Duration::from_secs(300);

/// Where a store listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorePlace {
    /// A port of this machine.
    Tcp(SocketAddr),
    /// A socket in a folder.
    Unix(PathBuf),
}

/// What is wrong now, and how often that has changed: a fault that follows an equal one is another one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct State {
    fault: Option<StoreFault>,
    changes: u64,
}

/// A change, and whoever waits until it is made.
type Order = (Option<StoreFault>, oneshot::Sender<std::io::Result<()>>);

/// A proxy in front of a store. Its connections end when it is dropped.
pub struct StoreProxy {
    port: u16,
    orders: mpsc::UnboundedSender<Order>,
    /// Whether anybody has connected.
    is_used: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl StoreProxy {
    /// Begins to listen on a free port of loopback.
    ///
    /// # Errors
    ///
    /// Where there is none.
    pub fn start(store: StorePlace) -> std::io::Result<Self> {
        Self::start_for(store, LONGEST_FAULT)
    }

    /// As [`start`](Self::start), with faults that last for so long at most.
    fn start_for(store: StorePlace, longest: Duration) -> std::io::Result<Self> {
        let listener = Listener::bind()?;
        let port = listener.port();
        let (orders, received) = mpsc::unbounded_channel();
        let is_used = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn(run(listener, store, received, longest, Arc::clone(&is_used)));
        Ok(Self { port, orders, is_used, task })
    }

    /// The port at which the service finds its store.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether anybody has connected since it began to listen.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.is_used.load(Ordering::Relaxed)
    }

    /// Breaks the connections so, or mends them, and returns when that is done.
    ///
    /// # Errors
    ///
    /// Where the port cannot be listened on again.
    pub async fn set(&self, fault: Option<StoreFault>) -> std::io::Result<()> {
        let (made, is_made) = oneshot::channel();
        let gone = || std::io::Error::other("the proxy in front of the store has ended");
        self.orders.send((fault, made)).map_err(|_| gone())?;
        is_made.await.map_err(|_| gone())?
    }
}

impl Drop for StoreProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Accepts connections and makes changes, until nobody can order any more.
async fn run(
    mut listener: Listener,
    store: StorePlace,
    mut orders: mpsc::UnboundedReceiver<Order>,
    longest: Duration,
    is_used: Arc<AtomicBool>,
) {
    let (state, _) = watch::channel(State::default());
    // They end with this.
    let mut connections = JoinSet::new();
    let mut broken_until = None;
    loop {
        let (fault, made) = tokio::select! {
            order = orders.recv() => {
                let Some((fault, made)) = order else { return };
                (fault, Some(made))
            }
            () = until(broken_until) => (None, None),
            client = listener.accept() => {
                is_used.store(true, Ordering::Relaxed);
                connections.spawn(serve(client, store.clone(), state.subscribe()));
                continue;
            }
            Some(_) = connections.join_next() => continue,
        };
        broken_until = fault.map(|_| Instant::now() + longest);
        let done = listener.set_open(fault != Some(StoreFault::Down));
        let ends = ends_connections(state.borrow().fault, fault);
        state.send_modify(|state| *state = State { fault, changes: state.changes + 1 });
        if ends && timeout(FAREWELL, all_ended(&mut connections)).await.is_err() {
            connections.shutdown().await;
        }
        // Whoever has ordered it may have gone.
        let _ = made.map(|made| made.send(done));
    }
}

/// Ready at this moment; never where there is none.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Whether the connections that there are end with this change. What a silent store was sent is lost, so that nobody can go on
/// from there.
fn ends_connections(before: Option<StoreFault>, fault: Option<StoreFault>) -> bool {
    before == Some(StoreFault::Timeout) || matches!(fault, Some(StoreFault::Down | StoreFault::ResetPeer))
}

async fn all_ended(connections: &mut JoinSet<()>) {
    while connections.join_next().await.is_some() {}
}

#[cfg(test)]
mod tests;
