//! Rotations that overlap: one of them has to leave the browser a session that can be used.

use super::{GATE, begun, has, held, overlapping};
use crate::checks::{Check, Plan, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{get, hold, set};
use crate::survey::Survey;

pub(super) const TWO_ROTATIONS: Check = Check {
    id: "concurrency/two-rotations",
    level: Level::Recommended,
    clause: "concurrency.rotations",
    promise: "Of two rotations at once, whichever is answered last, the browser keeps a session with its items.",
    source: "rack-session and tower-sessions: the loser finds no record, and removes the winner's cookie",
    needs: &["identity/rotation-keeps-the-data"],
    test: Test::Scenarios(|survey| {
        for_rotation(survey, || {
            let race = |reason: &str, ops: Vec<Operation>| {
                begun(reason)
                    .cycle("ann", ops.into_iter().map(Operation::unjudged))
                    .cycle("ann", [Operation::Regenerate.unjudged()])
                    .release(GATE)
                    .cycle("ann", [get("colour").is("red")])
            };
            vec![
                race("held-before-it-rotates", vec![get("colour"), hold(GATE), Operation::Regenerate]),
                race("held-after-it-rotates", vec![get("colour"), Operation::Regenerate, hold(GATE)]),
            ]
        })
    }),
};

pub(super) const LATE_WRITE: Check = Check {
    id: "concurrency/late-write-keeps-the-rotated-session",
    level: Level::Recommended,
    clause: "concurrency.rotations",
    promise: "A request that was at work during a rotation does not take the new session from the browser.",
    source: "CONTRACT.md, concurrency.rotations",
    needs: &["identity/rotation-keeps-the-data"],
    test: Test::Scenarios(|survey| {
        for_rotation(survey, || {
            let race = begun("logged-out")
                .cycle("ann", held([set("size", "small").unjudged()]))
                .cycle("ann", [Operation::Regenerate.is_done()])
                .release(GATE)
                .cycle("ann", [get("colour").is("red")]);
            vec![race]
        })
    }),
};

fn for_rotation(survey: &Survey, plan: impl FnOnce() -> Vec<Scenario>) -> Plan<Vec<Scenario>> {
    if !has(survey, &Operation::Regenerate) {
        return Plan::NotApplicable("this backend has no `regenerate`".to_owned());
    }
    overlapping(survey, plan)
}
