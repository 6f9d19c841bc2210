//! `permanent` is set by one request, and the data by another.

use super::{GATE, begun, held, races};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Condition;
use crate::level::Level;
use crate::script::ops::{get, permanent, set, set_permanent};

pub(super) const AND_DATA: Check = Check {
    id: "concurrency/permanent-and-data",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.last",
    promise: "Where one request sets `permanent` and another an item, what the one that is saved last has set is there.",
    source: "CONTRACT.md, concurrency.last; a login that is to be remembered, while a page is loading",
    applies: &[Requirement::RealSessions, Requirement::HasPermanent, Requirement::Overlap],
    relies: &[
        Fact::of("concurrency/last-write-is-kept", "lost"),
        Fact::of("minimum/permanent-persists", "forgotten"),
        Fact::of("minimum/permanent-persists", "forgotten-when-alone"),
    ],
    test: Test::Scenarios(|survey| {
        let flipped = !survey.permanent_default;

        let data_first = begun("permanent-lost")
            .cycle("ann", held([set_permanent(flipped).unjudged()]))
            .cycle("ann", [set("size", "small").is_done()])
            .release(GATE)
            .cycle("ann", [permanent().is(flipped).only_if(Condition::DoneIn(1)), get("colour").is("red")]);
        let permanent_first = begun("data-lost")
            .cycle("ann", held([set("size", "small").unjudged()]))
            .cycle("ann", [set_permanent(flipped).is_done()])
            .release(GATE)
            .cycle("ann", [get("size").is("small").only_if(Condition::DoneIn(1)), get("colour").is("red")]);
        races(vec![data_first, permanent_first])
    }),
};
