//! A request that only read leaves what others have written meanwhile.

use super::{GATE, begun, held, overlapping};
use crate::checks::{Check, Plan, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::ops::{get, items, set, set_permanent};
use crate::survey::Attribute;

pub(super) const BY_A_READ: Check = Check {
    id: "concurrency/read-does-not-undo-a-write",
    level: Level::Recommended,
    clause: "concurrency.readers",
    promise: "A request that only read does not undo what another has written meanwhile.",
    source: "express-session, resave; Starlette issue 2019; sessions that are written back whole",
    needs: &["minimum/each-mutator-persists"],
    test: Test::Scenarios(|survey| {
        overlapping(survey, || {
            let overwritten = begun("overwrite-undone")
                .cycle("ann", held([]))
                .cycle("ann", [set("colour", "blue").is_done()])
                .release(GATE)
                .cycle("ann", [get("colour").is("blue")]);
            let added = begun("item-lost")
                .cycle("ann", held([items().unjudged()]))
                .cycle("ann", [set("size", "small").is_done()])
                .release(GATE)
                .cycle("ann", [get("size").is("small"), get("colour").is("red")]);
            vec![overwritten, added]
        })
    }),
};

pub(super) const PERMANENT: Check = Check {
    id: "concurrency/refresh-does-not-undo-a-write",
    level: Level::Recommended,
    clause: "concurrency.readers",
    promise: "A request that only read a permanent session, and prolongs it, does not undo what another has written.",
    source: "Flask since 0.10 sends the cookie of a permanent session again, with what it has read",
    needs: &["concurrency/read-does-not-undo-a-write", "minimum/permanent-persists"],
    test: Test::Scenarios(|survey| {
        if !matches!(survey.permanent, Attribute::Observed(_)) {
            return Plan::NotApplicable("this backend has no `permanent` of its own".to_owned());
        }
        overlapping(survey, || {
            let race = Scenario::new("overwrite-undone")
                .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).is_done()])
                .cycle("ann", held([]))
                .cycle("ann", [set("colour", "blue").is_done()])
                .release(GATE)
                .cycle("ann", [get("colour").is("blue")]);
            vec![race]
        })
    }),
};
