//! Ctrl-C and its relatives: they end the work, not the process, so that what was started is stopped as well.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::CliError;

/// Told once that somebody wants the command to end, and true from then on.
#[derive(Clone)]
pub(super) struct Interruption(watch::Receiver<bool>);

impl Interruption {
    /// Listens to signals from now on.
    ///
    /// # Errors
    ///
    /// Where the system permits no handlers.
    pub(super) fn listen() -> std::io::Result<Self> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hangup = signal(SignalKind::hangup())?;
        let (tell, told) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
            tell.send_replace(true);
        });
        Ok(Self(told))
    }

    /// Ready when somebody wants the command to end.
    pub(super) async fn arrival(&self) {
        // The sender is dropped only after it has told, or with the runtime.
        let _ = self.0.clone().wait_for(|told| *told).await;
    }

    /// Whether somebody wants the command to end.
    pub(super) fn has_arrived(&self) -> bool {
        *self.0.borrow()
    }

    /// Does this, unless somebody wants the command to end before it is done.
    pub(super) async fn or<T>(&self, work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
        tokio::select! {
            done = work => done,
            () = self.arrival() => Err(CliError::not_verified("stopped before anything was judged")),
        }
    }
}
