//! What a check with generated scripts has to do with the checks that name a defect: one defect is one red test.
//!
//! A generated script does so many things that it fails for a defect which a check with short scripts names. So the test of
//! such a check plays those, too. Where one of them fails, its own test is red and says what is wrong, and the test of the
//! generated scripts shows its script and passes, until that is mended.

use crate::checks::{Test, catalogue};
use crate::report::{CheckReport, Report, Verdict};

/// The suites whose promises every generated script relies on.
const OF_ALL: &str = "minimum";

/// The checks that may name what this one finds with generated scripts: those of its suite and of `minimum` that have short
/// scripts. All of them are of its level or below, so that their tests run wherever its own does.
pub(super) fn named_beside(id: &str) -> Vec<String> {
    let catalogue = catalogue();
    let Some(umbrella) = catalogue.iter().find(|check| check.id == id && is_generated(&check.test)) else {
        return Vec::new();
    };
    let suite = |id: &'static str| id.split_once('/').map_or(id, |(suite, _)| suite);
    let suites = [OF_ALL, suite(umbrella.id)];
    let named = catalogue.iter().filter(|check| {
        !is_generated(&check.test) && check.level <= umbrella.level && suites.contains(&suite(check.id))
    });
    named.map(|check| check.id.to_owned()).collect()
}

/// The check that fails beside this one and names what is wrong.
pub(super) fn named_failure<'a>(check: &CheckReport, report: &'a Report) -> Option<&'a str> {
    beside(check, report, Verdict::Fail)
}

/// The check that is known to fail beside this one, and may name what is wrong. Nobody can say whether it does: known failures
/// stay, and would hide whatever else the generated scripts find.
pub(super) fn known_failure<'a>(check: &CheckReport, report: &'a Report) -> Option<&'a str> {
    beside(check, report, Verdict::KnownFailure)
}

fn beside<'a>(check: &CheckReport, report: &'a Report, verdict: Verdict) -> Option<&'a str> {
    let is_generated = check.failures.iter().any(|failure| failure.case.is_some());
    let is_it = |other: &&CheckReport| other.id != check.id && other.verdict == verdict;
    report.checks.iter().filter(|_| is_generated).find(is_it).map(|named| named.id.as_str())
}

fn is_generated(test: &Test) -> bool {
    matches!(test, Test::Property(_) | Test::Generated(_))
}
