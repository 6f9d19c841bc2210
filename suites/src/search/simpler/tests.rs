//! What is left of a script is what its failure needs: no other browsers' names, keys and values.

use serde_json::json;
use sessionspec_reference::Value;
use sessionspec_reference::value::PathStep;

use super::{merge_browsers, rename_browsers, simpler_operations, weight};
use crate::script::ops::{
    clear, contains, delete, get, items, pop, set, set_in, set_permanent, setdefault, update,
};
use crate::script::{Operation, Script};

/// Takes the first simpler script that still fails, until there is none, as the search does.
fn simplest(script: Script, fails: impl Fn(&Script) -> bool) -> Script {
    let is_simpler = |candidate: &Script, script: &Script| weight(candidate) < weight(script);
    let mut script = script;
    while let Some(simpler) = simpler_operations(&script)
        .into_iter()
        .find(|candidate| is_simpler(candidate, &script) && fails(candidate))
    {
        script = simpler;
    }
    script
}

fn one_cycle<const N: usize>(ops: [Operation; N]) -> Script {
    Script::new().cycle("ann", ops)
}

#[test]
fn keys_and_values_that_do_not_matter_are_the_first_ones() {
    let script = one_cycle([
        set("d", json!({"n": ["long text", 7], "a": true})),
        setdefault("Colour_2", -1),
        update([("c", json!("y")), ("d", json!([1]))]),
        set_in(["d".into(), "n".into(), PathStep::Index(0)], "z"),
        set_permanent(true),
        get("d"),
        contains("d"),
        pop("d"),
        delete("c"),
        clear(),
        items(),
    ]);
    let expected = one_cycle([
        set("a", ""),
        setdefault("a", ""),
        update([]),
        set_in(["a".into(), "n".into()], ""),
        set_permanent(false),
        get("a"),
        contains("a"),
        pop("a"),
        delete("a"),
        clear(),
        items(),
    ]);
    let simplest = simplest(script, |_| true);
    let Some(Operation::SetIn { path, .. }) = simplest.cycles().next().and_then(|cycle| cycle.ops.get(3))
    else {
        panic!("{simplest:?}")
    };
    assert_eq!(path.len(), 2);
    assert_eq!(without_set_in(&simplest), without_set_in(&expected));
}

/// Which of two steps of the path is left does not matter.
fn without_set_in(script: &Script) -> Vec<&Operation> {
    let ops = script.cycles().flat_map(|cycle| &cycle.ops);
    ops.filter(|op| !matches!(op, Operation::SetIn { .. })).collect()
}

#[test]
fn keys_that_differ_stay_different() {
    let script = one_cycle([set("c", "x"), set("Colour_2", "x"), get("c")]);
    let fails = |script: &Script| {
        let Some(cycle) = script.cycles().next() else { return false };
        let [Operation::Set { key: first, .. }, Operation::Set { key: second, .. }, ..] =
            cycle.ops.as_slice()
        else {
            return false;
        };
        first != second
    };
    let simplest = simplest(script, fails);
    assert_eq!(simplest, one_cycle([set("b", ""), set("a", ""), get("b")]));
}

fn holds(value: &Value, wanted: &impl Fn(&Value) -> bool) -> bool {
    wanted(value)
        || match value {
            Value::Array(elements) => elements.iter().any(|element| holds(element, wanted)),
            Value::Object(members) => members.values().any(|member| holds(member, wanted)),
            _ => false,
        }
}

/// The smallest value of a `set` that still holds something like this.
fn smallest_value(value: Value, wanted: impl Fn(&Value) -> bool) -> Value {
    let fails = |script: &Script| {
        let mut ops = script.cycles().flat_map(|cycle| &cycle.ops);
        ops.any(|op| matches!(op, Operation::Set { value, .. } if holds(value, &wanted)))
    };
    let simplest = simplest(one_cycle([set("a", value)]), fails);
    match simplest.cycles().next().map(|cycle| cycle.ops.as_slice()) {
        Some([Operation::Set { value, .. }]) => value.clone(),
        _ => panic!("{simplest:?}"),
    }
}

#[test]
fn of_a_value_only_what_matters_is_left() {
    let large = || json!({"n": [true, 7, "a longer text with é in it", {"a": []}], "items": "x"});
    let is_text = |wanted: fn(&str) -> bool| move |value: &Value| value.as_str().is_some_and(wanted);
    assert_eq!(smallest_value(large(), is_text(|text| text.contains('é'))), json!("é"));
    assert_eq!(smallest_value(large(), is_text(|text| text.len() > 1)).as_str().unwrap().chars().count(), 2);
    assert_eq!(smallest_value(large(), Value::is_number), json!(0));
    assert_eq!(smallest_value(large(), Value::is_boolean), json!(true));
    assert_eq!(smallest_value(large(), Value::is_object), json!({}));
    assert_eq!(smallest_value(large(), Value::is_array), json!([]));
    let two = |value: &Value| value.as_array().is_some_and(|list| list.len() >= 2);
    assert_eq!(smallest_value(large(), two), json!(["", ""]));
    let member = |value: &Value| value.as_object().is_some_and(|members| members.contains_key("n"));
    assert_eq!(smallest_value(large(), member), json!({"n": ""}));
}

#[test]
fn browsers_are_merged_two_by_two_and_have_the_first_names() {
    let script = Script::new()
        .cycle("cyd", [set("a", 1)])
        .copy_cookies("cyd", "bob")
        .cycle("bob", [get("a")])
        .cycle("someone else", [items()]);
    let renamed = rename_browsers(&script);
    let expected = Script::new()
        .cycle("ann", [set("a", 1)])
        .copy_cookies("ann", "bob")
        .cycle("bob", [get("a")])
        .cycle("cyd", [items()]);
    assert_eq!(renamed, expected);

    let merged = merge_browsers(&renamed);
    let of_ann_and_bob =
        Script::new().cycle("ann", [set("a", 1)]).cycle("ann", [get("a")]).cycle("cyd", [items()]);
    assert_eq!(merged.len(), 3, "each of the three pairs");
    assert_eq!(merged[0], of_ann_and_bob, "nobody copies their own cookies");
    assert!(merged.iter().all(|merged| weight(merged) < weight(&renamed)));
}
