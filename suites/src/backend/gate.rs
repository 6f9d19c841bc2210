//! The gate at which a cycle is held, so that races are scripts instead of luck.

use std::sync::Arc;

use tokio::sync::watch;

/// A gate that a cycle waits at: the script learns that it has arrived, and opens the gate when it is time.
///
/// Clones are the same gate. It may be passed from thread to thread, since a server serves it over HTTP.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<watch::Sender<State>>);

#[derive(Debug, Clone, Copy, Default)]
struct State {
    arrived: bool,
    open: bool,
}

impl Gate {
    /// Says that a cycle has arrived, and waits until the gate is open.
    pub async fn pass(&self) {
        self.0.send_modify(|state| state.arrived = true);
        self.wait_for(|state| state.open).await;
    }

    /// Waits until a cycle has arrived.
    pub async fn arrival(&self) {
        self.wait_for(|state| state.arrived).await;
    }

    /// Lets everybody through, now and later.
    pub fn open(&self) {
        self.0.send_modify(|state| state.open = true);
    }

    async fn wait_for(&self, reached: impl FnMut(&State) -> bool) {
        // The sender is in our hands, so the channel cannot be closed.
        let _ = self.0.subscribe().wait_for(reached).await;
    }
}
