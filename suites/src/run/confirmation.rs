//! Whether a scenario that failed fails again.

use crate::expect::{Finding, Judgement};

/// What came of a scenario that failed, when it was played again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Confirmation {
    played: usize,
    /// How often it failed in the same way.
    failed: usize,
    /// How often something was compared and nothing was wrong. Those that failed in another way are in neither number.
    right: usize,
}

impl Confirmation {
    /// Takes one more playing into account.
    pub(super) fn add(&mut self, again: &Judgement, finding: &Finding) {
        self.played += 1;
        match &again.finding {
            Some(found) => self.failed += usize::from(found.reason == finding.reason),
            None => self.right += usize::from(again.comparisons > 0),
        }
    }

    /// Whether nothing was wrong in any of them.
    pub(super) fn was_right_each_time(self) -> bool {
        self.right == self.played
    }

    /// What there is to say if it did not fail every time.
    pub(super) fn note(self) -> Option<String> {
        let Self { played, failed, .. } = self;
        (failed < played).then(|| {
            format!("unstable: played again on fresh sessions, the script failed {failed} times in {played}")
        })
    }
}
