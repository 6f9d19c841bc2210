//! Races and reads on sessions of two ages: some libraries send a cookie again when it has become a second old, so that the
//! same script does one thing or another, and the clock decides which.

use crate::expect::{Fact, Scenario};
use crate::survey::{OLD, Survey};

/// The checks that depend on whether an older cookie is sent again.
pub(super) const ASK: [&str; 6] = [
    "cookie/none-when-untouched",
    "concurrency/read-does-not-resurrect",
    "concurrency/read-does-not-undo-a-write",
    "concurrency/explains-history",
    "concurrency/parallel",
    "promises/any-race",
];

/// Lets a session grow old, or not, before a scenario goes on.
pub(super) type Aged<'a> = &'a dyn Fn(Scenario) -> Scenario;

/// A scenario of this reason, on a session of either age.
pub(super) type OfAnyAge<'a> = &'a dyn Fn(&str, Aged<'_>) -> Scenario;

/// The scenario on a session that has just been saved.
pub(super) fn young(_: &Survey, named: Fact, scenario: OfAnyAge<'_>) -> Vec<Scenario> {
    vec![scenario(named.scenario, &|begun| begun)]
}

/// The scenario of this check and this name on a session that has just been saved, and on one that has become old since.
/// What the young one shows, the old one need not show again. Where the cookie of an older session is sent again, a young
/// one may become older between two requests; then the older one alone is played.
pub(super) fn young_and_old(survey: &Survey, named: Fact, scenario: OfAnyAge<'_>) -> Vec<Scenario> {
    let older = format!("{}-when-older", named.scenario);
    let old = survey.lives_to_be_old().then(|| scenario(&older, &|begun| begun.wait(OLD)).relies_on(named));
    let young = (!survey.goes_by_age()).then(|| young(survey, named, scenario));
    young.into_iter().flatten().chain(old).collect()
}
