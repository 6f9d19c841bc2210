//! A rotation on one node is one on all of them.

use super::begun;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{get, items};

pub(super) const FOR_ALL: Check = Check {
    id: "nodes/rotation-holds-everywhere",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "nodes.ended",
    promise: "After a rotation on one node, every node knows the new id, and none the old one.",
    source: "OWASP Session Management Cheat Sheet, renewal after any change of privilege; caches of a process",
    applies: &[
        Requirement::RealSessions,
        Requirement::Nodes,
        Requirement::ServerStore,
        Requirement::Has("regenerate"),
    ],
    relies: &[
        Fact::of("identity/rotation-gives-a-new-id", "alone"),
        Fact::of("identity/rotation-keeps-the-data", "alone"),
        Fact::of("identity/rotation-ends-the-old-id", "alone"),
        Fact::of("nodes/saved-is-seen", "unknown-on-the-other"),
        Fact::of("nodes/ids-unique", "shared"),
    ],
    test: Test::Scenarios(|survey| {
        let rotated = |scenario: Scenario, node| {
            scenario
                .copy_cookies("ann", "thief")
                .cycle("ann", [Operation::Regenerate.is_done()])
                .on_node(node)
        };
        let new = rotated(begun("new-id-unknown-on-the-other"), 1)
            .cycle("ann", [get("colour").is("red")])
            .on_node(2);
        let read =
            begun("old-id-alive-where-it-was-read").cycle("ann", [get("colour").unjudged()]).on_node(2);
        let read = rotated(read, 1).cycle("thief", [items().are([], survey)]).on_node(2);
        let begun_there = rotated(begun("old-id-alive-where-it-began"), 2)
            .cycle("thief", [items().are([], survey)])
            .on_node(1)
            .cycle("ann", [get("colour").is("red")])
            .on_node(1);
        vec![new, read, begun_there]
    }),
};
