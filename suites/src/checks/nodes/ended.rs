//! A logout on one node is one on all of them.

use super::{begun, logout};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::ops::{get, items, set};
use crate::survey::Store;

pub(super) const FOR_ALL: Check = Check {
    id: "nodes/logout-holds-everywhere",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "nodes.ended",
    promise: "A session that was ended on one node is gone on every other, for its browser and for whoever has its id.",
    source: "caches of a process that no other process empties",
    applies: &[Requirement::RealSessions, Requirement::Nodes, Requirement::Logout],
    relies: &[
        Fact::of("identity/destroy-removes", "alone"),
        Fact::of("nodes/saved-is-seen", "unknown-on-the-other"),
    ],
    test: Test::Scenarios(|survey| {
        // What was sent as a cookie cannot be revoked, on one node or on several.
        let is_on_server = survey.store == Store::Server;
        let thief = |scenario: Scenario, node| match is_on_server {
            true => scenario.cycle("thief", [items().are([], survey)]).on_node(node),
            false => scenario,
        };
        let gone = |scenario: Scenario, node| {
            thief(scenario, node).cycle("ann", [get("colour").is_absent()]).on_node(node)
        };
        let alive = begun("alive-on-the-other")
            .copy_cookies("ann", "thief")
            .cycle("ann", [logout(survey).is_done()])
            .on_node(1);
        let known = begun("alive-where-it-was-read")
            .cycle("ann", [get("colour").unjudged()])
            .on_node(2)
            .copy_cookies("ann", "thief")
            .cycle("ann", [logout(survey).is_done()])
            .on_node(1);
        let begun_there = begun("alive-where-it-began")
            .copy_cookies("ann", "thief")
            .cycle("ann", [logout(survey).is_done()])
            .on_node(2);
        let written = is_on_server.then(|| {
            begun("brought-back-by-a-write")
                .cycle("ann", [get("colour").unjudged()])
                .on_node(2)
                .copy_cookies("ann", "late")
                .copy_cookies("ann", "thief")
                .cycle("ann", [logout(survey).is_done()])
                .on_node(1)
                .cycle("late", [set("size", "small").unjudged()])
                .on_node(2)
                .cycle("thief", [items().are([], survey)])
                .on_node(1)
                .relies_on(Fact::of("identity/stale-never-adopted", "destroyed"))
                .relies_on(Fact::of("nodes/ids-unique", "shared"))
        });
        [gone(alive, 2), gone(known, 2), gone(begun_there, 1)].into_iter().chain(written).collect()
    }),
};
