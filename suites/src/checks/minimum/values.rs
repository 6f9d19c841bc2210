//! The values that a session holds: every one that level `minimum` allows is an item, and survives.

use std::array;

use serde_json::json;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::ops::{contains, get, set};
use crate::survey::{Survey, Values};

pub(super) const FALSE_VALUES_ARE_ITEMS: Check = Check {
    id: "minimum/false-values-are-items",
    level: Level::Minimum,
    harm: Harm::DataLoss,
    clause: "mapping.reads-back",
    promise: "An item that is false, 0 or empty is an item like any other.",
    source: "Python, collections.abc.MutableMapping; a test for presence that is one for truth is a common slip",
    applies: &[Requirement::RealSessions],
    relies: &[],
    test: Test::Scenarios(false_values_are_items),
};

fn false_values_are_items(survey: &Survey) -> Vec<Scenario> {
    let values = [
        ("empty-text", json!("")),
        ("false", json!(false)),
        ("zero", json!(0)),
        ("empty-list", json!([])),
        ("empty-object", json!({})),
    ];
    let kept = values.into_iter().filter(|(_, value)| is_kept(value, survey));
    let scenarios = kept.map(|(reason, value)| {
        let contains = survey.supports("contains").then(|| contains("flag").is(true));
        Scenario::new(reason)
            .cycle("ann", [set("flag", value.clone()).is_done()])
            .cycle("ann", contains.into_iter().chain([get("flag").is(value)]))
    });
    scenarios.collect()
}

pub(super) const VALUES_SURVIVE: Check = Check {
    id: "minimum/values-survive",
    level: Level::Minimum,
    harm: Harm::DataLoss,
    clause: "save.persists",
    promise: "A value comes back as it was saved: its type, its text, its length, the order of a list.",
    source: "CONTRACT.md, values; stores that cut text off, or have no type for a number, are known too well",
    applies: &[Requirement::RealSessions],
    relies: &[],
    test: Test::Scenarios(values_survive),
};

fn values_survive(survey: &Survey) -> Vec<Scenario> {
    let values = [
        ("long-text", json!("ten chars ".repeat(100))),
        ("text-beyond-ascii", json!("grüße 東京 🐢")),
        ("padded-text", json!(" padded\t")),
        ("boolean", json!(true)),
        ("number", json!(7)),
        ("largest-integers", json!([-2_147_483_648_i64, 2_147_483_647_i64])),
        ("beyond-24-bits", json!(16_777_217)),
        ("long-list", json!(vec![7; 150])),
        ("types-in-a-list", json!([true, "true", 1, "1"])),
        ("order-of-a-list", json!(["c", "a", "b", "a"])),
        ("nested-values", json!({"a": [{"b": ["c", {"d": []}]}], "e": {}})),
    ];
    let kept = values.into_iter().filter(|(_, value)| is_kept(value, survey));
    let each = kept.map(|(reason, value)| {
        let scenario = Scenario::new(reason)
            .cycle("ann", [set("value", value.clone()).is_done()])
            .cycle("ann", [get("value").is(value)]);
        match reason {
            "beyond-24-bits" | "long-list" => scenario.relies_on(Fact::of(VALUES_SURVIVE.id, "number")),
            _ => scenario,
        }
    });
    let key = |index: usize| format!("item_{index}");
    let many = Scenario::new("many-items")
        .cycle("ann", array::from_fn::<_, 30, _>(|index| set(&key(index), "x").is_done()))
        .cycle("ann", array::from_fn::<_, 30, _>(|index| get(&key(index)).is("x")));
    let three = Scenario::new("three-items")
        .cycle("ann", array::from_fn::<_, 3, _>(|index| set(&key(index), "x").is_done()))
        .cycle("ann", array::from_fn::<_, 3, _>(|index| get(&key(index)).is("x")));
    let capitals = Scenario::new("capitals-in-keys")
        .cycle("ann", [set("Colour", "red").is_done(), set("colour", "blue").is_done()])
        .cycle("ann", [get("Colour").is("red"), get("colour").is("blue")]);
    let hundred = Scenario::new("a-hundred-items")
        .cycle("ann", array::from_fn::<_, 100, _>(|index| set(&key(index), "x").unjudged()))
        .may_be_refused()
        .cycle(
            "ann",
            array::from_fn::<_, 100, _>(|index| get(&key(index)).is("x").only_if(Condition::DoneIn(0))),
        )
        .relies_on(Fact::of(VALUES_SURVIVE.id, "many-items"));
    each.chain([three, many, hundred, capitals]).collect()
}

fn is_kept(value: &serde_json::Value, survey: &Survey) -> bool {
    survey.values == Values::Json || value.is_string()
}
