//! What became of the checks that others need: whether a check that needs them can say anything.

use std::collections::BTreeMap;

use super::Outcome;
use crate::checks::Check;
use crate::report::{CheckReport, Verdict};

/// What became of the checks so far.
#[derive(Default)]
pub(super) struct Prerequisites(BTreeMap<&'static str, Blocker>);

/// Why a check that others need lets them say nothing.
struct Blocker {
    /// What becomes of them: unverified, or excused where all that hinders them is known to fail.
    verdict: Verdict,
    /// What follows the name of the needed check.
    because: String,
}

impl Prerequisites {
    /// Takes note of a check. `found` is what came of it before it was held against the known failures: one that
    /// passed hinders nobody, also where its entry is out of date.
    pub(super) fn note(&mut self, check: &Check, found: Verdict, report: &CheckReport) {
        let reason = || report.because.as_deref().unwrap_or_default();
        let (verdict, because) = match (found, report.verdict) {
            (Verdict::Fail, Verdict::KnownFailure) => {
                (Verdict::Excused, format!("a known failure: {}", reason()))
            }
            (Verdict::Fail, _) => (Verdict::Unverified, "which failed".to_owned()),
            // What it needs itself has failed, so that this one says nothing either.
            (Verdict::Unverified, _) => (Verdict::Unverified, "which is unverified".to_owned()),
            (Verdict::Excused, _) => (Verdict::Excused, format!("which {}", reason())),
            _ => return,
        };
        self.0.insert(check.id, Blocker { verdict, because });
    }

    /// What becomes of a check without its being run, because of those that it needs.
    pub(super) fn blocked_by(&self, check: &Check) -> Option<Outcome> {
        let blockers = || check.needs.iter().filter_map(|need| Some((need, self.0.get(need)?)));
        // What is known excuses nothing that is not.
        let new = blockers().find(|(_, blocker)| blocker.verdict == Verdict::Unverified);
        let (need, Blocker { verdict, because }) = new.or_else(|| blockers().next())?;
        Some(Outcome::without_evidence(*verdict, format!("needs {need}, {because}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::catalogue;

    /// What becomes of a check that needs `a` and `b`, after these have become what they have.
    fn needs_both(became: [(Verdict, Verdict); 2]) -> Option<(Verdict, String)> {
        let any = catalogue()[0];
        let mut needs = Prerequisites::default();
        for (id, (found, verdict)) in ["a", "b"].into_iter().zip(became) {
            let check = Check { id, needs: &[], ..any };
            let report = CheckReport { because: Some("why".to_owned()), ..CheckReport::of(&check, verdict) };
            needs.note(&check, found, &report);
        }
        let outcome = needs.blocked_by(&Check { id: "c", needs: &["a", "b"], ..any })?;
        Some((outcome.verdict, outcome.because.unwrap_or_default()))
    }

    const PASSED: (Verdict, Verdict) = (Verdict::Pass, Verdict::Pass);
    const FAILED: (Verdict, Verdict) = (Verdict::Fail, Verdict::Fail);
    const KNOWN: (Verdict, Verdict) = (Verdict::Fail, Verdict::KnownFailure);
    const STALE: (Verdict, Verdict) = (Verdict::Pass, Verdict::Fail);

    #[test]
    fn what_is_known_excuses_and_what_is_not_does_not() {
        assert_eq!(needs_both([PASSED, PASSED]), None);
        let because = |text: &str| text.to_owned();
        assert_eq!(
            needs_both([PASSED, KNOWN]),
            Some((Verdict::Excused, because("needs b, a known failure: why")))
        );
        assert_eq!(
            needs_both([KNOWN, FAILED]),
            Some((Verdict::Unverified, because("needs b, which failed")))
        );
        assert_eq!(
            needs_both([FAILED, KNOWN]),
            Some((Verdict::Unverified, because("needs a, which failed")))
        );
    }

    #[test]
    fn an_entry_that_is_out_of_date_hinders_nobody() {
        assert_eq!(needs_both([STALE, PASSED]), None);
    }

    #[test]
    fn who_needs_an_excused_check_is_excused_and_the_root_is_named() {
        let excused = (Verdict::Excused, Verdict::Excused);
        assert_eq!(needs_both([excused, PASSED]), Some((Verdict::Excused, "needs a, which why".to_owned())));
        let unverified = (Verdict::Unverified, Verdict::Unverified);
        assert_eq!(
            needs_both([excused, unverified]),
            Some((Verdict::Unverified, "needs b, which is unverified".to_owned()))
        );
    }
}
