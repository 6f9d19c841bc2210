//! A request that only read leaves what others have written meanwhile.

use super::{GATE, begun, held, races};
use crate::checks::age::young_and_old;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::ops::{get, items, set, set_permanent};

pub(super) const BY_A_READ: Check = Check {
    id: "concurrency/read-does-not-undo-a-write",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.readers",
    promise: "A request that only read does not undo what another has written meanwhile.",
    source: "express-session, resave; Starlette issue 2019; sessions that are written back whole",
    applies: &[Requirement::RealSessions, Requirement::Overlap],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let overwritten =
            young_and_old(survey, Fact::of(BY_A_READ.id, "overwrite-undone"), &|reason, aged| {
                aged(begun(reason))
                    .cycle("ann", held([]))
                    .cycle("ann", [set("colour", "blue").is_done()])
                    .release(GATE)
                    .cycle("ann", [get("colour").is("blue")])
            });
        let added = young_and_old(survey, Fact::of(BY_A_READ.id, "item-lost"), &|reason, aged| {
            aged(begun(reason))
                .cycle("ann", held([items().unjudged()]))
                .cycle("ann", [set("size", "small").is_done()])
                .release(GATE)
                .cycle("ann", [get("size").is("small"), get("colour").is("red")])
        });
        races([overwritten, added].concat())
    }),
};

pub(super) const PERMANENT: Check = Check {
    id: "concurrency/refresh-does-not-undo-a-write",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.readers",
    promise: "A request that only read a permanent session, and prolongs it, does not undo what another has written.",
    source: "Flask since 0.10 sends the cookie of a permanent session again, with what it has read",
    applies: &[Requirement::RealSessions, Requirement::HasPermanent, Requirement::Overlap],
    relies: &[
        Fact::of("concurrency/read-does-not-undo-a-write", "overwrite-undone"),
        Fact::of("concurrency/read-does-not-undo-a-write", "overwrite-undone-when-older"),
    ],
    test: Test::Scenarios(|_survey| {
        let race = Scenario::new("overwrite-undone")
            .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).is_done()])
            .cycle("ann", held([]))
            .cycle("ann", [set("colour", "blue").is_done()])
            .release(GATE)
            .cycle("ann", [get("colour").is("blue")]);
        races(vec![race])
    }),
};
