//! A cookie promises that the session was kept: none is set where it was not.

use crate::checks::statuses::OTHER_FAILURES;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::ops::{get, set};
use crate::script::{Operation, incompressible};

pub(super) const FITS: Check = Check {
    id: "cookie/fits",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "cookie.size",
    promise: "A session that is too large for a cookie is refused, or kept another way: nothing is lost without a word.",
    source: "RFC 6265bis, section 5.6: browsers drop a cookie of more than 4096 bytes",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[],
    test: Test::Scenarios(|_survey| {
        let large = incompressible(6000);
        let grown = Scenario::new("too-large")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [set("large", large.as_str()).unjudged()])
            .may_be_refused()
            .response(ResponseRule::Kept)
            .relies_on(Fact::of("minimum/values-survive", "long-text"))
            .cycle(
                "ann",
                [get("colour").is("red"), get("large").is(large.as_str()).only_if(Condition::DoneIn(1))],
            );
        let shrunk = Scenario::new("shrunk-again")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [set("large", large.as_str()).unjudged()])
            .may_be_refused()
            .cycle("ann", [set("large", "small").is_done()])
            .cycle("ann", [get("colour").is("red"), get("large").is("small")]);
        vec![grown, shrunk]
    }),
};

pub(super) const ONLY_IF_KEPT: Check = Check {
    id: "cookie/only-if-kept",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "cookie.kept",
    promise: "A response that sets a session's cookie has kept its data, whatever its status.",
    source: "CONTRACT.md, cookie.kept; some backends answer 500 with the cookie of a session that they did not store",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let ending = |reason: &str, ops: &[Operation]| {
            ops.iter().all(|op| survey.can_end_with(op)).then(|| {
                let first = [set("colour", "red")].into_iter().chain(ops.iter().cloned());
                Scenario::new(reason)
                    .cycle("ann", first.map(Operation::unjudged))
                    .cycle("ann", [get("colour").is("red").only_if(Condition::SetCookieIn(0))])
            })
        };
        let endings = [
            ending("ok", &[]),
            ending("not-found", &[Operation::Respond { status: 404 }]),
            ending("server-error", &[Operation::Respond { status: 500 }]),
            ending("raised", &[Operation::Raise]),
        ];
        // Redirects, and other successes than 200, have to be saved: `fault/redirects-are-saved` asks for them.
        let others = OTHER_FAILURES.into_iter().filter_map(|(status, name)| {
            let common = if status < 500 { "not-found" } else { "server-error" };
            ending(name, &[Operation::Respond { status }])
                .map(|scenario| scenario.relies_on(Fact::of(ONLY_IF_KEPT.id, common)))
        });
        endings.into_iter().flatten().chain(others).collect()
    }),
};
