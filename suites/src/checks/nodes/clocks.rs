//! The clock of one node is minutes ahead.
//!
//! Good designs differ in whose clock counts: that of the store, that of whoever saves, or that of whoever reads. So a
//! session may end earlier or later by the difference, and nothing else may change.

use super::logout;
use crate::checks::lifetimes::beyond_clocks;
use crate::checks::limits::AHEAD;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{get, items, set};
use crate::survey::{Store, Survey};

/// Two nodes, of which the second is ahead.
fn two(reason: &str) -> Scenario {
    Scenario::new(reason).apart(2, AHEAD)
}

/// A session that this node has saved.
fn saved(survey: &Survey, reason: &str, node: usize) -> Scenario {
    let lines = beyond_clocks(survey).unwrap_or_default();
    two(reason).cycle("ann", [set("colour", "red").is_done()].into_iter().chain(lines)).on_node(node)
}

const SEEN_FACT: Fact = Fact::of("nodes/saved-is-seen", "unknown-on-the-other");

pub(super) const SEEN: Check = Check {
    id: "nodes/clock-ahead-ends-nothing",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "nodes.clocks",
    promise: "Where the clock of a node is minutes ahead, sessions that live for longer than that are there on every node.",
    source: "itsdangerous, which takes a signature from the future for one that has expired",
    applies: &[Requirement::RealSessions, Requirement::Nodes, Requirement::Restarts, Requirement::Clocks],
    relies: &[SEEN_FACT],
    test: Test::Scenarios(|survey| {
        let ahead =
            saved(survey, "lost-on-the-one-ahead", 1).cycle("ann", [get("colour").is("red")]).on_node(2);
        let behind =
            saved(survey, "lost-after-the-one-ahead", 2).cycle("ann", [get("colour").is("red")]).on_node(1);
        let read = saved(survey, "lost-by-a-read-on-the-one-ahead", 1)
            .cycle("ann", [get("colour").unjudged()])
            .on_node(2)
            .cycle("ann", [get("colour").is("red")])
            .on_node(1)
            .relies_on(Fact::of("nodes/clock-ahead-ends-nothing", "lost-on-the-one-ahead"))
            .relies_on(Fact::of("nodes/clock-ahead-ends-nothing", "lost-after-the-one-ahead"));
        vec![ahead, behind, read]
    }),
};

pub(super) const WRITES: Check = Check {
    id: "nodes/clock-ahead-loses-no-write",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "nodes.clocks",
    promise: "What is saved after a node has saved whose clock is minutes ahead is what every node finds.",
    source: "stores in which the later time of a node wins, as in Cassandra, and not the later write",
    applies: &[Requirement::RealSessions, Requirement::Nodes, Requirement::Restarts, Requirement::Clocks],
    relies: &[
        Fact::of("nodes/saved-is-seen", "older-state-on-the-other"),
        Fact::of("nodes/clock-ahead-ends-nothing", "lost-on-the-one-ahead"),
        Fact::of("nodes/clock-ahead-ends-nothing", "lost-after-the-one-ahead"),
    ],
    test: Test::Scenarios(|survey| {
        let looked = [1, 2].map(|node| {
            let place = ["itself", "the-one-ahead"][node - 1];
            saved(survey, &format!("older-state-on-{place}"), 2)
                .cycle("ann", [set("colour", "blue").is_done()])
                .on_node(1)
                .cycle("ann", [get("colour").is("blue")])
                .on_node(node)
        });
        looked.into()
    }),
};

pub(super) const ENDED: Check = Check {
    id: "nodes/clock-ahead-revives-nothing",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "nodes.clocks",
    promise: "A session that a node has saved whose clock is minutes ahead is ended by a logout or a rotation on another.",
    source: "stores in which a removal has the time of a node, as in Cassandra, and an earlier one removes nothing",
    applies: &[
        Requirement::RealSessions,
        Requirement::Nodes,
        Requirement::Restarts,
        Requirement::Clocks,
        Requirement::Logout,
    ],
    relies: &[
        Fact::of("identity/destroy-removes", "alone"),
        Fact::of("nodes/logout-holds-everywhere", "alive-where-it-began"),
        Fact::of("nodes/clock-ahead-ends-nothing", "lost-after-the-one-ahead"),
    ],
    test: Test::Scenarios(|survey| {
        // What was sent as a cookie cannot be revoked.
        let is_on_server = survey.store == Store::Server;
        let alive = |node: usize| {
            let place = ["itself", "the-one-ahead"][node - 1];
            let ended = saved(survey, &format!("alive-after-a-logout-on-{place}"), 2)
                .copy_cookies("ann", "thief")
                .cycle("ann", [logout(survey).is_done()])
                .on_node(1);
            let looked = match is_on_server {
                true => ended.cycle("thief", [items().are([], survey)]).on_node(node),
                false => ended,
            };
            looked.cycle("ann", [get("colour").is_absent()]).on_node(node)
        };
        let rotated = (is_on_server && survey.supports("regenerate")).then(|| {
            saved(survey, "old-id-alive-after-a-rotation", 2)
                .copy_cookies("ann", "thief")
                .cycle("ann", [Operation::Regenerate.is_done()])
                .on_node(1)
                .cycle("thief", [items().are([], survey)])
                .on_node(2)
                .relies_on(Fact::of("identity/rotation-ends-the-old-id", "alone"))
                .relies_on(Fact::of("nodes/ids-unique", "shared"))
                .relies_on(Fact::of("nodes/rotation-holds-everywhere", "old-id-alive-where-it-was-read"))
        });
        [alive(1), alive(2)].into_iter().chain(rotated).collect()
    }),
};
