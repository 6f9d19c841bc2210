//! The gate at which a cycle is held, so that races are scripts instead of luck.

use std::sync::Arc;

use tokio::sync::watch;

/// A gate that a cycle waits at: the script learns that it has arrived, and opens the gate when it is time.
///
/// Clones are the same gate. It may be passed from thread to thread, since a server serves it over HTTP.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<watch::Sender<State>>);

#[derive(Debug, Clone, Default)]
struct State {
    arrived: bool,
    outcome: Option<Result<(), String>>,
}

impl Gate {
    /// Says that a cycle has arrived, and waits until the gate is open.
    ///
    /// # Errors
    ///
    /// What [`refuse`](Self::refuse) was given.
    pub async fn pass(&self) -> Result<(), String> {
        self.0.send_modify(|state| state.arrived = true);
        self.wait_for(|state| state.outcome.is_some()).await.outcome.unwrap_or(Ok(()))
    }

    /// Waits until a cycle has arrived.
    pub async fn arrival(&self) {
        self.wait_for(|state| state.arrived).await;
    }

    /// Whether a cycle has arrived.
    pub(crate) fn has_arrived(&self) -> bool {
        self.0.borrow().arrived
    }

    /// Lets everybody through, now and later.
    pub fn open(&self) {
        self.0.send_modify(|state| {
            state.outcome.get_or_insert(Ok(()));
        });
    }

    /// Lets nobody wait here: whoever arrives gets this error instead.
    pub fn refuse(&self, reason: &str) {
        self.0.send_modify(|state| {
            state.outcome.get_or_insert(Err(reason.to_owned()));
        });
    }

    async fn wait_for(&self, reached: impl FnMut(&State) -> bool) -> State {
        let mut states = self.0.subscribe();
        // The sender is in our hands, so the channel cannot be closed.
        states.wait_for(reached).await.map(|state| state.clone()).unwrap_or_default()
    }
}
