//! The room for what a backend answers: a run retains answers until they are judged, and a service that answers at great
//! length must not take all memory.

use std::cell::Cell;
use std::mem::size_of;

use sessionspec_reference::Value;
use sessionspec_reference::http::Headers;

use super::{BackendError, Body};
use crate::script::Answer;

/// The most that answers may take that are kept at one time, in bytes: those that are being read, and those of scripts that
/// have not been judged.
pub const MOST_RETAINED: usize = 512 * 1024 * 1024;

/// What an object takes beside its members, in bytes: a node of a tree has room for several.
const OBJECT: usize = 600;

thread_local! {
    /// Everything that runs is local to its thread, and so are the answers that it keeps.
    static RETAINED: Cell<usize> = const { Cell::new(0) };
}

/// Some bytes of answers that are kept, until this is dropped.
#[derive(Debug, Default)]
pub struct Retained(usize);

impl Retained {
    /// Keeps so many bytes more.
    ///
    /// # Errors
    ///
    /// Where that is more than there is room for. Nothing more is kept then.
    pub fn add(&mut self, bytes: usize) -> Result<(), BackendError> {
        let all = Self::all().saturating_add(bytes);
        if all > MOST_RETAINED {
            let most = MOST_RETAINED / 1024 / 1024;
            return Err(BackendError::NotAProbe(format!(
                "its answers take more than the {most} MiB that are kept of them at one time"
            )));
        }
        self.0 += bytes;
        RETAINED.set(all);
        Ok(())
    }

    /// How many bytes these are.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0
    }

    /// How many bytes of answers are kept on this thread.
    #[must_use]
    pub fn all() -> usize {
        RETAINED.get()
    }
}

impl Clone for Retained {
    fn clone(&self) -> Self {
        RETAINED.set(Self::all().saturating_add(self.0));
        Self(self.0)
    }
}

impl Drop for Retained {
    fn drop(&mut self) {
        RETAINED.set(Self::all().saturating_sub(self.0));
    }
}

/// What the fields of a response take, in bytes.
pub(crate) fn size_of_headers(headers: &Headers) -> usize {
    headers.iter().map(|(name, value)| size_of::<(String, Vec<u8>)>() + name.len() + value.len()).sum()
}

/// What a body takes, in bytes.
pub(crate) fn size_of_body(body: &Body) -> usize {
    match body {
        Body::Other(said) => said.len(),
        Body::Answers { results, save_error } => {
            results.iter().map(size_of_answer).sum::<usize>() + save_error.as_ref().map_or(0, String::len)
        }
    }
}

fn size_of_answer(answer: &Answer) -> usize {
    size_of::<Answer>()
        + match answer {
            Answer::Ok(value) => beside(value),
            Answer::Error(said) => said.len(),
            Answer::Absent | Answer::Unsupported => 0,
        }
}

/// What a value takes beside itself.
fn beside(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(|value| size_of::<Value>() + beside(value)).sum(),
        Value::Object(members) => {
            let of_member =
                |(key, value): (&String, &Value)| size_of::<(String, Value)>() + key.len() + beside(value);
            if members.is_empty() { 0 } else { OBJECT + members.iter().map(of_member).sum::<usize>() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_dropped_makes_room() {
        assert_eq!(Retained::all(), 0);
        let mut retained = Retained::default();
        retained.add(MOST_RETAINED).unwrap();
        let mut more = Retained::default();
        let refused = more.add(1).unwrap_err().to_string();
        assert_eq!(
            refused,
            "this is no probe: its answers take more than the 512 MiB that are kept of them at one time"
        );
        assert_eq!((more.bytes(), Retained::all()), (0, MOST_RETAINED));
        let copy = retained.clone();
        drop(retained);
        assert_eq!(Retained::all(), copy.bytes());
        drop(copy);
        assert_eq!(Retained::all(), 0);
        more.add(1).unwrap();
    }

    #[test]
    fn short_json_may_take_much() {
        let answer = |value: Value| {
            size_of_body(&Body::Answers { results: vec![Answer::Ok(value)], save_error: None })
        };
        let nothing = answer(Value::Null);
        assert_eq!(answer(json!("x".repeat(100))) - nothing, 100);
        assert!(answer(json!([1, 1, 1, 1])) - nothing >= 4 * size_of::<Value>());
        assert!(answer(json!([{"": 0}, {"": 0}])) - nothing >= 2 * OBJECT);
    }
}
