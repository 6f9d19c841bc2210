//! A session that was ended while another request was at work on it stays ended.

use super::{GATE, begun, held, logout, races, refusable};
use crate::checks::age::{OfAnyAge, young, young_and_old};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Line, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{delete, get, hold, items, pop, set, set_permanent, setdefault, update};
use crate::survey::{Attribute, Store, Survey};

pub(super) const BY_A_READ: Check = Check {
    id: "concurrency/read-does-not-resurrect",
    level: Level::Recommended,
    harm: Harm::Security,
    clause: "concurrency.ended",
    promise: "A request that only read does not bring back a session that was ended meanwhile.",
    source: "CVE-2025-46336 (rack-session); Flask's refreshed permanent cookie",
    applies: &[Requirement::RealSessions, Requirement::Logout, Requirement::Overlap],
    relies: &[Fact::of("identity/destroy-removes", "alone")],
    test: Test::Scenarios(|survey| resurrection(survey, Vec::new, BY_A_READ.id, young_and_old)),
};

pub(super) const BY_A_WRITE: Check = Check {
    id: "concurrency/write-does-not-resurrect",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "concurrency.ended",
    promise: "A request that writes late does not bring back a session that was ended meanwhile.",
    source: "CVE-2025-32441 (rack), CVE-2025-46336 (rack-session), connect-redis issue 328, tower-sessions",
    applies: &[
        Requirement::RealSessions,
        Requirement::Logout,
        Requirement::ServerStore,
        Requirement::Overlap,
    ],
    relies: &[Fact::of("identity/destroy-removes", "alone")],
    // A write saves the session whatever its age.
    test: Test::Scenarios(|survey| {
        let late = resurrection(survey, || vec![set("size", "small").unjudged()], BY_A_WRITE.id, young);
        let changed = late_changes(survey).map(|(name, change)| {
            let begun = begun_with_two(&format!("resurrected-by-{name}"));
            let raced = race(begun, vec![change.unjudged()], survey);
            refusable(raced).relies_on(Fact::of(BY_A_WRITE.id, "resurrected"))
        });
        let slow = slow_end("written-while-it-ended", logout(survey), survey);
        late.into_iter().chain(changed).chain([slow]).collect()
    }),
};

/// A session of two items: of one whose only item is removed nothing would be seen, whoever brings it back.
fn begun_with_two(reason: &str) -> Scenario {
    Scenario::new(reason).cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
}

/// Each way to change a session may look for itself whether there still is one.
fn late_changes(survey: &Survey) -> impl Iterator<Item = (&'static str, Operation)> {
    let changes = [
        ("an-update", update([("size", "large".into())])),
        ("a-delete", delete("size")),
        ("a-pop", pop("size")),
        ("a-setdefault", setdefault("shape", "round")),
    ];
    changes.into_iter().filter(|(_, change)| survey.supports(change.name()))
}

/// A request is held, the session is ended by another, and then the first goes on with the rest.
fn race(begun: Scenario, rest: Vec<Line>, survey: &Survey) -> Scenario {
    let raced = begun
        .copy_cookies("ann", "thief")
        .cycle("ann", held(rest))
        .cycle("ann", [logout(survey).is_done()])
        .release(GATE);
    // What was sent as a cookie cannot be revoked.
    let raced = match survey.store {
        Store::Server => raced.cycle("thief", [items().are([], survey)]),
        Store::Client | Store::Unknown => raced,
    };
    raced.cycle("ann", [get("colour").is_absent()])
}

/// Such races, on sessions of these ages and on a permanent one.
fn resurrection(
    survey: &Survey,
    rest: fn() -> Vec<Line>,
    id: &'static str,
    ages: fn(&Survey, Fact, OfAnyAge<'_>) -> Vec<Scenario>,
) -> Vec<Scenario> {
    let race = |begun: Scenario| race(begun, rest(), survey);
    let mut scenarios = ages(survey, Fact::of(id, "resurrected"), &|reason, aged| race(aged(begun(reason))));
    if matches!(survey.permanent, Attribute::Observed(_)) {
        let permanent = Scenario::new("resurrected-when-permanent")
            .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).is_done()]);
        scenarios.push(race(permanent).relies_on(Fact::of("identity/destroy-removes", "alone-permanently")));
    }
    races(scenarios)
}

/// The request that ends the session, or its id, is held when it has done so, and another one writes meanwhile.
fn slow_end(reason: &str, end: Operation, survey: &Survey) -> Scenario {
    let raced = begun(reason)
        .copy_cookies("ann", "thief")
        .copy_cookies("ann", "tab")
        .cycle("ann", [get("colour").unjudged(), end.is_done(), hold(GATE).is_done()])
        .may_be_refused()
        .cycle("tab", [set("size", "small").unjudged()])
        .may_be_refused()
        .release(GATE);
    // Who wins against a request that was refused is another question.
    raced.cycle("thief", [items().are([], survey).only_if(Condition::DoneIn(1))])
}

pub(super) const OF_A_ROTATED_ID: Check = Check {
    id: "concurrency/write-does-not-revive-a-rotated-id",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "concurrency.rotated",
    promise: "A request that writes late does not bring back the id that was rotated away meanwhile.",
    source: "OWASP, session fixation: a login that rotates must not be undone by a request that is still at work",
    applies: &[
        Requirement::RealSessions,
        Requirement::ServerStore,
        Requirement::Has("regenerate"),
        Requirement::Overlap,
    ],
    relies: &[Fact::of("identity/rotation-ends-the-old-id", "alone")],
    test: Test::Scenarios(|survey| {
        let race = |begun: Scenario, rest: Vec<Line>| {
            begun
                .copy_cookies("ann", "thief")
                .cycle("ann", held(rest))
                .cycle("ann", [Operation::Regenerate.is_done()])
                .release(GATE)
                .cycle("thief", [items().are([], survey)])
        };
        let late = races(vec![
            race(begun("by-a-read"), Vec::new()),
            race(begun("by-a-write"), vec![set("size", "small").unjudged()]),
        ]);
        let changed = late_changes(survey).map(|(name, change)| {
            let raced = race(begun_with_two(&format!("by-{name}")), vec![change.unjudged()]);
            refusable(raced).relies_on(Fact::of(OF_A_ROTATED_ID.id, "by-a-write"))
        });
        let slow = slow_end("written-while-it-rotated", Operation::Regenerate, survey);
        late.into_iter().chain(changed).chain([slow]).collect()
    }),
};
