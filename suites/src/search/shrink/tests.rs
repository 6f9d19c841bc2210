//! What is left of an item or a forgery is what its failure needs, and a budget is kept.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use serde_json::json;
use sessionspec_reference::Value;

use super::{Failing, Item, Shrink, ShrinkBounds, Shrunk, shrink};
use crate::backend::BackendError;
use crate::expect::{Expected, Finding, Judgement, Scenario};
use crate::play::Transcript;
use crate::script::{Change, Forgery, Neighbours, Spelling};
use crate::search::case_runner::JudgedCase;

/// A case that fails with this reason, or does not fail.
fn judged(reason: Option<&str>) -> JudgedCase {
    let finding = reason.map(|reason| Finding {
        reason: reason.to_owned(),
        cycle: usize::MAX,
        op: None,
        expected: Expected::Done,
        seen: String::new(),
    });
    JudgedCase {
        scenario: Scenario::default(),
        transcript: Transcript::default(),
        judgement: Judgement { comparisons: 1, finding },
        unjudged: None,
    }
}

async fn shrunk<T: Shrink>(
    value: T,
    bounds: ShrinkBounds,
    play: impl AsyncFn(&T) -> Result<JudgedCase, BackendError>,
) -> Shrunk<T> {
    let case = play(&value).await.unwrap().failing().expect("what is to be shrunk fails");
    shrink(Failing { value, case }, bounds, 1, &play).await
}

/// What the loop leaves of a value that fails.
pub(super) async fn smallest<T: Shrink>(value: T, fails: impl Fn(&T) -> bool) -> T {
    let play = async |value: &T| Ok(judged(fails(value).then_some("it fails")));
    let shrunk = shrunk(value, ShrinkBounds::default(), play).await;
    assert_eq!(shrunk.stopped, None);
    shrunk.smallest.value
}

fn item(key: &str, value: Value) -> Item {
    Item { key: key.to_owned(), value, own_keys: Rc::default() }
}

async fn smallest_value(value: Value, fails: impl Fn(&Value) -> bool) -> Value {
    let Item { key, value, .. } = smallest(item("long key", value), |item| holds(&item.value, &fails)).await;
    assert_eq!(key, "a", "the key does not matter");
    value
}

/// Whether something like this is anywhere in the value.
pub(super) fn holds(value: &Value, wanted: &impl Fn(&Value) -> bool) -> bool {
    wanted(value)
        || match value {
            Value::Array(elements) => elements.iter().any(|element| holds(element, wanted)),
            Value::Object(members) => members.values().any(|member| holds(member, wanted)),
            _ => false,
        }
}

#[tokio::test]
async fn of_a_value_only_what_matters_is_left() {
    let large = || json!({"x": [null, {"0": ["some text", -17.25], "key.": 1_234_567}, true], "": []});
    let list =
        |least: usize| move |value: &Value| value.as_array().is_some_and(|elements| elements.len() >= least);
    let key = |wanted: fn(&str) -> bool| {
        move |value: &Value| value.as_object().is_some_and(|members| members.keys().any(|key| wanted(key)))
    };
    assert_eq!(smallest_value(large(), |_| true).await, json!(""));
    assert_eq!(smallest_value(large(), Value::is_null).await, json!(null));
    assert_eq!(smallest_value(large(), Value::is_array).await, json!([]));
    assert_eq!(smallest_value(large(), list(2)).await, json!(["", ""]));
    assert_eq!(smallest_value(large(), key(|key| key == "0")).await, json!({"0": ""}));
    assert_eq!(smallest_value(large(), key(|key| key.ends_with('.'))).await, json!({".": ""}));
    assert_eq!(
        smallest_value(large(), |value| value.as_str().is_some_and(|text| text.contains('m'))).await,
        json!("m")
    );
    assert_eq!(
        smallest_value(large(), |value| value.as_f64().is_some_and(|number| number < 0.0)).await,
        json!(-1)
    );
    assert_eq!(
        smallest_value(large(), |value| value.as_i64().is_some_and(|number| number > 999)).await,
        json!(1234)
    );
    assert_eq!(smallest_value(large(), Value::is_f64).await, json!(0.5));
}

#[tokio::test]
async fn of_a_key_only_what_matters_is_left() {
    let dotted = |item: &Item| item.key.contains('.');
    assert_eq!(smallest(item("some.key", json!([1])), dotted).await, item(".", json!("")));
    let empty = |item: &Item| item.key.is_empty();
    assert_eq!(smallest(item("", json!([1])), empty).await, item("", json!("")));
}

#[tokio::test]
async fn of_a_forgery_only_what_matters_is_left() {
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
    assert_eq!(smallest(composed.clone(), odd).await, Forgery::Length(1));
    let swaps = involves(|forgery| matches!(forgery, Forgery::Field { .. }));
    assert_eq!(smallest(composed.clone(), swaps).await, swapped(0, 0));
    let second = involves(|forgery| matches!(forgery, Forgery::Only { cookie: 1, .. }));
    assert_eq!(smallest(composed.clone(), second).await, only(1, Forgery::Length(0)));
    let two = |forgery: &Forgery| matches!(forgery, Forgery::Composed(parts) if parts.len() == 2);
    let least = Forgery::Composed(vec![
        Forgery::Length(0),
        Forgery::Composed(vec![swapped(0, 0), Forgery::Byte { at: 0, byte: b'"' }]),
    ]);
    let is_deep = |forgery: &Forgery| {
        two(forgery) && matches!(forgery, Forgery::Composed(parts) if parts.iter().any(two))
    };
    assert_eq!(smallest(composed, is_deep).await, least);
    for simplest in [Forgery::Value(Spelling::Path), Forgery::Among(Neighbours::Many)] {
        assert!(simplest.simpler().is_empty());
    }
}

#[tokio::test]
async fn a_simpler_item_has_no_key_of_the_framework() {
    let own_keys = Rc::new(BTreeSet::from(["a", "b"].map(str::to_owned)));
    let drawn = Item { own_keys: Rc::clone(&own_keys), ..item("abc", json!("text")) };
    let smallest = smallest(drawn, |_| true).await;
    assert_eq!(smallest, Item { own_keys, ..item("c", json!("")) });
}

#[tokio::test]
async fn another_reason_is_another_failure() {
    let play = async |value: &Value| Ok(judged(Some(if value.is_array() { "a list" } else { "no list" })));
    let shrunk = shrunk(json!([1, [2, "text"]]), ShrinkBounds::default(), play).await;
    assert_eq!(shrunk.smallest.value, json!([]));
}

#[tokio::test]
async fn at_the_end_every_simpler_value_was_tried() {
    let tried = std::cell::RefCell::new(Vec::new());
    let play = async |forgery: &Forgery| {
        tried.borrow_mut().push(forgery.clone());
        Ok(judged(matches!(forgery, Forgery::Length(length) if *length >= 5).then_some("too long")))
    };
    let shrunk = shrunk(Forgery::Length(70), ShrinkBounds::default(), play).await;
    assert_eq!(shrunk.smallest.value, Forgery::Length(5));
    for simpler in [0, 1, 2, 4, 3] {
        assert!(tried.borrow().contains(&Forgery::Length(simpler)), "{simpler}: {tried:?}");
    }
}

#[tokio::test]
async fn no_more_is_played_than_the_bounds_allow() {
    let played = Cell::new(0);
    let play = async |forgery: &Forgery| {
        played.set(played.get() + 1);
        Ok(judged(matches!(forgery, Forgery::Length(1..)).then_some("not empty")))
    };
    let bounds = ShrinkBounds { runs: 3, time: Duration::from_secs(3600) };
    let few = shrunk(Forgery::Length(70), bounds, play).await;
    assert_eq!(few.stopped, None, "0 passes, 1 fails, and 0 passes once more");
    assert_eq!((few.smallest.value, played.get()), (Forgery::Length(1), 4));

    let bounds = ShrinkBounds { runs: 2, ..bounds };
    let stopped = shrunk(Forgery::Length(70), bounds, play).await.stopped;
    let expected = "made smaller in 2 runs, the most allowed: it may not be the smallest";
    assert_eq!(stopped.as_deref(), Some(expected));
    let bounds = ShrinkBounds { time: Duration::ZERO, ..bounds };
    let stopped = shrunk(Forgery::Length(70), bounds, play).await.stopped;
    let expected = "made smaller for 0 s, the most allowed: it may not be the smallest";
    assert_eq!(stopped.as_deref(), Some(expected));
}
