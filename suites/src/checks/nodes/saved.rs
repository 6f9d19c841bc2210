//! What one node has saved, the next request finds on any other.

use super::begun;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::ops::{delete, get, permanent, set, set_permanent};
use crate::survey::Attribute;

pub(super) const SEEN: Check = Check {
    id: "nodes/saved-is-seen",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "nodes.saved",
    promise: "What one node has saved, the next request of that browser finds on any other node.",
    source: "caches of a process in front of the store; secrets that each process makes for itself",
    applies: &[Requirement::RealSessions, Requirement::Nodes],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let unknown = begun("unknown-on-the-other").cycle("ann", [get("colour").is("red")]).on_node(2);
        let older = begun("older-state-on-the-other")
            .cycle("ann", [get("colour").unjudged()])
            .on_node(2)
            .cycle("ann", [set("colour", "blue").is_done()])
            .on_node(1)
            .cycle("ann", [get("colour").is("blue")])
            .on_node(2);
        let written = begun("written-on-the-other")
            .cycle("ann", [set("size", "small").is_done()])
            .on_node(2)
            .cycle("ann", [get("size").is("small"), get("colour").is("red")])
            .on_node(1);
        let deleted = survey.supports("delete").then(|| {
            Scenario::new("deleted-on-the-other")
                .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
                .on_node(1)
                .cycle("ann", [delete("colour").is_done()])
                .on_node(2)
                .cycle("ann", [get("colour").is_absent(), get("size").is("small")])
                .on_node(1)
        });
        let flipped = !survey.permanent_default;
        let permanent = matches!(survey.permanent, Attribute::Observed(_)).then(|| {
            Scenario::new("permanent-unknown-on-the-other")
                .cycle("ann", [set("colour", "red").is_done(), set_permanent(flipped).is_done()])
                .on_node(1)
                .cycle("ann", [permanent().is(flipped), get("colour").is("red")])
                .on_node(2)
                .relies_on(Fact::of("minimum/permanent-persists", "forgotten"))
        });
        let known =
            |scenario: Scenario| scenario.relies_on(Fact::of("nodes/saved-is-seen", "unknown-on-the-other"));
        let others = [older, written].into_iter().chain(deleted).chain(permanent).map(known);
        [unknown].into_iter().chain(others).collect()
    }),
};
