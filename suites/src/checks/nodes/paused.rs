//! A node is stopped in the middle of a request, and goes on when others have gone on without it.

use super::GATE;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::ops::{get, hold, set};

pub(super) const HOLDER: Check = Check {
    id: "nodes/paused-holder-undoes-nothing",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "nodes.paused",
    promise: "A request that is stopped while it has the lock of its session, and goes on when another has had it, undoes nothing.",
    source: "Martin Kleppmann, How to do distributed locking: a lock with a lease needs a fencing token",
    applies: &[
        Requirement::RealSessions,
        Requirement::Nodes,
        Requirement::Restarts,
        Requirement::OnePerSession,
    ],
    relies: &[
        Fact::of("concurrency/serialised", "lost"),
        Fact::of("nodes/serialised", "lost"),
        Fact::of("nodes/saved-is-seen", "unknown-on-the-other"),
    ],
    test: Test::Scenarios(|_survey| {
        let paused = |reason: &str| {
            Scenario::new(reason)
                .apart(2, 0)
                .cycle("ann", [set("colour", "red").is_done()])
                .on_node(1)
                .cycle(
                    "ann",
                    [get("colour").unjudged(), hold(GATE).unjudged(), set("size", "small").unjudged()],
                )
                .on_node(1)
                .pause(1)
                .cycle("ann", [set("shape", "round").unjudged()])
                .on_node(2)
                .wake(1)
                .release(GATE)
        };
        let undone = paused("write-undone")
            .cycle("ann", [get("shape").is("round").only_if(Condition::DoneIn(2))])
            .on_node(2);
        let own = paused("own-write-lost-and-answered")
            .cycle("ann", [get("size").is("small").only_if(Condition::DoneIn(1))])
            .on_node(2);
        vec![undone, own]
    }),
};
