//! The transcript of a failure as reports show it: ids and secrets have stable names, long values are cut.

use serde::{Deserialize, Serialize};
use sessionspec_reference::Value;

use crate::script::{Connection, call};

/// One request of a transcript, with ids and secrets replaced by stable names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShownExchange {
    /// The browser that sent it.
    pub browser: String,
    /// The node that it went to, counted from one, where the script names one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub node: Option<usize>,
    /// The connection that was opened for it, if one was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub connection: Option<Connection>,
    /// Whether it went to the service beside.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub beside: bool,
    /// The cookies that it sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cookie: Option<String>,
    /// Each operation with its answer.
    pub ops: Vec<ShownOperation>,
    /// The status of the response, or what came instead of one.
    pub status: String,
    /// The cookies that the response sets.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub set_cookie: Vec<String>,
    /// What a browser would have dropped, and why.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub dropped: Vec<String>,
}

/// One operation of a transcript.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShownOperation {
    /// The operation, as the protocol spells it.
    pub op: Value,
    /// What it answered, if the answer arrived.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub answer: Option<String>,
}

impl ShownExchange {
    /// Where it went, and over which connection, as the end of a sentence, where the script says so.
    #[must_use]
    pub fn way(&self) -> String {
        let node = self.node.map(|node| format!(" to node {node}")).unwrap_or_default();
        let to = if self.beside { " to the service beside".to_owned() } else { node };
        let over = self.connection.map(|connection| format!(", {connection}")).unwrap_or_default();
        to + &over
    }

    /// The operations that were done. Where the answers were lost, nobody knows of one that was not.
    pub(super) fn done(&self) -> Vec<usize> {
        let was_done = |shown: &ShownOperation| shown.answer.as_deref().is_none_or(|answer| answer == "done");
        let ops = self.ops.iter().enumerate();
        ops.filter_map(|(index, shown)| was_done(shown).then_some(index)).collect()
    }

    /// Whether another browser did the same, as new to the backend as this one, and the same came of it.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let is_new = self.cookie.is_none() && other.cookie.is_none();
        let same_cookies = self.set_cookie.len() == other.set_cookie.len() && self.dropped == other.dropped;
        is_new
            && same_cookies
            && self.browser != other.browser
            && self.ops == other.ops
            && (self.node, self.connection, self.beside) == (other.node, other.connection, other.beside)
            && self.status == other.status
    }
}

/// How much of one value a line shows.
const LONGEST: usize = 200;

impl ShownOperation {
    /// The operation as a call, as in `set("colour", "red")`. Long values are cut.
    #[must_use]
    pub fn call(&self) -> String {
        call(&self.op, |argument| shortened(&argument, LONGEST))
    }
}

/// The text itself, or its beginning and how long it is.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operations_read_as_calls() {
        let call = |op| ShownOperation { op, answer: None }.call();
        assert_eq!(call(json!({"op": "items"})), "items()");
        assert_eq!(call(json!({"op": "set", "key": "k", "value": {"a": 1}})), r#"set("k", {"a":1})"#);
        assert_eq!(call(json!({"op": "set_in", "path": ["k", 0], "value": 1})), r#"set_in(["k",0], 1)"#);
        assert_eq!(
            call(json!({"op": "header", "name": "Vary", "value": "Origin"})),
            r#"header("Vary", "Origin")"#
        );
        assert_eq!(call(json!("no operation")), r#""no operation""#);
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöüß", 3), "äöü… (4 characters)");
    }
}
