//! What an operation has to answer, held against what it did.

use serde_json::{Value, json};
use sessionspec::engine::script::{Answer, Operation};

/// What is set.
pub(super) const KEPT: &str = "kept";

/// What an operation has to answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ExpectedResult {
    /// This value.
    Is(Value),
    /// Done, with no value.
    Null,
    /// That there is no such item.
    Absent,
    /// True or false.
    Boolean,
    /// Done, or refused with a reason.
    NullOrError,
}

impl ExpectedResult {
    /// Whether this is such an answer.
    pub(super) fn accepts(&self, answer: &Answer) -> bool {
        match (self, answer) {
            (Self::Is(expected), Answer::Ok(value)) => value == expected,
            (Self::Null | Self::NullOrError, Answer::Ok(value)) => value.is_null(),
            (Self::Boolean, Answer::Ok(value)) => value.is_boolean(),
            (Self::Absent, Answer::Absent) | (Self::NullOrError, Answer::Error(_)) => true,
            _ => false,
        }
    }

    /// As the protocol spells it.
    fn in_words(&self) -> String {
        match self {
            Self::Is(value) => json!({"ok": value}).to_string(),
            Self::Null => r#"{"ok":null}"#.to_owned(),
            Self::Absent => r#"{"absent":true}"#.to_owned(),
            Self::Boolean => r#"{"ok":true} or {"ok":false}"#.to_owned(),
            Self::NullOrError => {
                r#"{"ok":null}, or {"error": …} where the framework cannot express it"#.to_owned()
            }
        }
    }
}

/// Holds the answer of an operation against what it has to be; the error says how they differ.
pub(super) fn compare(op: &Operation, expected: &ExpectedResult, answer: &Answer) -> Result<(), String> {
    if expected.accepts(answer) {
        return Ok(());
    }
    Err(format!("{op} answered {}, and has to answer {}", answer.to_json(), expected.in_words()))
}
