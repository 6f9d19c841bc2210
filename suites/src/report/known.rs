//! Known failures: what a list says of a check, and whether the run bears it out. The harness reads lists in
//! `known_failures.rs`, and `sessionspec known-failures` writes one in `cli/known_failures.rs`.

use serde::{Deserialize, Serialize};

use super::{Failure, Verdict};

/// Why a check is known to fail.
///
/// ```
/// use sessionspec::engine::report::KnownFailure;
///
/// let known = KnownFailure::from("issue 12: the cookie is sent on every response");
/// assert!(!known.expired);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownFailure {
    /// What happens, and why.
    pub reason: String,
    /// The scenarios of the check that are known to fail, by their reasons; where there are none, all of them may.
    pub scenarios: Vec<String>,
    /// Where it is reported.
    pub issue: Option<String>,
    /// The last day on which the entry counts, as in `2026-01-31`.
    pub expires: Option<String>,
    /// Whether that day has passed.
    pub expired: bool,
}

impl From<String> for KnownFailure {
    fn from(reason: String) -> Self {
        Self { reason, ..Self::default() }
    }
}

impl From<&str> for KnownFailure {
    fn from(reason: &str) -> Self {
        Self::from(reason.to_owned())
    }
}

/// An entry in the list of known failures, and what the run says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFailureReport {
    /// Why the check is known to fail.
    pub reason: String,
    /// The scenarios that are known to fail, where the entry names any.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub scenarios: Vec<String>,
    /// Where it is reported.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub issue: Option<String>,
    /// The last day on which the entry counts, as in `2026-01-31`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires: Option<String>,
    /// What the run says of the entry.
    pub state: KnownState,
}

/// What a run says of an entry in the list of known failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KnownState {
    /// The check failed, as the entry says. Where other scenarios failed than those that the entry names, the verdict of the
    /// check is a failure all the same.
    Holds,
    /// The check did not fail: the entry has to go.
    Stale,
    /// The check failed, but the day up to which that was accepted has passed.
    Expired,
    /// The check could not be decided, for instance because one that it needs is a known failure as well. So nothing is
    /// known about the entry, and it may stay.
    Undecided,
}

impl KnownFailure {
    /// Whether the failure of this scenario of the check is accepted; without a name, that of the check.
    pub(crate) fn accepts(&self, scenario: &str) -> bool {
        !self.expired && (scenario.is_empty() || self.names(scenario))
    }

    fn names(&self, scenario: &str) -> bool {
        self.scenarios.is_empty() || self.scenarios.iter().any(|known| known == scenario)
    }

    /// What the verdict of a listed check with these failures becomes, why, and what that says of the entry.
    pub(crate) fn apply(
        &self,
        verdict: Verdict,
        failures: &[Failure],
    ) -> (Verdict, Option<String>, KnownFailureReport) {
        let (verdict, because, state) = match verdict {
            Verdict::Fail if self.expired => {
                let date = self.expires.as_deref().unwrap_or("now");
                let because = format!("known to fail, but accepted no longer than {date}: {}", self.reason);
                (Verdict::Fail, Some(because), KnownState::Expired)
            }
            Verdict::Fail => match self.what_is_new(failures) {
                Some(because) => (Verdict::Fail, Some(because), KnownState::Holds),
                None => (Verdict::KnownFailure, Some(self.reason.clone()), KnownState::Holds),
            },
            Verdict::Pass | Verdict::NotApplicable => {
                let because = "listed as a known failure, but it did not fail: remove the entry";
                (Verdict::Fail, Some(because.to_owned()), KnownState::Stale)
            }
            undecided => (undecided, None, KnownState::Undecided),
        };
        let entry = KnownFailureReport {
            reason: self.reason.clone(),
            scenarios: self.scenarios.clone(),
            issue: self.issue.clone(),
            expires: self.expires.clone(),
            state,
        };
        (verdict, because, entry)
    }

    /// Which scenarios fail that the entry does not name, in words.
    fn what_is_new(&self, failures: &[Failure]) -> Option<String> {
        let mut new: Vec<&str> = Vec::new();
        for scenario in failures.iter().map(Failure::scenario_name) {
            if !self.names(scenario) && !new.contains(&scenario) {
                new.push(scenario);
            }
        }
        let are = if new.len() == 1 { "is" } else { "are" };
        (!new.is_empty())
            .then(|| format!("known to fail {}; {} {are} new", self.scenarios.join(", "), new.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::Scenario;

    /// A request of this scenario failed.
    fn failure(scenario: &str) -> Failure {
        let scenario = Some(Scenario::new(scenario));
        Failure { reason: "request-failed".to_owned(), scenario, ..Failure::default() }
    }

    #[test]
    fn an_entry_that_names_scenarios_excuses_no_other() {
        let known =
            KnownFailure { scenarios: vec!["by-a-write".to_owned()], ..KnownFailure::from("issue 12") };
        let applied = |failures: &[Failure]| {
            let (verdict, because, entry) = known.apply(Verdict::Fail, failures);
            assert_eq!(entry.state, KnownState::Holds);
            (verdict, because.unwrap())
        };
        let (write, read) = (failure("by-a-write"), failure("by-a-read"));
        let is = |verdict: Verdict, because: &str| (verdict, because.to_owned());
        assert_eq!(applied(std::slice::from_ref(&write)), is(Verdict::KnownFailure, "issue 12"));
        assert_eq!(
            applied(&[write.clone(), read.clone(), read]),
            is(Verdict::Fail, "known to fail by-a-write; by-a-read is new")
        );
        let generated = Failure { case: Some(3), ..write };
        let glue = Failure { reason: "panicked".to_owned(), ..Failure::default() };
        assert_eq!(
            applied(&[generated, glue]),
            is(Verdict::Fail, "known to fail by-a-write; request-failed, panicked are new"),
            "what no named scenario shows goes by what went wrong"
        );
        assert_eq!(known.apply(Verdict::Pass, &[]).2.state, KnownState::Stale);
        assert!(known.accepts("by-a-write") && !known.accepts("by-a-read"));
        assert!(!KnownFailure { expired: true, ..known }.accepts("by-a-write"));
    }

    #[test]
    fn an_entry_excuses_a_failure_until_it_expires_and_nothing_else() {
        let lasting = KnownFailure::from("issue 12");
        let expired =
            KnownFailure { expired: true, expires: Some("2026-01-31".to_owned()), ..lasting.clone() };
        for (verdict, of_lasting, of_expired) in [
            (Verdict::Fail, (Verdict::KnownFailure, KnownState::Holds), (Verdict::Fail, KnownState::Expired)),
            (Verdict::Pass, (Verdict::Fail, KnownState::Stale), (Verdict::Fail, KnownState::Stale)),
            (Verdict::NotApplicable, (Verdict::Fail, KnownState::Stale), (Verdict::Fail, KnownState::Stale)),
            (
                Verdict::Unverified,
                (Verdict::Unverified, KnownState::Undecided),
                (Verdict::Unverified, KnownState::Undecided),
            ),
            (
                Verdict::Error,
                (Verdict::Error, KnownState::Undecided),
                (Verdict::Error, KnownState::Undecided),
            ),
        ] {
            for (entry, expected) in [(&lasting, of_lasting), (&expired, of_expired)] {
                let (becomes, because, report) = entry.apply(verdict, &[failure("by-a-read")]);
                assert_eq!((becomes, report.state), expected, "{verdict:?}");
                assert_eq!(because.is_some(), report.state != KnownState::Undecided, "{verdict:?}");
            }
        }
    }
}
