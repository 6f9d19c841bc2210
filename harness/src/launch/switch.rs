//! The commands that break the store of a service and mend it, where nobody can stand between the two: files, a locked database,
//! a command of the store's own.
//!
//! They act on the store of everybody. What is broken is mended by whoever broke it, at the latest after some minutes, in the end
//! of the run, or by a shell that outlives the harness.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::LaunchCommand;
use super::reaper::Reaper;
use super::store_command::{LeftRunning, run};
use crate::store_proxy::LONGEST_FAULT;

/// The two commands, and whether the store is broken now.
#[derive(Debug)]
pub struct StoreSwitch {
    breaking: LaunchCommand,
    mending: LaunchCommand,
    broken: Mutex<Option<Broken>>,
    /// How often it was broken: processes that ran before are not what they were.
    times: AtomicU64,
}

/// What there is while the store is broken.
struct Broken {
    /// What the command that broke it has left running, such as a process that holds a lock.
    left: Option<LeftRunning>,
    /// Mends it when that has lasted for too long.
    timer: JoinHandle<()>,
    /// They mend it, and end what was left running, where this process cannot.
    reapers: Vec<Reaper>,
}

impl StoreSwitch {
    /// A store that these commands break and mend.
    #[must_use]
    pub fn new(breaking: LaunchCommand, mending: LaunchCommand) -> Arc<Self> {
        Arc::new(Self { breaking, mending, broken: Mutex::default(), times: AtomicU64::default() })
    }

    /// How often the store was broken.
    pub(super) fn times(&self) -> u64 {
        self.times.load(Ordering::Relaxed)
    }

    /// Breaks the store, where it is not broken already.
    ///
    /// # Errors
    ///
    /// Where the command fails. The store is to be mended then, too: it may have broken something.
    pub(super) async fn break_store(self: &Arc<Self>) -> Result<(), String> {
        let this = Arc::clone(self);
        // A command that has begun is not cut off where nobody waits for it any more.
        joined(tokio::spawn(async move { this.break_now().await })).await
    }

    /// Mends the store, where it is broken.
    ///
    /// # Errors
    ///
    /// Where the command fails. It counts as broken then.
    pub async fn mend(self: &Arc<Self>) -> Result<(), String> {
        let this = Arc::clone(self);
        joined(tokio::spawn(async move { this.mend_now().await })).await
    }

    async fn break_now(self: &Arc<Self>) -> Result<(), String> {
        let mut broken = self.broken.lock().await;
        if broken.is_some() {
            return Ok(());
        }
        self.times.fetch_add(1, Ordering::Relaxed);
        // A machine without a shell has to do without.
        let reapers = Reaper::running(&self.mending).into_iter().collect();
        let begun = broken.insert(Broken { left: None, timer: self.mend_later(), reapers });
        let left = run(&self.breaking, "--break").await?;
        begun.reapers.extend(left.group().and_then(|group| Reaper::of(group).ok()));
        begun.left = Some(left);
        Ok(())
    }

    async fn mend_now(&self) -> Result<(), String> {
        let mut broken = self.broken.lock().await;
        let Some(begun) = broken.as_mut() else { return Ok(()) };
        // What it leaves running may be the store.
        run(&self.mending, "--mend").await?.forget();
        if let Some(left) = begun.left.take() {
            left.end().await;
        }
        *broken = None;
        Ok(())
    }

    fn mend_later(self: &Arc<Self>) -> JoinHandle<()> {
        let this = Arc::clone(self);
        tokio::spawn(async move {
            sleep(LONGEST_FAULT).await;
            // Where that fails, it is tried again in the end, and said.
            let _ = this.mend().await;
        })
    }
}

impl std::fmt::Debug for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broken").finish_non_exhaustive()
    }
}

impl Drop for Broken {
    fn drop(&mut self) {
        self.timer.abort();
    }
}

async fn joined(task: JoinHandle<Result<(), String>>) -> Result<(), String> {
    task.await.unwrap_or_else(|error| Err(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn switch(breaking: &str, mending: &str) -> Arc<StoreSwitch> {
        let [breaking, mending] = [breaking, mending].map(|command| LaunchCommand::Shell(command.to_owned()));
        StoreSwitch::new(breaking, mending)
    }

    #[tokio::test]
    async fn what_holds_the_store_in_the_background_ends_with_its_mending() {
        let held = switch("cat /dev/zero > /dev/null &", "true");
        held.break_store().await.unwrap();
        let group = held.broken.lock().await.as_ref().and_then(|begun| begun.left.as_ref()?.group());
        let group = group.expect("it runs on");
        held.mend().await.unwrap();
        assert!(super::super::is_empty(group) && held.times() == 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_command_that_does_not_end_is_ended() {
        let why = switch("exec sleep 1000", "true").break_store().await.unwrap_err();
        assert_eq!(why, "the command of --break did not end within 10 s; it said nothing on standard error");
    }

    #[tokio::test]
    async fn a_store_that_is_not_broken_is_not_mended_and_one_that_is_stays_so_where_that_fails() {
        let failing = switch("true", "exit 1");
        failing.mend().await.unwrap();
        failing.break_store().await.unwrap();
        for _ in 0..2 {
            let why = failing.mend().await.unwrap_err();
            assert!(why.starts_with("the command of --mend has failed (exit status: 1)"), "{why}");
        }
    }
}
