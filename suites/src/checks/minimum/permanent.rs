//! `permanent`: whether the session outlives the browser.

use serde_json::json;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::ops::{get, items, permanent, set, set_permanent};
use crate::script::{Operation, OperationKind};
use crate::survey::{Nested, Survey};

const FLASK: &str = "Flask 0.8, SessionMixin.permanent";

pub(super) const IS_BOOLEAN: Check = Check {
    id: "minimum/permanent-is-boolean",
    level: Level::Minimum,
    harm: Harm::Correctness,
    clause: "permanent.boolean",
    promise: "`permanent` is true or false, on fresh and on existing sessions.",
    source: FLASK,
    applies: &[Requirement::RealSessions, Requirement::OwnPermanent],
    relies: &[],
    test: Test::Scenarios(|_survey| {
        vec![
            Scenario::new("not-boolean")
                .cycle("ann", [permanent().is_boolean(), set("colour", "red").is_done()])
                .cycle("ann", [permanent().is_boolean()]),
        ]
    }),
};

pub(super) const READS_BACK: Check = Check {
    id: "minimum/permanent-reads-back",
    level: Level::Minimum,
    harm: Harm::Correctness,
    clause: "permanent.settable",
    promise: "`permanent` reads as it was set, within the cycle.",
    source: FLASK,
    applies: &[Requirement::RealSessions, Requirement::OwnPermanent],
    relies: &[Fact::of("minimum/permanent-is-boolean", "not-boolean")],
    test: Test::Scenarios(|_survey| {
        let flip = |reason: &str, first: bool| {
            Scenario::new(reason).cycle(
                "ann",
                [
                    set("colour", "red").is_done(),
                    set_permanent(first).is_done(),
                    permanent().is(first),
                    set_permanent(!first).is_done(),
                    permanent().is(!first),
                ],
            )
        };
        vec![flip("true-then-false", true), flip("false-then-true", false)]
    }),
};

pub(super) const PERSISTS: Check = Check {
    id: "minimum/permanent-persists",
    level: Level::Minimum,
    harm: Harm::Correctness,
    clause: "permanent.persists",
    promise: "`permanent` is found as it was set by the next cycle, can be set back, and never changes by itself.",
    source: FLASK,
    applies: &[Requirement::RealSessions, Requirement::OwnPermanent],
    relies: &[
        Fact::of("minimum/permanent-reads-back", "true-then-false"),
        Fact::of("minimum/permanent-reads-back", "false-then-true"),
    ],
    test: Test::Scenarios(persists),
};

/// Flips the default first: a backend that forgets would otherwise look as if it remembered.
fn persists(survey: &Survey) -> Vec<Scenario> {
    let flipped = !survey.permanent_default;
    let flip = Scenario::new("forgotten")
        .cycle("ann", [set("colour", "red").is_done(), set_permanent(flipped).is_done()])
        .cycle("ann", [permanent().is(flipped)]);
    let flip_alone = Scenario::new("forgotten-when-alone")
        .cycle("ann", [set("colour", "red").is_done()])
        .cycle("ann", [set_permanent(flipped).is_done()])
        .cycle("ann", [permanent().is(flipped)]);
    let flip_back = Scenario::new("stuck")
        .cycle("ann", [set("colour", "red").is_done(), set_permanent(flipped).is_done()])
        .cycle("ann", [set("size", "small").is_done(), set_permanent(!flipped).is_done()])
        .cycle("ann", [permanent().is(!flipped)]);
    let another_change = Scenario::new("forgotten-by-another-change")
        .cycle("ann", [set("colour", "red").is_done(), set_permanent(flipped).is_done()])
        .cycle("ann", [set("size", "small").is_done()])
        .cycle("ann", [permanent().is(flipped)]);
    let others = Scenario::new("set-by-another-browser")
        .cycle("ann", [set("colour", "red").is_done(), set_permanent(flipped).is_done()])
        .cycle("bob", [set("colour", "blue").is_done(), permanent().is(!flipped)])
        .cycle("bob", [permanent().is(!flipped)]);
    let unset = Scenario::new("changed-although-never-set")
        .cycle("ann", [set("colour", "red").is_done(), permanent().is(!flipped)])
        .cycle("ann", [get("colour").unjudged(), permanent().is(!flipped)])
        .cycle("ann", [set("size", "small").is_done(), permanent().is(!flipped)])
        .cycle("ann", [permanent().is(!flipped)])
        .relies_on(Fact::of(PERSISTS.id, "set-by-another-browser"));
    let by_others = Operation::changes().filter(leaves_permanent_alone).filter(|op| can_be_done(op, survey));
    let by_others = by_others.map(|op| {
        let cart = (op.kind() == OperationKind::SetIn).then(|| set("cart", json!({"count": 1})).is_done());
        let begun = [set("colour", "red").is_done(), set("size", "small").is_done()];
        Scenario::new(&format!("forgotten-by-{}", op.in_reasons()))
            .cycle("ann", begun.into_iter().chain(cart).chain([set_permanent(flipped).is_done()]))
            .cycle("ann", [op.unjudged()])
            .cycle("ann", [permanent().is(flipped)])
            .relies_on(Fact::of(PERSISTS.id, "forgotten-by-another-change"))
    });
    // Where a lifetime and `permanent` are one setting, the later word counts.
    let with_a_lifetime = survey.supports("set_lifetime").then(|| {
        let lifetime = Operation::SetLifetime { seconds: 1200.0 };
        Scenario::new("forgotten-by-another-change-with-a-lifetime")
            .cycle(
                "ann",
                [set("colour", "red").is_done(), lifetime.unjudged(), set_permanent(flipped).is_done()],
            )
            .cycle("ann", [set("size", "small").is_done()])
            .cycle("ann", [permanent().is(flipped)])
            .relies_on(Fact::of("minimum/each-mutator-persists", "set-with-a-lifetime"))
            .relies_on(Fact::of(PERSISTS.id, "forgotten-by-another-change"))
    });
    let firsts = [flip, flip_alone, flip_back, another_change, others, unset];
    firsts.into_iter().chain(by_others).chain(with_a_lifetime).collect()
}

/// Whether a session that was permanent has to be so after this operation, and no other scenario asks that: by a `set` it is asked
/// above, and of a rotation by `identity/rotation-keeps-permanent`. `clear` may remove it with the items. In some libraries a
/// lifetime and `permanent` are one setting.
fn leaves_permanent_alone(op: &Operation) -> bool {
    !matches!(
        op.kind(),
        OperationKind::SetPermanent
            | OperationKind::Set
            | OperationKind::Regenerate
            | OperationKind::Clear
            | OperationKind::Destroy
            | OperationKind::SetLifetime
    )
}

fn can_be_done(op: &Operation, survey: &Survey) -> bool {
    let changes_inside = op.kind() == OperationKind::SetIn;
    survey.supports(op.name()) && !(changes_inside && survey.nested == Nested::Unsupported)
}

pub(super) const LEAVES_ITEMS_ALONE: Check = Check {
    id: "minimum/permanent-leaves-items-alone",
    level: Level::Minimum,
    harm: Harm::DataLoss,
    clause: "permanent.items",
    promise: "Setting `permanent` changes no item but the framework's own.",
    source: FLASK,
    applies: &[Requirement::RealSessions, Requirement::OwnPermanent],
    relies: &[
        Fact::of("minimum/permanent-reads-back", "true-then-false"),
        Fact::of("minimum/permanent-reads-back", "false-then-true"),
    ],
    test: Test::Scenarios(|survey| {
        let both = || [("colour", json!("red")), ("size", json!("small"))];
        let kept = |reason: &str, value: bool| {
            Scenario::new(reason)
                .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
                .cycle("ann", [set_permanent(value).is_done(), items().are(both(), survey)])
                .cycle("ann", [items().are(both(), survey)])
        };
        let kept_by_unsetting = Scenario::new("items-changed-by-unsetting")
            .cycle(
                "ann",
                [
                    set("colour", "red").is_done(),
                    set("size", "small").is_done(),
                    set_permanent(true).is_done(),
                ],
            )
            .cycle("ann", [set_permanent(false).is_done(), items().are(both(), survey)])
            .cycle("ann", [items().are(both(), survey)]);
        vec![kept("items-changed-by-true", true), kept("items-changed-by-false", false), kept_by_unsetting]
    }),
};
