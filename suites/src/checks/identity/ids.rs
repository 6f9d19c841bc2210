//! Ids as such: whether they can collide, or be guessed.

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::set;

/// How many sessions are looked at.
const SESSIONS: usize = 64;

pub(super) const UNIQUE: Check = Check {
    id: "identity/ids-unique",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "identity.unique",
    promise: "No two sessions have the same cookies.",
    source: "OWASP Session Management Cheat Sheet, session id properties",
    applies: &[Requirement::RealSessions, Requirement::ServerStore],
    relies: &[],
    test: Test::Scenarios(|_| vec![many_sessions("shared").response(ResponseRule::Distinct)]),
};

pub(super) const UNPREDICTABLE: Check = Check {
    id: "identity/ids-unpredictable",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "identity.unpredictable",
    promise: "The cookies of sessions, and those of one session that is rotated, show no pattern by which one could be guessed from others.",
    source: "OWASP Session Management Cheat Sheet, session id entropy: at least 64 bits",
    applies: &[Requirement::RealSessions, Requirement::ServerStore],
    relies: &[Fact::of("identity/ids-unique", "shared")],
    // Ids that others get in between would make a counter look less like one.
    test: Test::Scenarios(|survey| {
        let predictable = many_sessions("predictable").response(ResponseRule::Unpredictable).alone();
        let rotated = survey.supports("regenerate").then(rotated_often);
        [predictable].into_iter().chain(rotated).collect()
    }),
};

/// One session gets as many ids, one after the other. Where a rotation gives none, another check says so.
fn rotated_often() -> Scenario {
    let has_given = || Condition::All((0..SESSIONS).map(Condition::SetCookieIn).collect());
    let begun = Scenario::new("made-from-the-old-one").cycle("ann", [set("colour", "red").is_done()]);
    (1..SESSIONS)
        .fold(begun, |scenario, _| scenario.cycle("ann", [Operation::Regenerate.unjudged()]))
        .response(ResponseRule::Unpredictable)
        .only_if(has_given())
        .response(ResponseRule::DrawnAnew)
        .only_if(has_given())
        .alone()
        .relies_on(Fact::of("identity/rotation-gives-a-new-id", "alone"))
}

fn many_sessions(reason: &str) -> Scenario {
    let browsers = (1..=SESSIONS).map(|number| format!("visitor {number}"));
    browsers.fold(Scenario::new(reason), |scenario, browser| {
        scenario.cycle(&browser, [set("colour", "red").is_done()])
    })
}
