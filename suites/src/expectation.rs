//! What an answer has to be, and how answers compare.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use sessionspec_reference::{Map, Value};

use crate::response_rule::ResponseRule;
use crate::script::Answer;

/// What the answer of one operation has to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// This answer; numbers compare by value, errors whatever their message.
    Answer(Answer),
    /// True or false.
    Boolean,
    /// It was done, whatever it answered.
    Done,
    /// It was refused, with a reason.
    Refused,
    /// Exactly these items, but for keys that the framework keeps of its own.
    Items {
        /// The items.
        items: Map,
        /// Keys that do not count.
        own_keys: BTreeSet<String>,
    },
    /// Any of these.
    AnyOf(Vec<Expected>),
    /// No answer of an operation, but the response as a whole.
    Response(ResponseRule),
}

impl Expected {
    /// Whether this answer is what was expected.
    #[must_use]
    pub fn accepts(&self, seen: &Answer) -> bool {
        match (self, seen) {
            (Self::Answer(Answer::Ok(wanted)), Answer::Ok(seen)) => same_value(wanted, seen),
            (Self::Answer(Answer::Error(_)) | Self::Refused, Answer::Error(_)) => true,
            (Self::Answer(wanted), seen) => wanted == seen,
            (Self::Boolean, seen) => seen.as_bool().is_some(),
            (Self::Done, seen) => seen.is_done(),
            (Self::AnyOf(any), seen) => any.iter().any(|expected| expected.accepts(seen)),
            (Self::Items { items, own_keys }, Answer::Ok(Value::Object(seen))) => {
                same_items(items, &without(seen, own_keys))
            }
            (Self::Refused | Self::Items { .. } | Self::Response(_), _) => false,
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(answer) => answer.fmt(f),
            Self::Boolean => f.write_str("true or false"),
            Self::Done => f.write_str("done"),
            Self::Refused => f.write_str("refused, with a reason"),
            Self::Items { items, .. } => write!(f, "{}", Value::Object(items.clone())),
            Self::AnyOf(any) => {
                let any: Vec<String> = any.iter().map(ToString::to_string).collect();
                f.write_str(&any.join(", or "))
            }
            Self::Response(rule) => rule.fmt(f),
        }
    }
}

/// The items without those that the framework keeps of its own.
pub(crate) fn without(items: &Map, own_keys: &BTreeSet<String>) -> Map {
    items
        .iter()
        .filter(|(key, _)| !own_keys.contains(*key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Whether two values are the same. Numbers compare by value: 1 is 1.0, since many languages have one kind of number.
#[must_use]
pub fn same_value(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => same_number(a, b),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_value(a, b))
        }
        (Value::Object(a), Value::Object(b)) => same_items(a, b),
        _ => a == b,
    }
}

fn same_items(a: &Map, b: &Map) -> bool {
    a.len() == b.len()
        && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same_value(value, other)))
}

fn same_number(a: &serde_json::Number, b: &serde_json::Number) -> bool {
    if let (Some(a), Some(b)) = (a.as_i64(), b.as_i64()) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (a.as_u64(), b.as_u64()) {
        return a == b;
    }
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.as_f64() == b.as_f64(),
        _ => false,
    }
}

/// The number as an integer, where it is one that a double can tell from its neighbours or that JSON wrote as one.
fn whole(number: &serde_json::Number) -> Option<i128> {
    if let Some(integer) = number.as_i64() {
        return Some(integer.into());
    }
    if let Some(integer) = number.as_u64() {
        return Some(integer.into());
    }
    let float = number.as_f64()?;
    let is_whole = float.fract() == 0.0 && float.abs() < 1e30;
    #[expect(clippy::cast_possible_truncation, reason = "the bound above is within i128")]
    is_whole.then_some(float as i128)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_compare_by_value() {
        assert!(same_value(&json!(1), &json!(1.0)));
        assert!(same_value(&json!({"a": [0.1]}), &json!({"a": [0.1]})));
        assert!(!same_value(&json!(1), &json!(1.5)));
        assert!(!same_value(&json!(1), &json!("1")));
        assert!(!same_value(&json!(1), &json!(true)));
    }

    #[test]
    fn integers_beyond_doubles_do_not_blur() {
        assert!(!same_value(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992_u64)));
        assert!(!same_value(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992.0)));
        assert!(same_value(&json!(9_007_199_254_740_992_u64), &json!(9_007_199_254_740_992.0)));
        assert!(same_value(&json!(u64::MAX), &json!(u64::MAX)));
        assert!(!same_value(&json!(u64::MAX), &json!(u64::MAX - 1)));
    }

    #[test]
    fn own_keys_do_not_count_among_the_items() {
        let expected = Expected::Items {
            items: Map::from_iter([("a".to_owned(), json!(1))]),
            own_keys: BTreeSet::from(["_permanent".to_owned()]),
        };
        assert!(expected.accepts(&Answer::Ok(json!({"a": 1, "_permanent": true}))));
        assert!(!expected.accepts(&Answer::Ok(json!({"a": 1, "b": 2}))));
        assert!(!expected.accepts(&Answer::Absent));
    }
}
