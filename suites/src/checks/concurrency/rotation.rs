//! Rotations that overlap: one of them has to leave the browser a session that can be used.

use super::{GATE, begun, held, races};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{get, hold, set, set_permanent};
use crate::survey::Attribute;

pub(super) const TWO_ROTATIONS: Check = Check {
    id: "concurrency/two-rotations",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.rotations",
    promise: "Of two rotations at once, whichever is answered last, the browser keeps a session with its items.",
    source: "rack-session and tower-sessions: the loser finds no record, and removes the winner's cookie",
    applies: &[Requirement::RealSessions, Requirement::Has("regenerate"), Requirement::Overlap],
    relies: &[Fact::of("identity/rotation-keeps-the-data", "alone")],
    test: Test::Scenarios(|_survey| {
        let race = |reason: &str, ops: Vec<Operation>| {
            begun(reason)
                .cycle("ann", ops.into_iter().map(Operation::unjudged))
                .cycle("ann", [Operation::Regenerate.unjudged()])
                .release(GATE)
                .cycle("ann", [get("colour").is("red")])
        };
        races(vec![
            race("held-before-it-rotates", vec![get("colour"), hold(GATE), Operation::Regenerate]),
            race("held-after-it-rotates", vec![get("colour"), Operation::Regenerate, hold(GATE)]),
        ])
    }),
};

pub(super) const LATE_WRITE: Check = Check {
    id: "concurrency/late-write-keeps-the-rotated-session",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.rotations",
    promise: "A request that was at work during a rotation does not take the new session from the browser.",
    source: "CONTRACT.md, concurrency.rotations",
    applies: &[Requirement::RealSessions, Requirement::Has("regenerate"), Requirement::Overlap],
    relies: &[Fact::of("identity/rotation-keeps-the-data", "alone")],
    test: Test::Scenarios(|survey| {
        let race = |begun: Scenario| {
            begun
                .cycle("ann", held([set("size", "small").unjudged()]))
                .cycle("ann", [Operation::Regenerate.is_done()])
                .release(GATE)
                .cycle("ann", [get("colour").is("red")])
        };
        let permanent = Scenario::new("logged-out-when-permanent")
            .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).is_done()]);
        let is_one = matches!(survey.permanent, Attribute::Observed(_)) && !survey.permanent_default;
        let permanent = is_one.then(|| {
            race(permanent)
                .relies_on(Fact::of(LATE_WRITE.id, "logged-out"))
                .relies_on(Fact::of("identity/rotation-keeps-the-data", "alone-permanently"))
        });
        races([race(begun("logged-out"))].into_iter().chain(permanent).collect())
    }),
};

pub(super) const KEEPS_WAITERS: Check = Check {
    id: "concurrency/rotation-keeps-waiters",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.rotations",
    promise: "A request that waited while the session was rotated does not leave the browser an empty one.",
    source: "CodeIgniter 4195: who waited for the lock of an id that is gone gets a new, empty session",
    applies: &[Requirement::RealSessions, Requirement::Has("regenerate"), Requirement::OnePerSession],
    relies: &[
        Fact::of("identity/rotation-keeps-the-data", "alone"),
        Fact::of("concurrency/serialised", "lost"),
    ],
    test: Test::Scenarios(|_| {
        let waited = |reason: &str, waiting: Operation| {
            begun(reason)
                .cycle("ann", [get("colour"), Operation::Regenerate, hold(GATE)].map(Operation::unjudged))
                .start("ann", [waiting.unjudged()])
                // Others are served meanwhile: the second request has had its time to arrive when the first is released.
                .cycle("bob", [get("colour").is_absent()])
                .cycle("bob", [get("colour").is_absent()])
                .cycle("bob", [get("colour").is_absent()])
                .release(GATE)
                .cycle("ann", [get("colour").is("red")])
        };
        vec![waited("a-writer-waited", set("size", "small")), waited("a-reader-waited", get("colour"))]
    }),
};
