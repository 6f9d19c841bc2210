//! What was saved before a process ended is there when the next one has started.

use super::{GATE, SERVED, begun};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::ops::{delete, get, hold, permanent, set, set_permanent};
use crate::script::{Ending, Operation};
use crate::survey::{Attribute, Survey};

/// The claim by which a backend is judged that declares no `durability`.
const HELD_TO: &str = "sessions outlive the process: `durability` is not declared lost";

pub(super) const SURVIVES: Check = Check {
    id: "restart/saved-survives",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "restart.kept",
    promise: "What was saved and answered before the process ended is there afterwards.",
    source: "secrets that each process makes when it starts; saves that are answered before they are done",
    applies: &[Requirement::RealSessions, Requirement::Restarts, Requirement::Durable],
    relies: &[SERVED],
    test: Test::Scenarios(survives),
};

fn survives(survey: &Survey) -> Vec<Scenario> {
    let stopped = begun("lost-when-stopped").restart(Ending::Term).cycle("ann", [get("colour").is("red")]);
    let killed = begun("lost-when-killed")
        .restart(Ending::Kill)
        .cycle("ann", [get("colour").is("red")])
        .relies_on(Fact::of("restart/saved-survives", "lost-when-stopped"));
    let changed = begun("change-lost")
        .cycle("ann", [set("colour", "blue").is_done(), set("size", "small").is_done()])
        .restart(Ending::Kill)
        .cycle("ann", [get("colour").is("blue"), get("size").is("small")]);
    let deleted = survey.supports("delete").then(|| {
        begun("removal-undone")
            .cycle("ann", [set("size", "small").is_done()])
            .cycle("ann", [delete("colour").is_done()])
            .restart(Ending::Kill)
            .cycle("ann", [get("colour").is_absent(), get("size").is("small")])
    });
    let flipped = !survey.permanent_default;
    let permanent = matches!(survey.permanent, Attribute::Observed(_)).then(|| {
        begun("permanent-lost")
            .cycle("ann", [set_permanent(flipped).is_done()])
            .restart(Ending::Kill)
            .cycle("ann", [permanent().is(flipped), get("colour").is("red")])
            .relies_on(Fact::of("minimum/permanent-persists", "forgotten-when-alone"))
    });
    let rotated = survey.supports("regenerate").then(|| {
        begun("rotated-session-lost")
            .cycle("ann", [Operation::Regenerate.is_done()])
            .restart(Ending::Kill)
            .cycle("ann", [get("colour").is("red")])
            .relies_on(Fact::of("identity/rotation-keeps-the-data", "alone"))
    });
    let others = [Some(changed), deleted, permanent, rotated].into_iter().flatten();
    let others =
        others.map(|scenario| scenario.relies_on(Fact::of("restart/saved-survives", "lost-when-killed")));
    let all = [stopped, killed].into_iter().chain(others);
    // A claim speaks for itself.
    let is_claimed = survey.description.declares.durability.is_some();
    all.map(|scenario| if is_claimed { scenario } else { scenario.held_to(HELD_TO.to_owned()) }).collect()
}

pub(super) const ANSWERED: Check = Check {
    id: "restart/answered-is-saved",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "restart.kept",
    promise: "A request that is answered while its process is being stopped has saved its session.",
    source: "processes that close their store before their last requests are done",
    applies: &[Requirement::RealSessions, Requirement::Restarts, Requirement::Durable, Requirement::Holds],
    relies: &[
        SERVED,
        Fact::of("restart/killed-request-leaves-no-lock", "not-served"),
        Fact::of("restart/saved-survives", "lost-when-stopped"),
    ],
    test: Test::Scenarios(|_survey| {
        let stopped = begun("answered-and-lost")
            .cycle("ann", [get("colour").unjudged(), hold(GATE).unjudged(), set("size", "small").unjudged()])
            .restart(Ending::Term)
            .cycle("ann", [get("colour").is("red"), get("size").is("small").only_if(Condition::DoneIn(1))]);
        vec![stopped]
    }),
};
