//! The probe protocol as bytes: what is sent, and what may come back.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sessionspec::backend::{BackendError, Body};
use sessionspec::engine::script::{Answer, Operation, Operations};
use sessionspec::reference::http::Headers;
use sessionspec::reference::{Description, Value};

use crate::bounded::has_more_values;
use crate::quote::quoted;

/// The protocol that this harness speaks.
const PROTOCOL: u64 = 1;

/// The most values that are read of an answer: a short one may have a million empty lists, and each of them takes memory.
const MOST_VALUES: usize = 100_000;

/// How much of a strange answer is quoted, in characters.
const EXCERPT: usize = 160;

/// The body of a `POST`.
pub(super) fn cycle(ops: &Operations, gate_url: impl Fn(&str) -> Option<String>) -> Vec<u8> {
    let sent = ops
        .iter()
        .enumerate()
        .map(|(at, op)| match op {
            Operation::Hold { gate } => Sent::Spelt(json!({"op": "hold", "url": gate_url(gate)})),
            Operation::SetLifetime { .. } => Sent::Spelt(op.to_json()),
            _ if ops.spelling(at).is_some() => Sent::Spelt(ops.to_json(at)),
            op => Sent::Plain(op),
        })
        .collect();
    serde_json::to_vec(&Cycle { ops: sent }).expect("its fields are what JSON can say")
}

#[derive(Serialize)]
struct Cycle<'a> {
    ops: Vec<Sent<'a>>,
}

/// An operation as it is sent.
#[derive(Serialize)]
#[serde(untagged)]
enum Sent<'a> {
    /// As serde writes it.
    Plain(&'a Operation),
    /// As the protocol spells it where serde would write something else.
    Spelt(Value),
}

/// Reads the answer to a `GET`.
///
/// # Errors
///
/// Where no probe answers so.
pub fn description(status: u16, body: &[u8]) -> Result<Description, BackendError> {
    match status {
        200 => {}
        500.. => return Err(BackendError::Failed(format!("GET answered {status}: {}", excerpt(body)))),
        _ => return Err(not_a_probe(&format!("GET answered {status}"), body)),
    }
    let json = json(body)?;
    match json.get("protocol") {
        Some(protocol) if protocol.as_u64() == Some(PROTOCOL) => {}
        Some(other) => {
            return Err(BackendError::NotAProbe(format!(
                "it speaks protocol {other}, and this harness speaks protocol {PROTOCOL}"
            )));
        }
        None => return Err(not_a_probe("GET answered without `protocol`", body)),
    }
    fields_of(json).map_err(|error| BackendError::NotAProbe(format!("its description is malformed: {error}")))
}

/// The fields of a description that can be what they say; what is wrong with them, with the name of the field where that
/// is a number.
pub(crate) fn read_description(json: Value) -> Result<Description, String> {
    let description = fields_of(json)?;
    description.check_numbers().map_err(|impossible| impossible.to_string())?;
    description.check_spellings().map_err(|impossible| impossible.to_string())?;
    Ok(description)
}

/// The fields of a description, whatever its numbers are: a service that was started with a lifetime of zero may say so.
fn fields_of(json: Value) -> Result<Description, String> {
    for field in ["lifetime_seconds", "browser_lifetime_seconds", "lifetime_grace_seconds"] {
        let may_be_null = field == "browser_lifetime_seconds";
        let value = json.get(field).filter(|value| !(value.is_number() || may_be_null && value.is_null()));
        if let Some(value) = value {
            let said = excerpt(value.to_string().as_bytes());
            return Err(format!("`{field}` is {said}, and has to be a number of seconds"));
        }
    }
    serde_json::from_value(json).map_err(|error| error.to_string())
}

/// Reads the answer to a `POST` of so many operations. Where the handler `raises`, the framework decides about the answer.
///
/// # Errors
///
/// Where no probe answers so, and no error page is like that.
pub fn body(status: u16, body: &[u8], ops: usize, raises: bool) -> Result<Body, BackendError> {
    match answers(body, ops) {
        Ok(answers) => Ok(answers),
        // An error page need not be a probe's answer; anything else has to be.
        Err(_) if status >= 400 || raises => Ok(Body::Other(excerpt(body))),
        Err(error) => Err(error),
    }
}

/// What a probe answers, read without a detour over [`Value`].
#[derive(Deserialize)]
struct Answers {
    results: Vec<Answer>,
    save_error: Option<String>,
}

impl Answers {
    /// The answers to so many operations, where nothing about them is unusual.
    fn read(body: &[u8], ops: usize) -> Option<Self> {
        // Serde would also read a list as the fields in their order.
        let is_object = body.trim_ascii_start().starts_with(b"{") && !has_more_values(body, MOST_VALUES);
        let read: Option<Self> = is_object.then(|| serde_json::from_slice(body).ok()).flatten();
        read.filter(|answers| answers.results.len() == ops)
    }
}

fn answers(body: &[u8], ops: usize) -> Result<Body, BackendError> {
    if let Some(Answers { results, save_error }) = Answers::read(body, ops) {
        return Ok(Body::Answers { results, save_error });
    }
    // Anything else may still count, or it has to be said what is wrong with it.
    let json = json(body)?;
    let Some(results) = json.get("results").and_then(Value::as_array) else {
        return Err(not_a_probe("its answer has no list `results`", body));
    };
    if results.len() != ops {
        return Err(BackendError::NotAProbe(format!(
            "it gave {} results for {ops} operations",
            results.len()
        )));
    }
    let results: Result<Vec<Answer>, BackendError> = results
        .iter()
        .map(|result| {
            Answer::from_json(result).ok_or_else(|| {
                not_a_probe("this is no result of an operation", result.to_string().as_bytes())
            })
        })
        .collect();
    let save_error = json.get("save_error").and_then(Value::as_str).map(str::to_owned);
    Ok(Body::Answers { results: results?, save_error })
}

fn json(body: &[u8]) -> Result<Value, BackendError> {
    if has_more_values(body, MOST_VALUES) {
        return Err(not_a_probe(&format!("its answer has more than {MOST_VALUES} values"), body));
    }
    serde_json::from_slice(body)
        .map_err(|error| not_a_probe(&format!("its answer is no JSON ({error})"), body))
}

/// Names where an answer redirects to, with the fault that was found in it: a redirect is not followed, and whoever sees
/// only that the answer is no probe's does not learn that a login, or another address, is behind it.
pub(super) fn with_redirect(status: u16, headers: &Headers, fault: BackendError) -> BackendError {
    match (fault, headers.all("Location").next()) {
        (BackendError::NotAProbe(what), Some(place)) if (300..400).contains(&status) => {
            let place = quoted(place, EXCERPT);
            BackendError::NotAProbe(format!(
                "it redirects to {place} (status {status}), which is not followed; {what}"
            ))
        }
        (fault, _) => fault,
    }
}

fn not_a_probe(what: &str, body: &[u8]) -> BackendError {
    BackendError::NotAProbe(format!("{what}: {}", excerpt(body)))
}

/// The beginning of a body in one line.
fn excerpt(body: &[u8]) -> String {
    quoted(body, EXCERPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_named() {
        let mut headers = Headers::default();
        headers.append("Location", "/login?next=/probe");
        let fault = || body(302, b"{}", 1, false).unwrap_err();
        assert_eq!(
            with_redirect(302, &headers, fault()).to_string(),
            "this is no probe: it redirects to /login?next=/probe (status 302), which is not followed; its answer has no \
             list `results`: {}"
        );
        assert_eq!(with_redirect(302, &Headers::default(), fault()), fault());
        assert_eq!(with_redirect(200, &headers, fault()), fault());
    }

    #[test]
    fn an_answer_has_a_bounded_number_of_values() {
        let answer = |count: usize| format!("{{\"results\": [{{\"ok\": [1{}]}}]}}", ",1".repeat(count));
        assert!(body(200, answer(MOST_VALUES - 10).as_bytes(), 1, false).is_ok());
        let refused = body(200, answer(MOST_VALUES).as_bytes(), 1, false).unwrap_err().to_string();
        assert!(refused.starts_with("this is no probe: its answer has more than 100000 values"), "{refused}");
        let text = serde_json::to_string(&",[\\\"{".repeat(MOST_VALUES)).unwrap();
        let one = format!("{{\"results\": [{{\"ok\": {text}}}]}}");
        assert!(body(200, one.as_bytes(), 1, false).is_ok(), "a text is one value, whatever stands in it");
    }
}
