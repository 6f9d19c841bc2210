//! Ids as such: whether they can collide, or be guessed.

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{ResponseRule, Scenario};
use crate::level::Level;
use crate::script::ops::set;
use crate::survey::Survey;

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
    test: Test::Scenarios(|survey| many_sessions(survey, "shared", ResponseRule::Distinct)),
};

pub(super) const UNPREDICTABLE: Check = Check {
    id: "identity/ids-unpredictable",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "identity.unpredictable",
    promise: "Nobody can guess the cookies of a session from those of others.",
    source: "OWASP Session Management Cheat Sheet, session id entropy: at least 64 bits",
    applies: &[Requirement::RealSessions, Requirement::ServerStore],
    relies: &[Fact::of("identity/ids-unique", "shared")],
    test: Test::Scenarios(|survey| many_sessions(survey, "predictable", ResponseRule::Unpredictable)),
};

fn many_sessions(_survey: &Survey, reason: &str, rule: ResponseRule) -> Vec<Scenario> {
    let browsers = (1..=SESSIONS).map(|number| format!("visitor {number}"));
    let scenario = browsers.fold(Scenario::new(reason), |scenario, browser| {
        scenario.cycle(&browser, [set("colour", "red").is_done()])
    });
    // Ids that others get in between would make a counter look less like one.
    vec![scenario.response(rule).alone()]
}
