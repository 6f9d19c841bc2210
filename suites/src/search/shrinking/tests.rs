//! What is left of an item or a forgery is what its failure needs.

use std::fmt::Debug;

use proptest::strategy::ValueTree;
use serde_json::json;
use sessionspec_reference::Value;

use super::{Simpler, Steps};
use crate::script::{Change, Forgery, Neighbours, Spelling};
use crate::search::any_item::Item;

/// What is left of what was drawn, which fails.
fn smallest<T: Simpler + Clone + Debug>(drawn: T, fails: impl Fn(&T) -> bool) -> T {
    let mut tree = Steps::from(drawn);
    let mut smallest = tree.current();
    let mut is_there = tree.simplify();
    while is_there {
        let current = tree.current();
        is_there = if fails(&current) {
            smallest = current;
            tree.simplify()
        } else {
            tree.complicate()
        };
    }
    assert!(fails(&tree.current()), "when it is over, the tree is at the smallest");
    smallest
}

fn item(key: &str, value: Value) -> Item {
    Item { key: key.to_owned(), value }
}

fn smallest_value(value: Value, fails: impl Fn(&Value) -> bool) -> Value {
    let Item { key, value } = smallest(item("long key", value), |item| holds(&item.value, &fails));
    assert_eq!(key, "a", "the key does not matter");
    value
}

/// Whether something like this is anywhere in the value.
fn holds(value: &Value, wanted: &impl Fn(&Value) -> bool) -> bool {
    wanted(value)
        || match value {
            Value::Array(elements) => elements.iter().any(|element| holds(element, wanted)),
            Value::Object(members) => members.values().any(|member| holds(member, wanted)),
            _ => false,
        }
}

#[test]
fn of_a_value_only_what_matters_is_left() {
    let large = || json!({"x": [null, {"0": ["some text", -17.25], "key.": 1_234_567}, true], "": []});
    let list =
        |least: usize| move |value: &Value| value.as_array().is_some_and(|elements| elements.len() >= least);
    let key = |wanted: fn(&str) -> bool| {
        move |value: &Value| value.as_object().is_some_and(|members| members.keys().any(|key| wanted(key)))
    };
    assert_eq!(smallest_value(large(), |_| true), json!(""));
    assert_eq!(smallest_value(large(), Value::is_null), json!(null));
    assert_eq!(smallest_value(large(), Value::is_array), json!([]));
    assert_eq!(smallest_value(large(), list(2)), json!(["", ""]));
    assert_eq!(smallest_value(large(), key(|key| key == "0")), json!({"0": ""}));
    assert_eq!(smallest_value(large(), key(|key| key.ends_with('.'))), json!({".": ""}));
    assert_eq!(
        smallest_value(large(), |value| value.as_str().is_some_and(|text| text.contains('m'))),
        json!("m")
    );
    assert_eq!(smallest_value(large(), |value| value.as_f64().is_some_and(|number| number < 0.0)), json!(-1));
    assert_eq!(
        smallest_value(large(), |value| value.as_i64().is_some_and(|number| number > 999)),
        json!(1234)
    );
    assert_eq!(smallest_value(large(), Value::is_f64), json!(0.5));
}

#[test]
fn of_a_key_only_what_matters_is_left() {
    let dotted = |item: &Item| item.key.contains('.');
    assert_eq!(smallest(item("some.key", json!([1])), dotted), item(".", json!("")));
    let empty = |item: &Item| item.key.is_empty();
    assert_eq!(smallest(item("", json!([1])), empty), item("", json!("")));
}

#[test]
fn of_a_forgery_only_what_matters_is_left() {
    let only = |cookie, forgery| Forgery::Only { cookie, forgery: Box::new(forgery) };
    let swapped = |cookie, field| Forgery::Field { cookie, field, change: Change::Swapped };
    let composed = Forgery::Composed(vec![
        only(1, Forgery::Length(37)),
        Forgery::Composed(vec![swapped(1, 3), Forgery::Byte { at: 20, byte: b'"' }]),
    ]);
    let involves = |wanted: fn(&Forgery) -> bool| {
        fn any(forgery: &Forgery, wanted: fn(&Forgery) -> bool) -> bool {
            wanted(forgery)
                || match forgery {
                    Forgery::Composed(parts) => parts.iter().any(|part| any(part, wanted)),
                    Forgery::Only { forgery, .. } => any(forgery, wanted),
                    _ => false,
                }
        }
        move |forgery: &Forgery| any(forgery, wanted)
    };
    let odd = involves(|forgery| matches!(forgery, Forgery::Length(length) if length % 2 == 1));
    assert_eq!(smallest(composed.clone(), odd), Forgery::Length(1));
    let swaps = involves(|forgery| matches!(forgery, Forgery::Field { .. }));
    assert_eq!(smallest(composed.clone(), swaps), swapped(0, 0));
    let second = involves(|forgery| matches!(forgery, Forgery::Only { cookie: 1, .. }));
    assert_eq!(smallest(composed.clone(), second), only(1, Forgery::Length(0)));
    let two = |forgery: &Forgery| matches!(forgery, Forgery::Composed(parts) if parts.len() == 2);
    let least = Forgery::Composed(vec![
        Forgery::Length(0),
        Forgery::Composed(vec![swapped(0, 0), Forgery::Byte { at: 0, byte: b'"' }]),
    ]);
    let is_deep = |forgery: &Forgery| {
        two(forgery) && matches!(forgery, Forgery::Composed(parts) if parts.iter().any(two))
    };
    assert_eq!(smallest(composed, is_deep), least);
    for simplest in [Forgery::Value(Spelling::Path), Forgery::Among(Neighbours::Many)] {
        assert!(simplest.simpler().is_empty());
    }
}
