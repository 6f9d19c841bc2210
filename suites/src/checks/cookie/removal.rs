//! How a session's cookies are removed: only a removal that names the cookie exactly is obeyed.

use crate::checks::{Check, Harm, Requirement, Test};
use crate::expect::{ResponseRule, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{clear, destroy, set, set_permanent};
use crate::survey::Survey;

pub(super) const REMOVES: Check = Check {
    id: "cookie/removal-removes",
    level: Level::Recommended,
    harm: Harm::Security,
    clause: "cookie.removal",
    promise: "Where a response removes a cookie, browsers obey.",
    source: "RFC 6265bis, section 5.7: a removal needs the name, Domain and Path of the cookie",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[],
    test: Test::Scenarios(|survey| {
        // What was set for another path before is no part of what the removal names.
        let gone = |scenario: Scenario| scenario.response(ResponseRule::RemovalLeavesNone);
        each_removal(survey, || ResponseRule::RemovalRemoves).into_iter().map(gone).collect()
    }),
};

pub(super) const REPEATS_ATTRIBUTES: Check = Check {
    id: "cookie/removal-repeats-attributes",
    level: Level::Recommended,
    harm: Harm::Hygiene,
    clause: "cookie.removal-attributes",
    promise: "A removal has the `Secure` and `SameSite` of the cookie that it removes.",
    source: "RFC 6265bis, section 5.7, steps 10 and 18: from a page of another site, a removal without them is dropped",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[],
    test: Test::Scenarios(|survey| each_removal(survey, || ResponseRule::RemovalRepeats { cycle: 0 })),
};

fn each_removal(_survey: &Survey, rule: fn() -> ResponseRule) -> Vec<Scenario> {
    let by = |op: Operation| {
        Scenario::new(op.name())
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [op.unjudged()])
            .response(rule())
    };
    let permanent = Scenario::new("when-permanent")
        .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).unjudged()])
        .cycle("ann", [clear().unjudged()])
        .response(rule());
    vec![by(clear()), by(destroy()), permanent]
}
