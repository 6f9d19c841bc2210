//! `new`: whether the session was never saved.

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{get, new, set};

/// So many requests come after the first: some that write, and some that only read.
const LATER: usize = 8;

const FLASK: &str = "Flask 0.8, SessionMixin.new";

pub(super) const IS_BOOLEAN: Check = Check {
    id: "minimum/new-is-boolean",
    level: Level::Minimum,
    harm: Harm::Correctness,
    clause: "new.boolean",
    promise: "`new` is true or false, on fresh and on existing sessions.",
    source: FLASK,
    applies: &[Requirement::RealSessions, Requirement::OwnNew],
    relies: &[],
    test: Test::Scenarios(|_survey| {
        vec![
            Scenario::new("not-boolean")
                .cycle("ann", [new().is_boolean(), set("colour", "red").is_done(), new().is_boolean()])
                .cycle("ann", [new().is_boolean()]),
        ]
    }),
};

pub(super) const NEVER_FOR_SAVED: Check = Check {
    id: "minimum/new-never-for-saved",
    level: Level::Minimum,
    harm: Harm::Correctness,
    clause: "new.saved",
    promise: "`new` is false on a session that was saved and came back with its items.",
    source: FLASK,
    applies: &[Requirement::RealSessions, Requirement::OwnNew],
    relies: &[Fact::of("minimum/new-is-boolean", "not-boolean")],
    test: Test::Scenarios(|survey| {
        let first_read = Scenario::new("new-when-it-came-back")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [new().is(false), get("colour").is("red"), new().is(false)]);
        let after_another_write = Scenario::new("new-after-another-write")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [set("colour", "blue").is_done(), new().is(false)])
            .cycle("ann", [new().is(false)]);
        let after_a_read = Scenario::new("new-after-a-cycle-that-only-read")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [get("colour").unjudged()])
            .cycle("ann", [new().is(false)]);
        // A rotation that loses the items is another defect.
        let after_a_rotation = survey.supports("regenerate").then(|| {
            Scenario::new("new-after-a-rotation")
                .cycle("ann", [set("colour", "red").is_done()])
                .cycle("ann", [Operation::Regenerate.unjudged()])
                .cycle(
                    "ann",
                    [
                        new().is(false).only_if(Condition::FoundIn { cycle: 2, op: 1 }),
                        get("colour").unjudged(),
                    ],
                )
                .relies_on(Fact::of(NEVER_FOR_SAVED.id, "new-when-it-came-back"))
        });
        // How often a session was saved and opened is nothing that `new` tells. Items that get lost are another defect.
        let later = (1..=LATER).fold(
            Scenario::new("new-in-a-later-request").cycle("ann", [set("colour", "red").is_done()]),
            |scenario, cycle| {
                let is_new = new().is(false).only_if(Condition::FoundIn { cycle, op: 1 });
                let written = (cycle % 2 == 0).then(|| set("size", cycle).unjudged());
                scenario.cycle("ann", [is_new, get("colour").unjudged()].into_iter().chain(written))
            },
        );
        let later = later
            .relies_on(Fact::of(NEVER_FOR_SAVED.id, "new-when-it-came-back"))
            .relies_on(Fact::of(NEVER_FOR_SAVED.id, "new-after-another-write"))
            .relies_on(Fact::of(NEVER_FOR_SAVED.id, "new-after-a-cycle-that-only-read"));
        let plain = [first_read, after_another_write, after_a_read, later];
        plain.into_iter().chain(after_a_rotation).collect()
    }),
};
