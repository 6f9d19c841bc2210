//! `modified`: whether the session has to be saved.

use serde_json::json;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Line, Scenario};
use crate::level::Level;
use crate::script::ops::{
    clear, contains, delete, get, items, len, modified, new, permanent, pop, set, set_in, set_modified,
    set_permanent, setdefault, update,
};
use crate::script::{Operation, OperationKind};
use crate::survey::{Modified, Permanent, Survey};

const FLASK: &str = "Flask 0.8, SessionMixin.modified";

pub(super) const IS_BOOLEAN: Check = Check {
    id: "minimum/modified-is-boolean",
    level: Level::Minimum,
    harm: Harm::Correctness,
    clause: "modified.boolean",
    promise: "`modified` is true or false, before and after a change.",
    source: FLASK,
    applies: &[Requirement::RealSessions, Requirement::OwnModified],
    relies: &[],
    test: Test::Scenarios(|_survey| {
        vec![
            Scenario::new("not-boolean")
                .cycle(
                    "ann",
                    [modified().is_boolean(), set("colour", "red").is_done(), modified().is_boolean()],
                )
                .cycle("ann", [modified().is_boolean()]),
        ]
    }),
};

pub(super) const ONE_MODE: Check = Check {
    id: "minimum/modified-one-mode",
    level: Level::Minimum,
    harm: Harm::Correctness,
    clause: "modified.one-mode",
    promise: "On an unchanged session `modified` is either always true or always false, whatever is read.",
    source: FLASK,
    applies: &[Requirement::RealSessions, Requirement::OwnModified],
    relies: &[Fact::of("minimum/modified-is-boolean", "not-boolean")],
    test: Test::Scenarios(one_mode),
};

fn one_mode(survey: &Survey) -> Vec<Scenario> {
    let mode = survey.modified.observed() == Some(Modified::Always);
    let after_read = |reason: &str, read: Operation| {
        Scenario::new(reason)
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [modified().is(mode), read.unjudged(), modified().is(mode)])
    };
    let across_cycles = Scenario::new("changes-between-cycles")
        .cycle("ann", [set("colour", "red").is_done()])
        .cycle("ann", [modified().is(mode)])
        .cycle("ann", [modified().is(mode)])
        .cycle("bob", [set("colour", "blue").is_done()])
        .cycle("bob", [modified().is(mode)]);
    vec![
        after_read("changed-by-get", get("colour")),
        after_read("changed-by-a-missing-get", get("shape")),
        after_read("changed-by-contains", contains("colour")),
        after_read("changed-by-items", items()),
        after_read("changed-by-len", len()),
        after_read("changed-by-permanent", permanent()),
        after_read("changed-by-new", new()),
        across_cycles,
    ]
}

pub(super) const AFTER_CHANGE: Check = Check {
    id: "minimum/modified-after-change",
    level: Level::Minimum,
    harm: Harm::Correctness,
    clause: "modified.after-change",
    promise: "`modified` is true after every way to change an existing session.",
    source: FLASK,
    applies: &[Requirement::RealSessions, Requirement::OwnModified],
    relies: &[Fact::of("minimum/modified-is-boolean", "not-boolean")],
    test: Test::Scenarios(after_change),
};

fn after_change(survey: &Survey) -> Vec<Scenario> {
    let after = |reason: &str, change: Operation| {
        survey.supports(change.name()).then(|| existing(reason, [change.is_done(), modified().is(true)]))
    };
    let lives_in_data = survey.permanent.observed().is_some_and(Permanent::is_in_data);
    let scenarios = [
        after("set", set("shape", "round")),
        after("overwrite", set("colour", "blue")),
        after("delete", delete("colour")),
        after("pop", pop("colour")),
        after("setdefault", setdefault("shape", "round")),
        after("update", update([("shape", json!("round"))])),
        after("clear", clear()),
        after("set_permanent", set_permanent(!survey.permanent_default)).filter(|_| lives_in_data),
    ];
    let saved = |kind| match kind {
        OperationKind::Pop => Fact::of("minimum/each-mutator-persists", "pop-the-only-item"),
        _ => Fact::of("minimum/each-mutator-persists", "delete-the-only-item"),
    };
    // Some spellings remove whatever comes last, so that they are asked where there is nothing else.
    let only_item =
        [delete("colour"), pop("colour")].into_iter().filter(|op| survey.spells(op.kind())).map(|op| {
            Scenario::new(&format!("{}-the-only-item", op.name()))
                .cycle("ann", [set("colour", "red").is_done()])
                .relies_on(Fact::of(AFTER_CHANGE.id, op.name()))
                .relies_on(saved(op.kind()))
                .cycle("ann", [op.is_done(), modified().is(true)])
        });
    scenarios.into_iter().flatten().chain(only_item).collect()
}

pub(super) const STAYS: Check = Check {
    id: "minimum/modified-stays",
    level: Level::Minimum,
    harm: Harm::Correctness,
    clause: "modified.stays",
    promise: "`modified` stays true while the cycle goes on, whatever else it does.",
    source: FLASK,
    applies: &[Requirement::RealSessions, Requirement::OwnModified],
    relies: &[Fact::of("minimum/modified-after-change", "set")],
    test: Test::Scenarios(|survey| {
        let after_read = |reason: &str, read: Operation| {
            existing(
                reason,
                [set("shape", "round").is_done(), read.unjudged(), modified().is(true), modified().is(true)],
            )
        };
        let reads = [
            after_read("reset-by-get", get("shape")),
            after_read("reset-by-items", items()),
            after_read("reset-by-len", len()),
            after_read("reset-by-contains", contains("colour")),
            after_read("reset-by-permanent", permanent()),
            after_read("reset-by-new", new()),
        ];
        // An early `save` is left out: libraries differ in whether what they have stored counts as changed.
        let others = [
            ("reset-by-regenerate", Operation::Regenerate),
            ("reset-by-set_permanent", set_permanent(survey.permanent_default)),
            ("reset-by-setdefault", setdefault("colour", "red")),
            ("reset-by-pop", pop("nothing")),
        ];
        let others = others.into_iter().filter(|(_, op)| survey.supports(op.name()));
        let others = others.map(|(reason, op)| match op {
            Operation::Regenerate => after_read(reason, op)
                .relies_on(Fact::of("minimum/browsers-isolated", "visitor-after-a-rotation")),
            _ => after_read(reason, op),
        });
        reads.into_iter().chain(others).collect()
    }),
};

pub(super) const CAN_BE_SET: Check = Check {
    id: "minimum/modified-can-be-set",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "modified.settable",
    promise: "A change inside of a value is saved if the handler sets `modified`.",
    source: "Flask 0.8, on mutable values in sessions",
    applies: &[Requirement::RealSessions, Requirement::OwnModified, Requirement::NestedChanges],
    relies: &[Fact::of("minimum/modified-is-boolean", "not-boolean")],
    test: Test::Scenarios(can_be_set),
};

fn can_be_set(_: &Survey) -> Vec<Scenario> {
    // Whether the session notices the change, is told of it, or compares: what counts is that the change is kept.
    vec![
        Scenario::new("nested-change-lost")
            .cycle("ann", [set("cart", json!({"lines": ["tea"]})).is_done()])
            .cycle(
                "ann",
                [
                    set_in(["cart".into(), "lines".into(), 0.into()], "milk").is_done(),
                    set_modified().unjudged(),
                ],
            )
            .cycle("ann", [get("cart").is(json!({"lines": ["milk"]}))]),
    ]
}

/// A second cycle on a session that was saved with two items.
fn existing<const N: usize>(reason: &str, lines: [Line; N]) -> Scenario {
    Scenario::new(reason)
        .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
        .cycle("ann", lines)
}
