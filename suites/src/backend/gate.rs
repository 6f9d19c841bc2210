//! The gate at which a cycle is held, so that a script decides how requests overlap, and not chance. Scripts close and
//! open gates in `play/player/held.rs`; for a service in another process, `http/gates.rs` of the harness serves them.

use std::sync::Arc;

use tokio::sync::watch;

/// A gate at which a cycle waits. The script learns that the cycle has arrived, and opens the gate later.
///
/// Clones are the same gate. It can be sent to other threads, since a server serves it over HTTP.
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
    /// Returns the reason that [`refuse`](Self::refuse) was given.
    pub async fn pass(&self) -> Result<(), String> {
        self.0.send_modify(|state| state.arrived = true);
        self.wait_for(|state| state.outcome.is_some()).await.outcome.unwrap_or(Ok(()))
    }

    /// Waits until a cycle has arrived.
    pub async fn arrival(&self) {
        self.wait_for(|state| state.arrived).await;
    }

    /// Lets every cycle through, now and later.
    pub fn open(&self) {
        self.0.send_modify(|state| {
            state.outcome.get_or_insert(Ok(()));
        });
    }

    /// Lets no cycle wait here: each that arrives gets this error instead.
    pub fn refuse(&self, reason: &str) {
        self.0.send_modify(|state| {
            state.outcome.get_or_insert(Err(reason.to_owned()));
        });
    }

    async fn wait_for(&self, reached: impl FnMut(&State) -> bool) -> State {
        let mut states = self.0.subscribe();
        // The channel cannot be closed here, since this gate has its sender.
        states.wait_for(reached).await.map(|state| state.clone()).unwrap_or_default()
    }
}
