//! Two requests at work on one session, on two nodes, are kept apart as on one.

use super::{GATE, begun, logout};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Line, Scenario};
use crate::level::Level;
use crate::script::ops::{get, hold, items, set};

/// The request that is held on the second node: it has read the session, and does the rest when it is released.
fn held(begun: Scenario, rest: impl IntoIterator<Item = Line>) -> Scenario {
    let lines: Vec<Line> = [get("colour").unjudged(), hold(GATE).is_done()].into_iter().chain(rest).collect();
    begun.cycle("ann", lines).on_node(2)
}

pub(super) const ENDED: Check = Check {
    id: "nodes/ended-while-at-work-elsewhere",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "nodes.overlap",
    promise: "A session that is ended on one node stays ended, whatever a request does that is at work on another.",
    source: "CVE-2025-46336 and CVE-2025-32441 (rack), with a lock or a mark of the dead in one process",
    applies: &[
        Requirement::RealSessions,
        Requirement::Nodes,
        Requirement::Logout,
        Requirement::ServerStore,
        Requirement::Overlap,
    ],
    relies: &[
        Fact::of("identity/destroy-removes", "alone"),
        Fact::of("nodes/saved-is-seen", "unknown-on-the-other"),
    ],
    test: Test::Scenarios(|survey| {
        let race = |reason: &str, rest: Vec<Line>| {
            held(begun(reason).copy_cookies("ann", "thief"), rest)
                .cycle("ann", [logout(survey).is_done()])
                .on_node(1)
                .release(GATE)
                .cycle("thief", [items().are([], survey)])
                .on_node(1)
        };
        let read = race("brought-back-by-a-read", Vec::new())
            .relies_on(Fact::of("concurrency/read-does-not-resurrect", "resurrected"));
        let write = race("brought-back-by-a-write", vec![set("size", "small").unjudged()])
            .may_be_refused_in(1)
            .relies_on(Fact::of("concurrency/write-does-not-resurrect", "resurrected"));
        vec![read, write]
    }),
};

pub(super) const READER: Check = Check {
    id: "nodes/read-undoes-no-write-elsewhere",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "nodes.overlap",
    promise: "A request that only reads on one node does not undo what another has written meanwhile.",
    source: "sessions that are written back whole",
    applies: &[Requirement::RealSessions, Requirement::Nodes, Requirement::Overlap],
    relies: &[
        Fact::of("concurrency/read-does-not-undo-a-write", "overwrite-undone"),
        Fact::of("nodes/saved-is-seen", "unknown-on-the-other"),
    ],
    test: Test::Scenarios(|_survey| {
        let race = held(begun("overwrite-undone"), [])
            .cycle("ann", [set("colour", "blue").is_done()])
            .on_node(1)
            .release(GATE)
            .cycle("ann", [get("colour").is("blue")])
            .on_node(1);
        vec![race]
    }),
};

pub(super) const SERIALISED: Check = Check {
    id: "nodes/serialised",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "nodes.overlap",
    promise: "Where the requests of a session are served one after the other, they are so on several nodes, too.",
    source: "locks in the memory of a process",
    applies: &[Requirement::RealSessions, Requirement::Nodes, Requirement::OnePerSession],
    relies: &[
        Fact::of("concurrency/serialised", "lost"),
        Fact::of("nodes/saved-is-seen", "unknown-on-the-other"),
    ],
    test: Test::Scenarios(|_survey| {
        // A lock that is looked for again and again is found free only after a while.
        let visit = |race: Scenario| race.cycle("bob", [get("colour").is_absent()]).on_node(2);
        let race = held(begun("lost"), [set("size", "small").is_done()])
            .start("ann", [get("size").is("small"), set("shape", "round").is_done()])
            .on_node(1);
        let race = visit(visit(visit(race))).release(GATE);
        let looked = [get("size").is("small"), get("shape").is("round"), get("colour").is("red")];
        vec![race.cycle("ann", looked).on_node(1)]
    }),
};
