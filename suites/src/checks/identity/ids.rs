//! Ids as such: whether they can collide, or be guessed.

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{ResponseRule, Scenario};
use crate::level::Level;
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
    promise: "The cookies of sessions show no pattern by which one could be guessed from others.",
    source: "OWASP Session Management Cheat Sheet, session id entropy: at least 64 bits",
    applies: &[Requirement::RealSessions, Requirement::ServerStore],
    relies: &[Fact::of("identity/ids-unique", "shared")],
    // Ids that others get in between would make a counter look less like one.
    test: Test::Scenarios(|_| {
        vec![many_sessions("predictable").response(ResponseRule::Unpredictable).alone_throughout()]
    }),
};

fn many_sessions(reason: &str) -> Scenario {
    let browsers = (1..=SESSIONS).map(|number| format!("visitor {number}"));
    browsers.fold(Scenario::new(reason), |scenario, browser| {
        scenario.cycle(&browser, [set("colour", "red").is_done()])
    })
}
