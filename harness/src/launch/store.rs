//! The store of a service that is started: where it is, how it is broken and mended, and how it is emptied.

use std::sync::Arc;

use sessionspec::engine::script::{StoreChange, StoreControl, StoreFault};

use super::store_command::run;
use super::{LaunchCommand, StoreSwitch};
use crate::store_proxy::{StorePlace, Toxiproxy, WayToStore};

/// What is known of the store of a service.
#[derive(Debug, Clone, Default)]
pub struct StoreOfService {
    /// Where it listens, so that somebody can stand between.
    pub place: Option<StorePlace>,
    /// The Toxiproxy that stands between, in the place of the harness.
    pub toxiproxy: Option<Toxiproxy>,
    /// The commands that break and mend it.
    pub switch: Option<Arc<StoreSwitch>>,
    /// The command that empties it.
    pub flush: Option<LaunchCommand>,
}

impl StoreOfService {
    /// What can be done to it.
    #[must_use]
    pub fn control(&self) -> StoreControl {
        StoreControl {
            connections: self.place.is_some(),
            command: self.switch.is_some(),
            flushes: self.flush.is_some(),
        }
    }

    /// How often it was broken by a command.
    pub(super) fn times_broken(&self) -> u64 {
        self.switch.as_ref().map_or(0, |switch| switch.times())
    }

    /// Breaks the store or the way of these processes to it, mends both, or empties the store.
    ///
    /// # Errors
    ///
    /// Where that cannot be done.
    pub(super) async fn change(&self, ways: &[Arc<WayToStore>], change: StoreChange) -> Result<(), String> {
        match change {
            StoreChange::Break(StoreFault::Command) => {
                match &self.switch {
                    Some(switch) => switch.break_store().await,
                    None => Err("no command is known that breaks the store: name it with --break and --mend"
                        .to_owned()),
                }
            }
            StoreChange::Break(_) if ways.is_empty() => {
                Err("nobody stands between this service and its store: name it with --store".to_owned())
            }
            StoreChange::Break(fault) => set(ways, Some(fault)).await,
            StoreChange::Mend => {
                // One that fails keeps the other from nothing.
                let mended = match &self.switch {
                    Some(switch) => switch.mend().await,
                    None => Ok(()),
                };
                set(ways, None).await.and(mended)
            }
            StoreChange::Flush => match &self.flush {
                Some(flush) => {
                    run(flush, "--flush").await?.forget();
                    Ok(())
                }
                None => Err("nothing is known that empties the store: name it with --flush".to_owned()),
            },
        }
    }
}

async fn set(ways: &[Arc<WayToStore>], fault: Option<StoreFault>) -> Result<(), String> {
    for way in ways {
        let set = way.set(fault).await;
        set.map_err(|error| format!("the way to the store cannot be broken or mended: {error}"))?;
    }
    Ok(())
}
