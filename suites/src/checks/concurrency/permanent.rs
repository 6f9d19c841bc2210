//! `permanent` is set by one request, and the data by another.

use super::{GATE, begun, held, overlapping};
use crate::checks::{Check, Plan, Test};
use crate::expect::Condition;
use crate::level::Level;
use crate::script::ops::{get, permanent, set, set_permanent};
use crate::survey::Attribute;

pub(super) const AND_DATA: Check = Check {
    id: "concurrency/permanent-and-data",
    level: Level::Recommended,
    clause: "concurrency.last",
    promise: "Where one request sets `permanent` and another an item, what the one that is saved last has set is there.",
    source: "CONTRACT.md, concurrency.last; a login that is to be remembered, while a page is loading",
    needs: &[
        "minimum/permanent-leaves-items-alone",
        "minimum/permanent-persists",
        "concurrency/last-write-is-kept",
    ],
    test: Test::Scenarios(|survey| {
        if !matches!(survey.permanent, Attribute::Observed(_)) {
            return Plan::NotApplicable("this backend has no `permanent` of its own".to_owned());
        }
        let flipped = !survey.permanent_default;
        overlapping(survey, || {
            let data_first = begun("permanent-lost")
                .cycle("ann", held([set_permanent(flipped).unjudged()]))
                .cycle("ann", [set("size", "small").is_done()])
                .release(GATE)
                .cycle(
                    "ann",
                    [permanent().is(flipped).only_if(Condition::DoneIn(1)), get("colour").is("red")],
                );
            let permanent_first = begun("data-lost")
                .cycle("ann", held([set("size", "small").unjudged()]))
                .cycle("ann", [set_permanent(flipped).is_done()])
                .release(GATE)
                .cycle(
                    "ann",
                    [get("size").is("small").only_if(Condition::DoneIn(1)), get("colour").is("red")],
                );
            vec![data_first, permanent_first]
        })
    }),
};
