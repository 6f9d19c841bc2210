//! What is written at one service is not found at the other.

use super::begun;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::ops::{get, set};

pub(super) const APART: Check = Check {
    id: "beside/data-apart",
    level: Level::Recommended,
    harm: Harm::Security,
    clause: "beside.data",
    promise: "What is written at one service is not found at the other, and overwrites nothing there, in a browser that is at both.",
    source: "one store for two applications, with one key for both",
    applies: &[Requirement::RealSessions, Requirement::Beside],
    relies: &[],
    test: Test::Scenarios(|_survey| {
        let overwritten = Scenario::new("overwritten")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [set("colour", "blue").unjudged()])
            .beside()
            .cycle("ann", [get("colour").is("red")])
            .cycle("ann", [get("colour").is("blue")])
            .beside();
        let overwritten_there = Scenario::new("overwritten-there")
            .cycle("ann", [set("colour", "blue").unjudged()])
            .beside()
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [get("colour").is("blue")])
            .beside()
            .cycle("ann", [get("colour").is("red")]);
        let known = |scenario: Scenario| scenario.relies_on(Fact::of("beside/data-apart", "overwritten"));
        let found = begun("found-at-the-other").cycle("ann", [get("colour").is_absent()]).beside();
        let found_here = begun("found-here").cycle("ann", [get("size").is_absent()]);
        // Who has been at one of them alone has no session at the other yet.
        let fresh = Scenario::new("found-by-a-first-visit")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [get("colour").is_absent()])
            .beside();
        let fresh_here = Scenario::new("found-by-a-first-visit-here")
            .cycle("ann", [set("size", "small").unjudged()])
            .beside()
            .cycle("ann", [get("size").is_absent()]);
        let others = [overwritten_there, found, found_here, fresh, fresh_here].map(known);
        [overwritten].into_iter().chain(others).collect()
    }),
};
