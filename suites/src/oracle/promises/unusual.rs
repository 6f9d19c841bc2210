//! Items that level `minimum` does not ask for: each comes back as it was, or is refused.

use sessionspec_reference::Value;

use crate::script::Operation;

/// A session of more bytes than that may be refused.
pub(super) const ROOM: usize = 1500;

/// The generated values are not deeper than that, unless they are deep on purpose.
const DEEPEST: usize = 8;

/// A longer key has a check of its own.
const LONGEST_KEY: usize = 64;

/// The most that a number may be at level `minimum`, on either side of zero.
const MOST: i64 = 1 << 31;

/// An item with a key or a value that level `minimum` does not ask for: it may be refused.
pub(super) struct Unusual {
    pub(super) key: String,
    /// Whether it is merely longer than a cookie.
    pub(super) is_long: bool,
}

impl Unusual {
    pub(super) fn of(op: &Operation) -> Vec<Self> {
        match op {
            Operation::Set { key, value } => Self::item(key, value).into_iter().collect(),
            Operation::Update { items } => {
                items.iter().filter_map(|(key, value)| Self::item(key, value)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn item(key: &str, value: &Value) -> Option<Self> {
        let is_long = value.as_str().is_some_and(|text| text.len() > ROOM);
        let is_usual = is_usual_key(key) && is_usual(value, 0);
        (is_long || !is_usual).then(|| Self { key: key.to_owned(), is_long })
    }
}

/// How a library marks text that is JSON.
const MARK: &str = "j:";

/// Whether level `minimum` asks for such a key. What JavaScript's sessions call `id` is their own; what begins with an underscore
/// has a check of its own.
fn is_usual_key(key: &str) -> bool {
    let is_of_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
    key != "id" && !key.starts_with('_') && key.len() <= LONGEST_KEY && key.chars().all(is_of_name)
}

/// Whether level `minimum` asks for such a value. Text with control characters or a mark, deep values and keys of other serialisers
/// have checks of their own.
fn is_usual(value: &Value, depth: usize) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) => true,
        Value::Number(number) => number.as_i64().is_some_and(|number| (-MOST..MOST).contains(&number)),
        Value::String(text) => !text.starts_with(MARK) && !text.chars().any(|char| char.is_ascii_control()),
        Value::Array(elements) => depth < DEEPEST && elements.iter().all(|value| is_usual(value, depth + 1)),
        Value::Object(members) => {
            let mut members = members.iter();
            depth < DEEPEST && members.all(|(key, value)| !key.starts_with('$') && is_usual(value, depth + 1))
        }
    }
}
