//! What a request leaves that is at work when its process is killed.

use serde_json::json;
use sessionspec_reference::Map;

use super::{GATE, SERVED, begun, may_be_lost};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Expected, Scenario};
use crate::level::Level;
use crate::script::Ending;
use crate::script::ops::{get, hold, items, set};
use crate::survey::Survey;

pub(super) const NO_LOCK: Check = Check {
    id: "restart/killed-request-leaves-no-lock",
    level: Level::Recommended,
    harm: Harm::Availability,
    clause: "restart.free",
    promise: "After a process was killed in the middle of a request, later requests are answered, of the same session and of others.",
    source: "locks that are rows, keys or files, and that only their owner removes",
    applies: &[Requirement::RealSessions, Requirement::Restarts, Requirement::Holds],
    relies: &[SERVED],
    test: Test::Scenarios(|_survey| {
        let killed = |reason: &str| {
            begun(reason)
                .cycle("bob", [set("colour", "blue").is_done()])
                .cycle(
                    "ann",
                    [get("colour").unjudged(), hold(GATE).unjudged(), set("size", "small").unjudged()],
                )
                .restart(Ending::Kill)
        };
        vec![
            killed("stranger-not-served").cycle("bob", [set("size", "large").is_done()]),
            killed("not-served").cycle("ann", [set("size", "large").is_done()]),
        ]
    }),
};

pub(super) const WHOLE: Check = Check {
    id: "restart/killed-request-leaves-all-or-nothing",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "restart.whole",
    promise: "A request that is killed in the middle leaves the session as it was, or as the whole request leaves it.",
    source: "journals of what a request does, which are redone where it never ended",
    applies: &[
        Requirement::RealSessions,
        Requirement::Restarts,
        Requirement::Holds,
        Requirement::SavedChangesOnly,
    ],
    relies: &[SERVED, Fact::of("restart/killed-request-leaves-no-lock", "not-served")],
    test: Test::Scenarios(|survey| {
        let killed = Scenario::new("half-of-it")
            .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
            .cycle(
                "ann",
                [
                    get("colour").unjudged(),
                    set("colour", "blue").unjudged(),
                    hold(GATE).unjudged(),
                    set("size", "large").unjudged(),
                ],
            )
            .restart(Ending::Kill)
            .cycle("ann", [items().answers(either(survey))]);
        let kept = Fact::of("restart/saved-survives", "lost-when-killed");
        vec![if may_be_lost(survey) { killed } else { killed.relies_on(kept) }]
    }),
};

/// The items before the request, or those after it, or none where sessions may be lost.
fn either(survey: &Survey) -> Expected {
    let items = |pairs: &[(&str, &str)]| Expected::Items {
        items: pairs.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect::<Map>(),
        own_keys: survey.own_keys.clone(),
    };
    let mut any =
        vec![items(&[("colour", "red"), ("size", "small")]), items(&[("colour", "blue"), ("size", "large")])];
    if may_be_lost(survey) {
        any.push(items(&[]));
    }
    Expected::AnyOf(any)
}
