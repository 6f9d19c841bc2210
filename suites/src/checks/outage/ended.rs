//! A logout or a rotation while the store is out of reach is done, or fails so that everybody sees it.

use super::{GATE, RECOVERED, begun, down, logout, outages};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{get, hold, items};
use crate::survey::{AtOnce, Survey};

pub(super) const LOGOUT: Check = Check {
    id: "outage/logout-is-done-or-refused",
    level: Level::Recommended,
    harm: Harm::Security,
    clause: "outage.ended",
    promise: "A logout that is answered as done although the store was out of reach has ended the session for whoever has its cookie.",
    source: "layers that log an error of the store, and answer all the same",
    applies: &[
        Requirement::RealSessions,
        Requirement::StoreOutages,
        Requirement::ServerStore,
        Requirement::Logout,
    ],
    relies: &[RECOVERED, Fact::of("identity/destroy-removes", "alone")],
    test: Test::Scenarios(|survey| {
        let thief = || [items().are([], survey).only_if(Condition::DoneIn(1))];
        let ended = outages(survey).map(|(fault, when)| {
            begun(&format!("alive-after-a-logout{when}"))
                .copy_cookies("ann", "thief")
                .break_store(fault)
                .cycle("ann", [logout(survey).unjudged()])
                .mend_store()
                .cycle("thief", thief())
        });
        let midway = (survey.at_once != AtOnce::Unknown).then(|| {
            let mended = begun("alive-after-a-logout-when-mended-midway")
                .copy_cookies("ann", "thief")
                .break_store(down(survey))
                .cycle("ann", [hold(GATE).unjudged(), logout(survey).unjudged()])
                .mend_store()
                .release(GATE)
                .cycle("thief", thief());
            [broken_midway(survey, "alive-after-a-logout", logout(survey)).cycle("thief", thief()), mended]
        });
        ended.chain(midway.into_iter().flatten()).collect()
    }),
};

pub(super) const ROTATION: Check = Check {
    id: "outage/rotation-is-done-or-refused",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "outage.ended",
    promise: "A rotation that is answered as done although the store was out of reach has ended the old id.",
    source: "OWASP Session Management Cheat Sheet, renewal after any change of privilege",
    applies: &[
        Requirement::RealSessions,
        Requirement::StoreOutages,
        Requirement::ServerStore,
        Requirement::Has("regenerate"),
    ],
    relies: &[RECOVERED, Fact::of("identity/rotation-ends-the-old-id", "alone")],
    test: Test::Scenarios(|survey| {
        let rotated = outages(survey).map(|(fault, when)| {
            begun(&format!("rotated-id-alive{when}"))
                .copy_cookies("ann", "thief")
                .break_store(fault)
                .cycle("ann", [Operation::Regenerate.unjudged()])
                .mend_store()
                .cycle("thief", [items().are([], survey).only_if(Condition::DoneIn(1))])
        });
        let midway = (survey.at_once != AtOnce::Unknown).then(|| {
            broken_midway(survey, "rotated-id-alive", Operation::Regenerate)
                .cycle("thief", [items().are([], survey).only_if(Condition::DoneIn(1))])
        });
        rotated.chain(midway).collect()
    }),
};

/// A session that was read, and is ended when the store is out of reach.
fn broken_midway(survey: &Survey, reason: &str, ending: Operation) -> Scenario {
    begun(&format!("{reason}-when-broken-midway"))
        .copy_cookies("ann", "thief")
        .cycle("ann", [get("colour").unjudged(), hold(GATE).unjudged(), ending.unjudged()])
        .break_store(down(survey))
        .release(GATE)
        .mend_store()
}
