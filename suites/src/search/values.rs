//! Keys and values within what level `minimum` allows (CONTRACT.md, values).

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use sessionspec_reference::{Map, Value};

use crate::survey::Values;

/// The keys of items. There are few of them, so that several operations use the same one.
pub(super) const KEYS: [&str; 5] = ["a", "b", "c", "d", "Colour_2"];

/// More keys, for sessions with many items.
pub(super) const MORE_KEYS: [&str; 12] = ["e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"];

/// The most that the items of one session may take, in bytes of JSON, before only small values are added. The level's
/// limit is 1.5 kB; a small value under each key fits in between.
const ROOM: usize = 1300;

/// Other keys, as many as are asked for. They are used where a framework keeps items of its own under the usual ones.
pub(super) fn other_keys() -> impl Iterator<Item = String> {
    (1_u64..).map(|number| format!("key_{number}"))
}

/// Whether the level allows this value.
pub(super) fn is_allowed(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::String(_) => true,
        Value::Number(number) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        Value::Array(elements) => elements.iter().all(is_allowed),
        Value::Object(members) => members.values().all(is_allowed),
    }
}

/// The value that is used where nothing else fits.
pub(super) fn small_value() -> Value {
    json!("x")
}

/// Whether the session is still within its limit when this item is added or replaced.
pub(super) fn fits(items: &Map, key: &str, value: &Value) -> bool {
    let others = items.iter().filter(|(other, _)| *other != key);
    others.map(|(key, value)| item_size(key, value)).sum::<usize>() + item_size(key, value) <= ROOM
}

fn item_size(key: &str, value: &Value) -> usize {
    key.len() + 4 + size(value)
}

/// The size in JSON that is written in ASCII, the longest of the usual forms.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => 2 + text.chars().map(size_of_char).sum::<usize>(),
        Value::Array(elements) => 2 + elements.iter().map(|element| 1 + size(element)).sum::<usize>(),
        Value::Object(members) => 2 + members.iter().map(|(key, value)| item_size(key, value)).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 11,
    }
}

fn size_of_char(char: char) -> usize {
    match char {
        '"' | '\\' => 2,
        char if char.is_ascii() => 1,
        // An escape for each unit of UTF-16.
        char => 6 * char.len_utf16(),
    }
}

/// Values that the backend can keep: many small ones, some that are nested, long or beyond ASCII.
pub(super) fn values(kept: Values) -> BoxedStrategy<Value> {
    if kept == Values::Strings {
        return strings();
    }
    prop_oneof![
        6 => scalars(),
        2 => nested(),
    ]
    .boxed()
}

/// A list or an object, up to three deep.
pub(super) fn nested() -> BoxedStrategy<Value> {
    let innermost = container(scalars());
    let inner = container(prop_oneof![3 => scalars(), 1 => innermost].boxed());
    container(prop_oneof![4 => scalars(), 1 => inner].boxed())
}

fn container(inside: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let list = vec(inside.clone(), 0..4).prop_map(Value::from);
    let member = (prop::sample::select(vec!["n", "a", "items"]), inside);
    let object = vec(member, 0..3).prop_map(|members| {
        Value::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map>())
    });
    prop_oneof![list, object].boxed()
}

fn scalars() -> BoxedStrategy<Value> {
    prop_oneof![
        4 => strings(),
        1 => any::<bool>().prop_map(Value::from),
        2 => prop::sample::select(vec![0, 1, -1, 2_147_483_647, -2_147_483_648]).prop_map(Value::from),
    ]
    .boxed()
}

/// Unicode in its normal form, quotes and escapes of several languages, what looks like another type, and length.
fn strings() -> BoxedStrategy<Value> {
    let mut texts: Vec<String> =
        ["y", "z", "1", "true", "null", "a longer text", " padded ", "grüße 🐢", "東京", "שלום"]
            .map(str::to_owned)
            .to_vec();
    texts.extend(["%3D;\"", "a,b;c=d", "\\u0041\\", "'; --", "<b>&amp;</b>"].map(str::to_owned));
    // Longer than columns of 255 and of 1024 characters, and than 255 bytes.
    texts.extend(["long ".repeat(60), "long ".repeat(220), "é".repeat(130)]);
    prop_oneof![1 => prop::sample::select(vec!["", "x"]).prop_map(str::to_owned), 3 => prop::sample::select(texts)]
        .prop_map(Value::from)
        .boxed()
}
