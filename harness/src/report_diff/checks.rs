//! What it means that a check came to something else. Each run may have judged it in part, so that a scenario which failed in one
//! run was not judged in the other.

use std::collections::BTreeSet;

use sessionspec::Verdict;
use sessionspec::engine::report::{CheckReport, Failure};

use super::Direction;

/// A failure: its reason, and the scenario that shows it.
type Shown<'a> = (&'a str, &'a str);

/// What it means that the check was this and is that; none where nothing is different.
pub(super) fn direction(was: &CheckReport, is: &CheckReport) -> Option<Direction> {
    let (before, now) = (failures(was), failures(is));
    if was.is_listed_in_vain() || is.is_listed_in_vain() {
        return direction_of_listed(was, is);
    }
    let was_hidden = |shown: &Shown<'_>| may_not_show(was, shown.1);
    let is_hidden = |shown: &Shown<'_>| may_not_show(is, shown.1);
    let fails = |check: &CheckReport| matches!(check.verdict, Verdict::Fail | Verdict::KnownFailure);
    if was.verdict != is.verdict && !(fails(was) && fails(is)) {
        let is_news = !now.is_empty() && now.iter().all(was_hidden);
        return Some(match (was.verdict, is.verdict) {
            (Verdict::Pass, Verdict::Fail) if is_news => Direction::NewlySeen,
            (Verdict::Pass, Verdict::KnownFailure) if is_news => Direction::Changed,
            (Verdict::Fail | Verdict::KnownFailure, Verdict::Pass) if before.iter().any(is_hidden) => {
                Direction::Hidden
            }
            (was, is) => Direction::of_verdicts(Some(was), Some(is)),
        });
    }
    let (new, gone) = (&now - &before, &before - &now);
    match (new.is_empty(), gone.is_empty()) {
        (false, _) if new.iter().all(was_hidden) => Some(Direction::NewlySeen),
        (false, _) => Some(Direction::Worse),
        (true, false) if gone.iter().any(is_hidden) => Some(Direction::Hidden),
        (true, false) => Some(Direction::Better),
        // It is the list of known failures that says something else.
        (true, true) => (was.verdict != is.verdict).then_some(Direction::Changed),
    }
}

/// The same where one of them is listed as a known failure and did not fail: it is the list that is wrong, and not the backend.
fn direction_of_listed(was: &CheckReport, is: &CheckReport) -> Option<Direction> {
    let found = |check: &CheckReport| if check.is_listed_in_vain() { Verdict::Pass } else { check.verdict };
    match (was.is_listed_in_vain(), is.is_listed_in_vain(), found(was) == found(is)) {
        (true, true, _) => None,
        (_, _, true) => Some(Direction::Changed),
        _ => Some(Direction::of_verdicts(Some(found(was)), Some(found(is)))),
    }
}

/// Whether the check was judged by some of its scenarios, and not by others.
pub(super) fn is_in_part(check: &CheckReport) -> bool {
    !check.blocked.is_empty() || !check.unjudged.is_empty()
}

fn failures(check: &CheckReport) -> BTreeSet<Shown<'_>> {
    check.failures.iter().map(shown).collect()
}

/// A generated scenario has no name of its own.
fn shown(failure: &Failure) -> Shown<'_> {
    let named = failure.scenario.as_ref().filter(|_| failure.case.is_none());
    (&failure.reason, named.map_or("", |scenario| &scenario.reason))
}

/// Whether the run may not have looked at this scenario of the check. A report of an older version does not name those that were
/// not judged.
fn may_not_show(check: &CheckReport, scenario: &str) -> bool {
    let is_hindered =
        |hindered: &[String]| hindered.is_empty() || hindered.iter().any(|name| name == scenario);
    check.unjudged.iter().any(|unjudged| unjudged.scenario == scenario)
        || check.blocked.iter().any(|blocked| is_hindered(&blocked.hindered))
}

#[cfg(test)]
mod tests {
    use sessionspec::engine::checks::catalogue;
    use sessionspec::engine::expect::Scenario;
    use sessionspec::engine::report::{Blocked, UnjudgedScenario};

    use super::*;

    /// A check that fails so, or passes where it does not fail.
    fn check(failing: &[&str]) -> CheckReport {
        let verdict = if failing.is_empty() { Verdict::Pass } else { Verdict::Fail };
        let failure = |reason: &&str| {
            let mut failure = Failure::default();
            failure.reason = (*reason).to_owned();
            failure.scenario = Some(Scenario::new(reason));
            failure
        };
        let mut check = CheckReport::of(&catalogue()[0], verdict);
        check.failures = failing.iter().map(failure).collect();
        check
    }

    /// The same, where these scenarios are hindered.
    fn hindered(failing: &[&str], hindered: &[&str]) -> CheckReport {
        let hindered: Vec<String> = hindered.iter().map(ToString::to_string).collect();
        let (check_of, scenario) = ("minimum/persists".to_owned(), String::new());
        let mut check = check(failing);
        check.blocked = vec![Blocked { check: check_of, scenario, scenarios: 1, hindered }];
        check
    }

    fn too_slow(failing: &[&str], scenario: &str) -> CheckReport {
        let (scenario, because) = (scenario.to_owned(), "it takes too long".to_owned());
        let mut check = check(failing);
        check.unjudged = vec![UnjudgedScenario { scenario, because }];
        check
    }

    fn known(failing: &[&str]) -> CheckReport {
        let mut check = check(failing);
        check.verdict = Verdict::KnownFailure;
        check
    }

    #[test]
    fn a_failing_scenario_that_is_not_judged_any_more_is_hidden() {
        for is in [hindered(&[], &["set", "pop"]), too_slow(&[], "pop"), hindered(&[], &[])] {
            assert_eq!(direction(&check(&["pop"]), &is), Some(Direction::Hidden), "{is:?}");
        }
        assert_eq!(direction(&check(&["pop"]), &hindered(&[], &["set"])), Some(Direction::Better));
        let known = known(&["pop"]);
        assert_eq!(direction(&known, &hindered(&[], &["pop"])), Some(Direction::Hidden));
        let both = check(&["pop", "set"]);
        assert_eq!(direction(&both, &hindered(&["set"], &["pop"])), Some(Direction::Hidden));
        assert_eq!(direction(&both, &hindered(&["set"], &["clear"])), Some(Direction::Better));
    }

    #[test]
    fn a_failing_scenario_that_was_not_judged_before_is_newly_seen() {
        for was in [hindered(&[], &["set", "pop"]), too_slow(&[], "pop"), hindered(&[], &[])] {
            assert_eq!(direction(&was, &check(&["pop"])), Some(Direction::NewlySeen), "{was:?}");
        }
        assert_eq!(direction(&hindered(&[], &["set"]), &check(&["pop"])), Some(Direction::Worse));
        assert_eq!(direction(&hindered(&[], &["set"]), &check(&["pop", "set"])), Some(Direction::Worse));
        let known = known(&["pop"]);
        assert_eq!(direction(&hindered(&[], &["pop"]), &known), Some(Direction::Changed));
        let both = check(&["pop", "set"]);
        assert_eq!(direction(&hindered(&["set"], &["pop"]), &both), Some(Direction::NewlySeen));
        assert_eq!(direction(&hindered(&["set"], &["clear"]), &both), Some(Direction::Worse));
    }

    #[test]
    fn what_was_judged_as_a_whole_is_worse_or_better() {
        assert_eq!(direction(&check(&[]), &check(&["pop"])), Some(Direction::Worse));
        assert_eq!(direction(&check(&["pop"]), &check(&[])), Some(Direction::Better));
        assert_eq!(direction(&check(&["pop"]), &check(&["set"])), Some(Direction::Worse));
        assert_eq!(direction(&check(&["pop", "set"]), &check(&["set"])), Some(Direction::Better));
        assert_eq!(direction(&check(&["pop"]), &check(&["pop"])), None);
        assert_eq!(direction(&check(&[]), &hindered(&[], &["pop"])), None);
    }
}
