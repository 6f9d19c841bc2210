//! What was answered as if it were kept is kept.

use super::{GATE, RECOVERED, begun, down, outages};
use crate::checks::{Check, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::ops::{delete, get, hold, set};
use crate::script::{StoreFault, incompressible};
use crate::survey::AtOnce;

/// Connections are cut after so many bytes: fewer than what is written, and more than the question for a session takes.
const CUT: StoreFault = StoreFault::LimitData { bytes: 1_024 };

/// The length of a text that does not arrive as a whole where connections are cut.
const LONG: usize = 4_096;

pub(super) const KEPT: Check = Check {
    id: "outage/answered-is-kept",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "outage.answered",
    promise: "A request that is answered as done although the store was out of reach has saved what it wrote.",
    source: "layers that log an error of the store, and answer all the same",
    applies: &[Requirement::RealSessions, Requirement::StoreOutages, Requirement::ServerStore],
    relies: &[RECOVERED],
    test: Test::Scenarios(|survey| {
        let of_each = outages(survey).flat_map(|(fault, when)| {
            let changed = begun(&format!("change-lost{when}"))
                .break_store(fault)
                .cycle("ann", [set("size", "small").unjudged()])
                .mend_store()
                .cycle("ann", [get("size").is("small").only_if(Condition::DoneIn(1))]);
            let new = Scenario::new(&format!("new-session-lost{when}"))
                .break_store(fault)
                .cycle("bob", [set("colour", "blue").unjudged()])
                .mend_store()
                .cycle("bob", [get("colour").is("blue").only_if(Condition::DoneIn(0))]);
            [changed, new]
        });
        let long = incompressible(LONG);
        let cut = (!survey.store_control.is_broken_by_a_command_alone()).then(|| {
            begun("change-lost-when-cut")
                .break_store(CUT)
                .cycle("ann", [set("size", long.as_str()).unjudged()])
                .mend_store()
                .cycle("ann", [get("size").is(long.as_str()).only_if(Condition::DoneIn(1))])
        });
        let deleted = survey.supports("delete").then(|| {
            // Whoever finds nothing removes nothing.
            let removed = Condition::All(vec![Condition::FoundIn { cycle: 1, op: 0 }, Condition::DoneIn(1)]);
            begun("removal-undone")
                .break_store(down(survey))
                .cycle("ann", [get("colour").unjudged(), delete("colour").unjudged()])
                .mend_store()
                .cycle("ann", [get("colour").is_absent().only_if(removed)])
        });
        // The session was read before the store was out of reach.
        let midway = (survey.at_once != AtOnce::Unknown).then(|| {
            begun("change-lost-when-broken-midway")
                .cycle(
                    "ann",
                    [get("colour").unjudged(), hold(GATE).unjudged(), set("size", "small").unjudged()],
                )
                .break_store(down(survey))
                .release(GATE)
                .mend_store()
                .cycle("ann", [get("size").is("small").only_if(Condition::DoneIn(1))])
        });
        of_each.chain(cut).chain(deleted).chain(midway).collect()
    }),
};
