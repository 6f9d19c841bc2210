//! The store of a service that is started: where it is, and how it is emptied.

use std::process::Stdio;
use std::time::Duration;

use sessionspec::engine::script::{StoreChange, StoreControl};
use tokio::process::Command;
use tokio::time::timeout;

use super::LaunchCommand;
use crate::store_proxy::{StorePlace, StoreProxy};

/// How long the command may take that empties a store.
const LONGEST_FLUSH: Duration = Duration::from_secs(10);

/// The store of a service, to which the way can be broken.
#[derive(Debug, Clone)]
pub struct StoreOfService {
    /// Where it listens.
    pub place: StorePlace,
    /// The command that empties it, if one is known.
    pub flush: Option<LaunchCommand>,
}

impl StoreOfService {
    /// What can be done to it.
    #[must_use]
    pub fn control(&self) -> StoreControl {
        StoreControl { breaks: true, flushes: self.flush.is_some() }
    }

    /// Breaks the way of this process to its store, mends it, or empties the store.
    ///
    /// # Errors
    ///
    /// Where that cannot be done.
    pub(super) async fn change(&self, proxy: &StoreProxy, change: StoreChange) -> Result<(), String> {
        let set = async |fault| {
            let set = proxy.set(fault).await;
            set.map_err(|error| format!("the way to the store cannot be broken or mended: {error}"))
        };
        match change {
            StoreChange::Break(fault) => set(Some(fault)).await,
            StoreChange::Mend => set(None).await,
            StoreChange::Flush => self.flush().await,
        }
    }

    async fn flush(&self) -> Result<(), String> {
        let mut command = match &self.flush {
            None => return Err("nothing is known that empties the store: name it with --flush".to_owned()),
            Some(LaunchCommand::Shell(shell)) => {
                let mut command = Command::new("sh");
                command.arg("-c").arg(shell);
                command
            }
            Some(LaunchCommand::Program { arguments, folder, environment }) => {
                let mut command = Command::new(&arguments[0]);
                command.args(&arguments[1..]).current_dir(folder).envs(environment);
                command
            }
        };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        match timeout(LONGEST_FLUSH, command.status()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(format!("the command that empties the store has failed ({status})")),
            Ok(Err(error)) => Err(format!("the command that empties the store cannot be started: {error}")),
            Err(_) => Err(format!("the store was not emptied within {} s", LONGEST_FLUSH.as_secs())),
        }
    }
}
