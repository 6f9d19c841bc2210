//! What a test says of a check that failures of other checks keep from being judged. It is no red test of its own: the tests of
//! those checks say what is wrong.

use super::test_place::{KnownFailure, TestPlace};
use crate::checks::{catalogue, names};
use crate::level::Level;
use crate::report::{Blocked, CheckReport, Verdict};

/// Whether nothing but failures of other checks is in the way.
pub(super) fn is_hindered(check: &CheckReport) -> bool {
    // Where something else was in the way as well, that is what the report says.
    let because = check.because.as_deref().unwrap_or_default();
    let says = |first: &Blocked| because.starts_with(&format!("relies on {first}"));
    check.verdict == Verdict::Unverified && check.blocked.first().is_some_and(says)
}

/// The commands that run the tests of the checks that are in the way, where no such test is red in a usual run: those checks are
/// above the level that was asked for.
pub(super) fn ignored_causes(place: TestPlace, check: &CheckReport, known: &[KnownFailure]) -> Vec<String> {
    let catalogue = catalogue();
    let asked: Option<Level> = place.asked.parse().ok();
    let is_ignored = |id: &str| catalogue.iter().any(|other| other.id == id && Some(other.level) > asked);
    let is_known = |id: &str| known.iter().any(|known| names::id(known.check) == id);
    let mut ignored: Vec<&str> = Vec::new();
    for Blocked { check: id, .. } in &check.blocked {
        if is_ignored(id) {
            if !ignored.contains(&id.as_str()) {
                ignored.push(id);
            }
        } else if !is_known(id) {
            // The test of this one is red.
            return Vec::new();
        }
    }
    let command = |id: &&str| {
        let test = place.test_of(&names::name(id));
        format!("cargo test -p {} -- --include-ignored --exact {test}", place.package)
    };
    ignored.iter().map(command).collect()
}
