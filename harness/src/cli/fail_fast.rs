//! `--fail-fast`: the run ends with the first failure that decides.

use std::cell::RefCell;

use sessionspec::engine::report::CheckReport;
use sessionspec::{Level, Verdict};
use tokio::sync::Notify;

/// Waits for a failure.
pub(super) struct FailFast {
    /// The level that decides.
    level: Level,
    failed: RefCell<Option<String>>,
    notify: Notify,
}

impl FailFast {
    pub(super) fn new(level: Level) -> Self {
        Self { level, failed: RefCell::new(None), notify: Notify::new() }
    }

    /// Takes note of a check that has ended.
    pub(super) fn observe(&self, check: &CheckReport) {
        let decides = check.level <= self.level && check.verdict == Verdict::Fail;
        if decides && self.failed.borrow().is_none() {
            *self.failed.borrow_mut() = Some(check.id.clone());
            self.notify.notify_one();
        }
    }

    /// Ready when a check has failed.
    pub(super) async fn failure(&self) {
        self.notify.notified().await;
        // Whoever waits again is ready, too.
        self.notify.notify_one();
    }

    /// Says in a report what has cut it short.
    pub(super) fn explain(&self, incomplete: &mut String) {
        if let Some(check) = &*self.failed.borrow() {
            *incomplete = format!("{check} failed, and --fail-fast ends a run with that");
        }
    }

    /// Whether a check has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.borrow().is_some()
    }
}
