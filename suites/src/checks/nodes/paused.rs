//! A node is stopped in the middle of a request, and goes on when others have gone on without it.

use super::{GATE, logout};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::ops::{get, hold, items, set};

/// Two nodes that nobody else uses, and a session with an item, which the first has saved.
fn begun_apart(reason: &str) -> Scenario {
    Scenario::new(reason).apart(2, 0).cycle("ann", [set("colour", "red").is_done()]).on_node(1)
}

/// A request at work on the first node, which is stopped there. It will write, and has read.
fn paused(begun: Scenario) -> Scenario {
    let lines = [get("colour").unjudged(), hold(GATE).unjudged(), set("size", "small").unjudged()];
    begun.cycle("ann", lines).on_node(1).pause(1)
}

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
        let overtaken = |reason: &str| {
            paused(begun_apart(reason))
                .cycle("ann", [set("shape", "round").unjudged()])
                .on_node(2)
                .wake(1)
                .release(GATE)
        };
        let undone = overtaken("write-undone")
            .cycle("ann", [get("shape").is("round").only_if(Condition::DoneIn(2))])
            .on_node(2);
        let own = overtaken("own-write-lost-and-answered")
            .cycle("ann", [get("size").is("small").only_if(Condition::DoneIn(1))])
            .on_node(2);
        vec![undone, own]
    }),
};

pub(super) const ENDED: Check = Check {
    id: "nodes/paused-holder-revives-nothing",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "nodes.paused",
    promise: "A session that is ended while a request is stopped which has its lock stays ended when that request goes on.",
    source: "Martin Kleppmann, How to do distributed locking: a fencing token that is gone with the record fences nothing",
    applies: &[
        Requirement::RealSessions,
        Requirement::Nodes,
        Requirement::Restarts,
        Requirement::Logout,
        Requirement::ServerStore,
        Requirement::OnePerSession,
    ],
    relies: &[
        Fact::of("identity/destroy-removes", "alone"),
        Fact::of("nodes/serialised", "lost"),
        Fact::of("nodes/saved-is-seen", "unknown-on-the-other"),
    ],
    test: Test::Scenarios(|survey| {
        let revived = paused(begun_apart("brought-back-by-a-write").copy_cookies("ann", "thief"))
            .cycle("ann", [logout(survey).unjudged()])
            .on_node(2)
            .wake(1)
            .release(GATE)
            .cycle("thief", [items().are([], survey).only_if(Condition::DoneIn(2))])
            .on_node(2);
        vec![revived]
    }),
};
