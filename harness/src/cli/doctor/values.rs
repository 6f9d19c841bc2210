//! The kinds of values: does each of those that JSON has come back in the next request?

use serde_json::{Value, json};
use sessionspec::engine::script::Answer;
use sessionspec::engine::script::ops::{get, set};

use super::findings::Findings;
use super::probe_client::{ProbeClient, instead_of_answers};

/// Every kind of value that a session keeps at level `minimum`, with one of it.
fn kinds() -> [(&'static str, Value); 6] {
    [
        ("a boolean", json!(true)),
        ("an integer", json!(7)),
        ("a text", json!("grün")),
        ("a list", json!(["red", 7])),
        ("an object", json!({"colour": "red"})),
        ("a list in an object", json!({"colours": ["red"]})),
    ]
}

/// What became of a value that did not come back.
enum Lost {
    /// The session said that it does not keep such a value.
    Refused(String),
    /// It said that it does.
    Silently(String),
}

/// What a session does not keep is nothing that a probe could mend, but it may be of a type of which the store has to be told.
pub(super) async fn examine(probe_client: &ProbeClient, findings: &mut Findings) {
    let mut kept = Vec::new();
    for (kind, value) in kinds() {
        match lost(probe_client, &value).await {
            None => kept.push(kind),
            Some(Lost::Refused(reason)) => {
                let note = format!(
                    "{value} is refused: {reason}. That is right where the backend keeps no such values"
                );
                findings.missing(kind, &note);
            }
            Some(Lost::Silently(reason)) => {
                let note = format!(
                    "{value} {reason}. Level minimum asks for it. Where the store wants to know the types of what it keeps, \
                     as gob.Register tells it in Go, tell it before the probe serves"
                );
                findings.remark(kind, &note);
            }
        }
    }
    if !kept.is_empty() {
        findings.ok("kinds of values", &kept.join(", "));
    }
}

/// Whether the value does not come back in the next request, and what came in its place.
async fn lost(probe_client: &ProbeClient, value: &Value) -> Option<Lost> {
    let exchanges = probe_client.cycles([vec![set("item", value.clone())], vec![get("item")]]).await;
    let answer = |cycle: usize| exchanges.get(cycle).and_then(|exchange| exchange.answer(0));
    let instead = |cycle: usize| {
        let came = exchanges.get(cycle).and_then(|exchange| instead_of_answers(&exchange.outcome));
        came.unwrap_or_else(|| "it was not answered".to_owned())
    };
    match (answer(0), answer(1)) {
        (Some(Answer::Error(reason)), _) => Some(Lost::Refused(reason.clone())),
        (None, _) => Some(Lost::Silently(format!("cannot be saved: {}", instead(0)))),
        (_, Some(Answer::Ok(read))) if read == value => None,
        (_, Some(other)) => Some(Lost::Silently(format!("comes back as {}", other.to_json()))),
        (_, None) => Some(Lost::Silently(format!("is saved, and the next request fails: {}", instead(1)))),
    }
}
