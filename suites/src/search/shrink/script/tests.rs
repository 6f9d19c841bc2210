//! What is left of a script is what its failure needs: no other browsers' names, keys and values.

use serde_json::json;
use sessionspec_reference::Value;
use sessionspec_reference::value::PathStep;

use super::{GeneratedScript, merge_browsers, names, rename_browsers};
use crate::script::ops::{
    clear, contains, delete, get, items, pop, set, set_in, set_permanent, setdefault, update,
};
use crate::script::{Operation, Script, Step, StoreFault};
use crate::search::Shape;
use crate::search::shrink::Shrink;
use crate::search::shrink::tests::{holds, smallest};
use crate::search::values::KEYS;

/// What the loop leaves of a script that fails.
async fn simplest_of(script: Script, shape: Shape, keys: &[&str], fails: impl Fn(&Script) -> bool) -> Script {
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let script = GeneratedScript { script, shape, keys: &keys };
    smallest(script, |generated| fails(&generated.script)).await.script
}

async fn simplest(script: Script, fails: impl Fn(&Script) -> bool) -> Script {
    simplest_of(script, Shape::SeveralCycles, &KEYS, fails).await
}

/// The names of its operations.
fn operations(script: &Script) -> Vec<&'static str> {
    script.cycles().flat_map(|cycle| &cycle.ops).map(Operation::name).collect()
}

fn one_cycle<const N: usize>(ops: [Operation; N]) -> Script {
    Script::new().cycle("ann", ops)
}

#[tokio::test]
async fn keys_and_values_that_do_not_matter_are_the_first_ones() {
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
    let names = operations(&script);
    let simplest = simplest(script, |script| operations(script) == names).await;
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

#[tokio::test]
async fn keys_that_differ_stay_different() {
    let script = one_cycle([set("c", "x"), set("Colour_2", "x"), get("c")]);
    let fails = |script: &Script| {
        let Some(cycle) = script.cycles().next() else { return false };
        let [Operation::Set { key: first, .. }, Operation::Set { key: second, .. }, Operation::Get { .. }] =
            cycle.ops.as_slice()
        else {
            return false;
        };
        first != second
    };
    let simplest = simplest(script, fails).await;
    assert_eq!(simplest, one_cycle([set("b", ""), set("a", ""), get("b")]));
}

/// The smallest value of a `set` that still holds something like this.
async fn smallest_value(value: Value, wanted: impl Fn(&Value) -> bool) -> Value {
    let fails = |script: &Script| {
        let mut ops = script.cycles().flat_map(|cycle| &cycle.ops);
        ops.any(|op| matches!(op, Operation::Set { value, .. } if holds(value, &wanted)))
    };
    let simplest = simplest(one_cycle([set("a", value)]), fails).await;
    match simplest.cycles().next().map(|cycle| cycle.ops.as_slice()) {
        Some([Operation::Set { value, .. }]) => value.clone(),
        _ => panic!("{simplest:?}"),
    }
}

#[tokio::test]
async fn of_a_value_only_what_matters_is_left() {
    let large = || json!({"n": [true, 7, "a longer text with é in it", {"a": []}], "items": "x"});
    let is_text = |wanted: fn(&str) -> bool| move |value: &Value| value.as_str().is_some_and(wanted);
    assert_eq!(smallest_value(large(), is_text(|text| text.contains('é'))).await, json!("é"));
    let two_characters = is_text(|text| text.chars().count() > 1);
    assert_eq!(smallest_value(large(), two_characters).await, json!("xx"));
    assert_eq!(smallest_value(large(), Value::is_number).await, json!(0));
    assert_eq!(smallest_value(large(), Value::is_boolean).await, json!(true));
    assert_eq!(smallest_value(large(), Value::is_object).await, json!({}));
    assert_eq!(smallest_value(large(), Value::is_array).await, json!([]));
    let two = |value: &Value| value.as_array().is_some_and(|list| list.len() >= 2);
    assert_eq!(smallest_value(large(), two).await, json!(["", ""]));
    let member = |value: &Value| value.as_object().is_some_and(|members| members.contains_key("n"));
    assert_eq!(smallest_value(large(), member).await, json!({"n": ""}));
}

#[tokio::test]
async fn a_simpler_value_is_one_that_the_level_allows() {
    for value in [json!(true), json!(-2_147_483_648_i64), json!(["long text"])] {
        let fails = |script: &Script| {
            let mut ops = script.cycles().flat_map(|cycle| &cycle.ops);
            ops.any(|op| matches!(op, Operation::Set { value, .. } if !value.is_string()))
        };
        let simplest = simplest(one_cycle([set("a", value.clone())]), fails).await;
        let expected = match value {
            Value::Bool(_) => json!(true),
            Value::Number(_) => json!(0),
            _ => json!([]),
        };
        assert_eq!(simplest, one_cycle([set("a", expected)]));
    }
}

#[tokio::test]
async fn a_simpler_key_is_none_of_the_framework() {
    let script = one_cycle([set("Colour_2", "x"), delete("d")]);
    let names = operations(&script);
    let simplest =
        simplest_of(script, Shape::OneCycle, &["d", "Colour_2"], |script| operations(script) == names).await;
    assert_eq!(simplest, one_cycle([set("d", ""), delete("d")]));
}

#[tokio::test]
async fn where_requests_overlap_the_values_stay() {
    let script = one_cycle([set("c", "write 1"), set("b", "write 2")]);
    let simplest = simplest_of(script, Shape::Overlapping, &KEYS, |script| script.len() == 2).await;
    assert_eq!(simplest, one_cycle([set("a", "write 1"), set("a", "write 2")]));
}

#[tokio::test]
async fn four_browsers_stay_four() {
    let script = ["dan", "ann", "bob", "cyd"]
        .into_iter()
        .fold(Script::new(), |script, browser| script.cycle(browser, [items()]));
    let simplest = simplest(script, |script| names(script).len() == 4).await;
    assert_eq!(names(&simplest), ["ann", "bob", "cyd", "dan"]);
}

#[tokio::test]
async fn browsers_are_merged_two_by_two_and_have_the_first_names() {
    let script = Script::new()
        .cycle("cyd", [set("a", 1)])
        .copy_cookies("cyd", "bob")
        .cycle("bob", [get("a")])
        .cycle("someone else", [items()]);
    let renamed = rename_browsers(script.clone());
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
    let weight = |script: &Script| {
        GeneratedScript { script: script.clone(), shape: Shape::SeveralCycles, keys: &[] }.weight()
    };
    assert!(merged.iter().all(|merged| weight(merged) < weight(&renamed)));
    assert!(weight(&renamed) < weight(&script));
}

/// Whether a store that keeps nothing of what comes while it is broken shows that to a request which it can answer.
fn sees_a_lost_write(script: &Script) -> bool {
    let (mut is_broken, mut is_lost) = (false, false);
    for step in &script.steps {
        match step {
            Step::Break { .. } => is_broken = true,
            Step::Mend {} => is_broken = false,
            Step::Cycle(cycle) => {
                let has = |name: &str| cycle.ops.iter().any(|op| op.name() == name);
                if is_lost && !is_broken && has("get") {
                    return true;
                }
                is_lost |= is_broken && has("set");
            }
            _ => {}
        }
    }
    false
}

#[tokio::test]
async fn a_store_that_is_broken_is_mended_before_the_last_read() {
    let script = Script::new()
        .cycle("ann", [set("c", "x"), get("c")])
        .break_store(StoreFault::Latency { milliseconds: 50 })
        .cycle("bob", [get("d")])
        .mend_store()
        .cycle("cyd", [set("d", 1)])
        .break_store(StoreFault::Down)
        .cycle("ann", [contains("c"), set("d", json!([1])), get("d")])
        .cycle("bob", [items()])
        .mend_store()
        .cycle("cyd", [items()])
        .cycle("ann", [get("d"), get("c")])
        .cycle("bob", [delete("c")]);
    let broken = |fault| {
        Script::new().break_store(fault).cycle("ann", [set("a", "")]).mend_store().cycle("ann", [get("a")])
    };
    let simplest = simplest(script, sees_a_lost_write).await;
    assert_eq!(simplest, broken(StoreFault::Down));
    // Nothing shorter shows it, and least of all without the step that mends it.
    for gone in 0..simplest.steps.len() {
        let mut shorter = simplest.clone();
        shorter.steps.remove(gone);
        assert!(!sees_a_lost_write(&shorter), "{shorter:?}");
    }
}
