//! What a request finds of its own changes, before they are saved.

use serde_json::json;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Expected, Line, Scenario};
use crate::level::Level;
use crate::script::Answer;
use crate::script::ops::{contains, delete, get, items, len, pop, set, setdefault, update};
use crate::survey::Survey;

pub(super) const SEES_OWN_CHANGES: Check = Check {
    id: "minimum/sees-own-changes",
    level: Level::Minimum,
    harm: Harm::Correctness,
    clause: "mapping.reads-back",
    promise: "A request finds what it has changed itself, and may remove what is not there.",
    source: "Python, collections.abc.MutableMapping; sessions that are read from the store, or from a copy, until they are saved",
    applies: &[Requirement::RealSessions],
    relies: &[
        Fact::of("minimum/opens-empty", "not-empty"),
        Fact::of("minimum/opens-empty", "not-empty-after-others"),
    ],
    test: Test::Scenarios(sees_own_changes),
};

fn sees_own_changes(survey: &Survey) -> Vec<Scenario> {
    let fresh = |reason: &str, lines: Vec<Line>| Scenario::new(reason).cycle("ann", lines);
    let begun = |reason: &str, lines: Vec<Line>| {
        Scenario::new(reason).cycle("ann", [set("colour", "red").is_done()]).cycle("ann", lines)
    };
    let own = |reason| Fact::of(SEES_OWN_CHANGES.id, reason);
    let red_and_small = || [("colour", json!("red")), ("size", json!("small"))];
    let scenarios = [
        fresh("get-after-set", vec![set("colour", "red").is_done(), get("colour").is("red")]),
        begun("get-after-overwrite", vec![set("colour", "blue").is_done(), get("colour").is("blue")])
            .relies_on(own("get-after-set")),
        begun("get-after-delete", vec![delete("colour").is_done(), get("colour").is_absent()])
            .relies_on(own("get-after-set")),
        begun(
            "get-after-update",
            vec![
                update([("size", json!("small"))]).is_done(),
                get("size").is("small"),
                get("colour").is("red"),
            ],
        )
        .relies_on(Fact::of("minimum/each-mutator-persists", "update"))
        .relies_on(own("get-after-set")),
        begun("items-after-set", vec![set("size", "small").is_done(), items().are(red_and_small(), survey)]),
        begun(
            "contains-after-changes",
            vec![
                set("size", "small").is_done(),
                contains("size").is(true),
                delete("size").is_done(),
                contains("size").is(false),
            ],
        ),
        counted(survey),
        begun("pop", vec![pop("colour").is("red"), pop("colour").is_absent()])
            .relies_on(Fact::of("minimum/each-mutator-persists", "pop")),
        begun("missing-delete", vec![delete("size").is_done()]),
        begun("missing-pop", vec![pop("size").is_absent()]),
        begun("setdefault", vec![setdefault("colour", "blue").is("red")]),
        begun("setdefault-where-nothing-is", vec![setdefault("size", "small").is("small")]),
    ];
    let is_supported = |scenario: &Scenario| {
        scenario.script.cycles().flat_map(|cycle| &cycle.ops).all(|op| survey.supports(op.name()))
    };
    scenarios.into_iter().filter(is_supported).collect()
}

/// More items than the framework has of its own, so that these cannot be taken for them.
fn counted(survey: &Survey) -> Scenario {
    let own = survey.own_keys.len();
    let added = own + 3;
    let names: Vec<String> = (0..added).map(|number| format!("item_{number}")).collect();
    // The framework's own items count, where there are any by then.
    let lengths = (added..=added + own).map(|length| Expected::Answer(Answer::Ok(json!(length))));
    let lines = names.iter().map(|name| set(name, "x").is_done());
    let counted = len().answers(Expected::AnyOf(lengths.collect()));
    Scenario::new("len-after-sets").cycle("ann", lines.chain([counted]))
}
