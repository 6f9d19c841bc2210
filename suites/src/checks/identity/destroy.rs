//! Destruction: a logout is for good.

use super::{for_operations, on_the_server};
use crate::checks::{Check, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::ops::{destroy, get, items, set};

const HAS_DESTROY: &[&str] = &["destroy"];

pub(super) const RECORD_GONE: Check = Check {
    id: "identity/destroy-removes",
    level: Level::Hardened,
    clause: "identity.destroy",
    promise: "After `destroy`, the id opens an empty session, whoever still has it.",
    source: "OWASP Session Management Cheat Sheet, session expiration on the server",
    needs: &["minimum/browsers-isolated"],
    test: Test::Scenarios(|survey| {
        on_the_server(survey, HAS_DESTROY, || {
            let alone = Scenario::new("alone")
                .cycle("ann", [set("colour", "red").is_done()])
                .copy_cookies("ann", "thief")
                .cycle("ann", [destroy().is_done()])
                .cycle("thief", [items().are([], survey)])
                .cycle("ann", [items().are([], survey)]);
            let after_a_write = Scenario::new("after-a-write")
                .cycle("ann", [set("colour", "red").is_done()])
                .copy_cookies("ann", "thief")
                .cycle("ann", [set("size", "small").is_done(), destroy().is_done()])
                .cycle("thief", [items().are([], survey)]);
            vec![alone, after_a_write]
        })
    }),
};

pub(super) const WRITES_AFTERWARDS: Check = Check {
    id: "identity/destroy-then-write",
    level: Level::Hardened,
    clause: "identity.destroy-write",
    promise: "What is written after `destroy` in the same cycle is never found under the destroyed id.",
    source: "CONTRACT.md, identity.destroy-write; tower-sessions 0.15 writes it under the old id",
    needs: &["minimum/browsers-isolated", "identity/destroy-removes"],
    test: Test::Scenarios(|survey| {
        on_the_server(survey, HAS_DESTROY, || {
            let written = Scenario::new("under-the-old-id")
                .cycle("ann", [set("colour", "red").is_done()])
                .copy_cookies("ann", "thief")
                .cycle("ann", [destroy().is_done(), set("size", "small").unjudged()])
                .cycle("thief", [items().are([], survey)]);
            vec![written]
        })
    }),
};

pub(super) const IDEMPOTENT: Check = Check {
    id: "identity/destroy-idempotent",
    level: Level::Hardened,
    clause: "identity.destroy-again",
    promise: "`destroy` can be called again, and on a session that never was.",
    source: "CONTRACT.md, identity.destroy-again",
    needs: &["minimum/browsers-isolated"],
    test: Test::Scenarios(|survey| {
        for_operations(survey, HAS_DESTROY, || {
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
        })
    }),
};
