//! Rotation: a session gets a new id, as after a login, so that whoever knew the old one knows nothing.

use super::{for_operations, on_the_server};
use crate::checks::{Check, Test};
use crate::expect::{ResponseRule, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{destroy, get, items, set};
use crate::survey::Survey;

const OWASP: &str = "OWASP Session Management Cheat Sheet, renewal after any change of privilege";

const HAS_ROTATION: &[&str] = &["regenerate"];

pub(super) const NEW_ID: Check = Check {
    id: "identity/rotation-gives-a-new-id",
    level: Level::Hardened,
    clause: "identity.rotation",
    promise: "A rotation gives the browser another cookie.",
    source: OWASP,
    needs: &["minimum/browsers-isolated"],
    test: Test::Scenarios(|survey| {
        on_the_server(survey, HAS_ROTATION, || {
            let rotating = |reason: &str, ops: Vec<Operation>| {
                Scenario::new(reason)
                    .cycle("ann", [set("colour", "red").is_done()])
                    .cycle("ann", ops.into_iter().map(Operation::is_done))
                    .response(ResponseRule::SetsCookie)
                    .response(ResponseRule::OtherCookies { cycle: 0 })
            };
            vec![
                rotating("alone", vec![Operation::Regenerate]),
                rotating("after-a-write", vec![set("colour", "blue"), Operation::Regenerate]),
                rotating("before-a-write", vec![Operation::Regenerate, set("colour", "blue")]),
                rotating("twice", vec![Operation::Regenerate, Operation::Regenerate]),
            ]
        })
    }),
};

pub(super) const KEEPS_DATA: Check = Check {
    id: "identity/rotation-keeps-the-data",
    level: Level::Hardened,
    clause: "identity.rotation",
    promise: "A rotation keeps the items, and those written in the same cycle, before or after it.",
    source: OWASP,
    needs: &["minimum/browsers-isolated"],
    test: Test::Scenarios(|survey| {
        for_operations(survey, HAS_ROTATION, || {
            let rotating = |reason: &str, ops: Vec<Operation>, after: &[(&'static str, &'static str)]| {
                let after = after.iter().map(|(key, value)| (*key, (*value).into()));
                Scenario::new(reason)
                    .cycle("ann", [set("colour", "red").is_done()])
                    .cycle("ann", ops.into_iter().map(Operation::is_done))
                    .cycle("ann", [items().are(after, survey)])
            };
            let kept: &[_] = &[("colour", "red")];
            let written: &[_] = &[("colour", "red"), ("size", "small")];
            let fresh = Scenario::new("on-a-fresh-session")
                .cycle("ann", [Operation::Regenerate.is_done(), set("colour", "red").is_done()])
                .cycle("ann", [items().are([("colour", "red".into())], survey)]);
            vec![
                rotating("alone", vec![Operation::Regenerate], kept),
                rotating("after-a-write", vec![set("size", "small"), Operation::Regenerate], written),
                rotating("before-a-write", vec![Operation::Regenerate, set("size", "small")], written),
                rotating("twice", vec![Operation::Regenerate, Operation::Regenerate], kept),
                fresh,
            ]
        })
    }),
};

pub(super) const OLD_ID_DIES: Check = Check {
    id: "identity/rotation-ends-the-old-id",
    level: Level::Hardened,
    clause: "identity.rotation",
    promise: "After a rotation, the old id opens an empty session.",
    source: OWASP,
    needs: &["identity/rotation-gives-a-new-id", "identity/rotation-keeps-the-data"],
    test: Test::Scenarios(|survey| {
        on_the_server(survey, HAS_ROTATION, || {
            let rotating = |reason: &str, ops: Vec<Operation>| {
                Scenario::new(reason)
                    .cycle("ann", [set("colour", "red").is_done()])
                    .copy_cookies("ann", "thief")
                    .cycle("ann", ops.into_iter().map(Operation::is_done))
                    .cycle("thief", [items().are([], survey)])
            };
            let twice = Scenario::new("twice-in-a-row")
                .cycle("ann", [set("colour", "red").is_done()])
                .cycle("ann", [Operation::Regenerate.is_done()])
                .copy_cookies("ann", "thief")
                .cycle("ann", [Operation::Regenerate.is_done()])
                .cycle("thief", [items().are([], survey)]);
            vec![
                rotating("alone", vec![Operation::Regenerate]),
                rotating("after-a-write", vec![set("size", "small"), Operation::Regenerate]),
                rotating("before-a-write", vec![Operation::Regenerate, set("size", "small")]),
                rotating("twice", vec![Operation::Regenerate, Operation::Regenerate]),
                twice,
            ]
        })
    }),
};

pub(super) const SURVIVES_FAILURE: Check = Check {
    id: "identity/rotation-survives-failure",
    level: Level::Hardened,
    clause: "identity.rotation-failure",
    promise: "A handler that rotates and then fails leaves the browser a session: the old one or the new one.",
    source: "CONTRACT.md, identity.rotation-failure; tower-sessions 0.15 deletes the old record and sends no cookie",
    needs: &["identity/rotation-keeps-the-data", "cookie/only-if-kept"],
    test: Test::Scenarios(|survey| {
        for_operations(survey, HAS_ROTATION, || {
            let failing = |reason: &str, failure: Operation| {
                Scenario::new(reason)
                    .cycle("ann", [set("colour", "red").is_done()])
                    .cycle("ann", [Operation::Regenerate.is_done(), failure.unjudged()])
                    .cycle("ann", [get("colour").is("red")])
            };
            vec![
                failing("answered-500", Operation::Respond { status: 500 }),
                failing("raised", Operation::Raise),
            ]
        })
    }),
};

pub(super) const NEEDS_NO_RECORD: Check = Check {
    id: "identity/rotation-needs-no-record",
    level: Level::Hardened,
    clause: "identity.rotation-dead",
    promise: "A rotation on a session that is gone brings nothing back, and leaves a session that can be used.",
    source: "CONTRACT.md, identity.rotation-dead",
    needs: &["identity/rotation-keeps-the-data", "identity/destroy-removes"],
    test: Test::Scenarios(needs_no_record),
};

fn needs_no_record(survey: &Survey) -> crate::checks::Plan<Vec<Scenario>> {
    on_the_server(survey, &["regenerate", "destroy"], || {
        let gone = Scenario::new("after-destroy")
            .cycle("ann", [set("colour", "red").is_done()])
            .copy_cookies("ann", "late")
            .cycle("ann", [destroy().is_done()])
            .cycle("late", [Operation::Regenerate.is_done()])
            .cycle("late", [items().are([], survey), set("colour", "blue").is_done()])
            .cycle("late", [get("colour").is("blue")]);
        vec![gone]
    })
}
