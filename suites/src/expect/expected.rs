//! What an answer has to be, and how answers compare.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use sessionspec_reference::value::{same_items, same_value};
use sessionspec_reference::{Map, Value};

use crate::expect::ResponseRule;
use crate::script::Answer;

/// What the answer of one operation has to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// The operation gives this answer. Numbers compare by value, and any error equals any other.
    Answer(Answer),
    /// The operation answers true or false.
    Boolean,
    /// The operation is done, whatever it answers.
    Done,
    /// The operation is refused, with a reason.
    Refused,
    /// The operation answers exactly these items, apart from keys of the framework's own.
    Items {
        /// The items.
        items: Map,
        /// The framework's own keys, which do not count.
        own_keys: BTreeSet<String>,
    },
    /// The operation answers one of these.
    AnyOf(Vec<Expected>),
    /// The response as a whole keeps this rule; no answer of an operation is compared.
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

/// The items without the framework's own.
pub(crate) fn without(items: &Map, own_keys: &BTreeSet<String>) -> Map {
    items
        .iter()
        .filter(|(key, _)| !own_keys.contains(*key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
