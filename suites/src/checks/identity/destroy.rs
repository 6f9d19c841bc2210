//! Destruction: a logout is for good.

use super::rivals::ended_beside_a_worthless_cookie;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{destroy, get, items, set};
use crate::survey::Store;

pub(super) const RECORD_GONE: Check = Check {
    id: "identity/destroy-removes",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "identity.destroy",
    promise: "After `destroy`, the session is gone: for its browser, and for whoever still has the id of one on the server.",
    source: "OWASP Session Management Cheat Sheet, session expiration on the server",
    applies: &[Requirement::RealSessions, Requirement::Has("destroy")],
    relies: &[],
    test: Test::Scenarios(|survey| {
        // What was sent as a cookie cannot be revoked, so that only a server can end a session for a thief, too.
        let ends = |scenario: Scenario| match survey.store {
            Store::Server => scenario.cycle("thief", [items().are([], survey)]),
            Store::Client | Store::Unknown => scenario,
        };
        let begun = |reason: &str| {
            Scenario::new(reason).cycle("ann", [set("colour", "red").is_done()]).copy_cookies("ann", "thief")
        };
        let alone =
            ends(begun("alone").cycle("ann", [destroy().is_done()])).cycle("ann", [items().are([], survey)]);
        let after_a_write =
            ends(begun("after-a-write").cycle("ann", [set("size", "small").is_done(), destroy().is_done()]))
                .cycle("ann", [items().are([], survey)]);
        let first_id = (survey.supports("regenerate") && survey.store == Store::Server).then(|| {
            begun("id-from-before-a-rotation")
                .cycle("ann", [set("size", "small").is_done()])
                .cycle("ann", [Operation::Regenerate.is_done()])
                .cycle("ann", [destroy().is_done()])
                .cycle("thief", [items().are([], survey)])
                .relies_on(Fact::of("identity/rotation-ends-the-old-id", "alone"))
        });
        let after_a_rotation = survey.supports("regenerate").then(|| {
            ends(begun("rotated-before").cycle("ann", [Operation::Regenerate.is_done(), destroy().is_done()]))
                .cycle("ann", [items().are([], survey)])
                .relies_on(Fact::of("identity/rotation-ends-the-old-id", "alone"))
                .relies_on(Fact::of("identity/rotation-keeps-the-data", "alone"))
                .relies_on(Fact::of(RECORD_GONE.id, "alone"))
        });
        let before_a_rotation = survey.supports("regenerate").then(|| {
            ends(
                begun("rotated-afterwards")
                    .cycle("ann", [destroy().is_done(), Operation::Regenerate.unjudged()]),
            )
            .cycle("ann", [items().are([], survey)])
            .relies_on(Fact::of("identity/rotation-keeps-the-data", "after-a-write"))
            .relies_on(Fact::of("identity/rotation-ends-the-old-id", "alone"))
            .relies_on(Fact::of(RECORD_GONE.id, "alone"))
        });
        let rotated = first_id.into_iter().chain(after_a_rotation).chain(before_a_rotation);
        let beside = (survey.store == Store::Server)
            .then(|| ended_beside_a_worthless_cookie(&destroy(), survey))
            .into_iter()
            .flatten()
            .map(|scenario| scenario.relies_on(Fact::of(RECORD_GONE.id, "alone")));
        [alone, after_a_write].into_iter().chain(rotated).chain(beside).collect()
    }),
};

pub(super) const WRITES_AFTERWARDS: Check = Check {
    id: "identity/destroy-then-write",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "identity.destroy-write",
    promise: "What is written after `destroy` in the same cycle is never found under the destroyed id.",
    source: "CONTRACT.md, identity.destroy-write; tower-sessions 0.15 writes it under the old id",
    applies: &[Requirement::RealSessions, Requirement::ServerStore, Requirement::Has("destroy")],
    relies: &[Fact::of("identity/destroy-removes", "alone")],
    test: Test::Scenarios(|survey| {
        let written = Scenario::new("under-the-old-id")
            .cycle("ann", [set("colour", "red").is_done()])
            .copy_cookies("ann", "thief")
            .cycle("ann", [destroy().is_done(), set("size", "small").unjudged()])
            .cycle("thief", [items().are([], survey)]);
        vec![written]
    }),
};

pub(super) const IDEMPOTENT: Check = Check {
    id: "identity/destroy-idempotent",
    level: Level::Hardened,
    harm: Harm::DataLoss,
    clause: "identity.destroy-again",
    promise: "`destroy` can be called again, and on a session that never was.",
    source: "CONTRACT.md, identity.destroy-again",
    applies: &[Requirement::RealSessions, Requirement::Has("destroy")],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let twice = Scenario::new("twice-in-a-cycle")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [destroy().is_done(), destroy().unjudged()])
            .cycle("ann", [items().are([], survey), set("colour", "blue").is_done()])
            .cycle("ann", [get("colour").is("blue")]);
        let again = Scenario::new("again")
            .cycle("ann", [set("colour", "red").is_done()])
            .copy_cookies("ann", "late")
            .cycle("ann", [destroy().is_done()])
            .cycle("late", [destroy().is_done()])
            .cycle("late", [set("colour", "blue").is_done()])
            .cycle("late", [get("colour").is("blue")]);
        let fresh = Scenario::new("on-a-fresh-session")
            .cycle("ann", [destroy().is_done()])
            .cycle("ann", [items().are([], survey), set("colour", "blue").is_done()])
            .cycle("ann", [get("colour").is("blue")]);
        vec![twice, again, fresh]
    }),
};
