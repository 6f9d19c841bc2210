//! Checks that changed in the same way since the same is in their way: told as one, so that one cause is read once.

use std::borrow::Cow;

use sessionspec::Verdict;
use sessionspec::engine::report::CheckReport;

use super::{Change, Kind};

/// What is in the way of a check in one of the two runs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hindered {
    cause: Cause,
    /// What the check came to in each run, without what is in its way.
    before: String,
    now: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Cause {
    /// A scenario of another check that does not hold.
    Check { id: String, scenario: String, is_known: bool },
    /// Anything else.
    Other(String),
}

impl Hindered {
    /// What is in the way of the check in one of these runs; none where that is so in both, or in neither.
    pub(super) fn of(
        was: &CheckReport,
        is: &CheckReport,
        words: impl Fn(&CheckReport) -> String,
    ) -> Option<Self> {
        let verdict = |check: &CheckReport| check.verdict.as_str().to_owned();
        match (Cause::of(was), Cause::of(is)) {
            (Some(cause), None) => Some(Self { cause, before: verdict(was), now: words(is) }),
            (None, Some(cause)) => Some(Self { cause, before: words(was), now: verdict(is) }),
            _ => None,
        }
    }

    /// Whether these are told as one.
    fn is_alike(&self, other: &Self) -> bool {
        let same_cause = match (&self.cause, &other.cause) {
            (Cause::Check { id, is_known, .. }, Cause::Check { id: other, is_known: also_known, .. }) => {
                id == other && is_known == also_known
            }
            (one, other) => one == other,
        };
        same_cause && self.before == other.before && self.now == other.now
    }
}

impl Cause {
    fn of(check: &CheckReport) -> Option<Self> {
        let because = check.because.as_ref()?;
        if !matches!(check.verdict, Verdict::Unverified | Verdict::Excused) {
            return None;
        }
        let relies = |first: &str| because.starts_with(&format!("relies on {first}"));
        let cause = match check.blocked.first() {
            Some(blocked) if relies(&blocked.to_string()) => Self::Check {
                id: blocked.check.clone(),
                scenario: blocked.scenario.clone(),
                is_known: check.verdict == Verdict::Excused,
            },
            _ => Self::Other(because.clone()),
        };
        Some(cause)
    }
}

/// The changes of a door, where checks that changed alike for one cause are one change. It stands where the first of them does.
pub(super) fn grouped(changes: &[Change]) -> Vec<Cow<'_, Change>> {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    for change in changes {
        let alike = |group: &&mut Vec<&Change>| {
            let first = group[0];
            let is_alike = match (&first.hindered, &change.hindered) {
                (Some(one), Some(other)) => one.is_alike(other),
                _ => false,
            };
            is_alike && first.direction == change.direction
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups.into_iter().map(|group| as_one(&group)).collect()
}

/// These changes as one.
fn as_one<'a>(group: &[&'a Change]) -> Cow<'a, Change> {
    let first = group[0];
    let (Some(hindered), false) = (&first.hindered, group.len() == 1) else { return Cow::Borrowed(first) };
    let mut scenarios: Vec<&str> = Vec::new();
    for change in group {
        if let Some(Hindered { cause: Cause::Check { scenario, .. }, .. }) = &change.hindered
            && !scenario.is_empty()
            && !scenarios.contains(&scenario.as_str())
        {
            scenarios.push(scenario);
        }
    }
    let because = match &hindered.cause {
        Cause::Check { id, is_known, .. } => {
            let shown =
                if scenarios.is_empty() { String::new() } else { format!(" ({})", scenarios.join(", ")) };
            let known = if *is_known { ", as is known" } else { "" };
            format!("{id} does not hold{shown}{known}")
        }
        Cause::Other(because) => because.clone(),
    };
    let ids: Vec<&str> = group.iter().map(|change| change.what.as_str()).collect();
    Cow::Owned(Change {
        direction: first.direction,
        kind: Kind::Check,
        what: format!("because {because}: {} checks ({})", ids.len(), ids.join(", ")),
        before: hindered.before.clone(),
        now: hindered.now.clone(),
        hindered: None,
    })
}
