//! Requests as such: bodies that are none, bodies that are large, and the ways in which a handler ends.

use serde_json::json;
use sessionspec::backend::BackendError;
use sessionspec::engine::play::Outcome;
use sessionspec::engine::script::ops::{get, header};
use sessionspec::engine::script::{Answer, Operation, OperationKind};
use sessionspec::reference::Value;

use super::findings::Findings;
use super::probe_client::{ProbeClient, instead_of_answers};
use super::refusals::with_advice;
use super::without_body;
use crate::http::RawResponse;

/// What a probe has to accept, in bytes.
const LARGE: usize = 8 * 1024 * 1024;

/// Whether an empty cycle is answered as a probe does. If not, nothing else will be.
pub(super) async fn answers_at_all(probe_client: &ProbeClient, findings: &mut Findings) -> bool {
    findings.section("Cycles (POST)");
    let exchanges = probe_client.cycles([vec![]]).await;
    let outcome = &exchanges[0].outcome;
    let mut fault = instead_of_answers(outcome);
    if let Outcome::NoAnswers { status, said } = outcome {
        fault = fault.map(|complaint| with_advice(complaint, *status, said));
    }
    findings.judge("an empty cycle", fault.clone().map_or(Ok(()), Err));
    fault.is_none()
}

/// `declared` are the statuses without a body with which requests can end, as the probe says.
pub(super) async fn examine(probe_client: &ProbeClient, declared: &[u16], findings: &mut Findings) {
    findings.section("Requests");
    findings.judge("malformed bodies", malformed(probe_client).await);
    findings.judge("a body of 8 MiB", large(probe_client).await);
    respond(probe_client, declared, findings).await;
    header_field(probe_client, findings).await;
    raise(probe_client, findings).await;
}

async fn malformed(probe_client: &ProbeClient) -> Result<(), String> {
    for body in
        [r#"{"ops": ["#, "[]", "{}", r#"{"ops": 1}"#, r#"{"ops": ["get"]}"#, r#"{"ops": [{"op": 1}]}"#]
    {
        let response = probe_client.post(body.into()).await.map_err(|fault| format!("`{body}`: {fault}"))?;
        if !(400..500).contains(&response.status) {
            return Err(format!(
                "`{body}` was answered with {}, and has to be refused with a 4xx",
                response.status
            ));
        }
    }
    Ok(())
}

async fn large(probe_client: &ProbeClient) -> Result<(), String> {
    let body_with = |key: String| json!({"ops": [{"op": "get", "key": key}]}).to_string().into_bytes();
    let rest = LARGE - body_with(String::new()).len();
    match probe_client.post(body_with("k".repeat(rest))).await {
        Ok(response) if response.status == 200 => Ok(()),
        // Whoever hangs up before the end may have said 413, but nobody hears it any more.
        Ok(RawResponse { status: 413, .. }) | Err(BackendError::CutOff(_) | BackendError::Dropped) => {
            Err("it was not read to its end: raise the limit of the body parser".to_owned())
        }
        Ok(response) => Err(format!("it was answered with {}", response.status)),
        Err(fault) => Err(fault.to_string()),
    }
}

async fn respond(probe_client: &ProbeClient, declared: &[u16], findings: &mut Findings) {
    let exchanges = probe_client.cycles([vec![Operation::Respond { status: 418 }, get("text")]]).await;
    match &exchanges[0].outcome {
        Outcome::Answered { results, .. } if results[0] == Answer::Unsupported => {
            findings.unsupported(OperationKind::Respond);
        }
        Outcome::Answered { status: 418, results, .. } if results[0] == Answer::Ok(json!(null)) => {
            findings.judge("respond", without_body::refused(probe_client, declared).await);
            without_body::examine(probe_client, declared, findings).await;
        }
        Outcome::Answered { status, results, .. } => {
            let note = format!(
                "respond(418) answered {} with the status {status}, and has to answer {{\"ok\":null}} with 418",
                results[0].to_json()
            );
            findings.wrong("respond", &note);
        }
        other => {
            let note = instead_of_answers(other).unwrap_or_default();
            findings.wrong("respond", &format!("{note} (with 418, too, the body is that of a probe)"));
        }
    }
}

async fn header_field(probe_client: &ProbeClient, findings: &mut Findings) {
    let (name, value) = ("Vary", "Accept-Language");
    let exchanges = probe_client.cycles([vec![header(name, value)]]).await;
    let Outcome::Answered { results, .. } = &exchanges[0].outcome else {
        return findings.wrong("header", &instead_of_answers(&exchanges[0].outcome).unwrap_or_default());
    };
    let is_there = exchanges[0].headers.all(name).any(|field| {
        String::from_utf8_lossy(field).split(',').any(|listed| listed.trim().eq_ignore_ascii_case(value))
    });
    match &results[0] {
        Answer::Unsupported => findings.unsupported(OperationKind::Header),
        Answer::Ok(Value::Null) if is_there => findings.ok("header", ""),
        Answer::Ok(Value::Null) => {
            let note = format!("the response has no `{name}: {value}`, and the handler should have added it");
            findings.wrong("header", &note);
        }
        other => {
            let op = header(name, value);
            let note = format!("{op} answered {}, and has to answer {{\"ok\":null}}", other.to_json());
            findings.wrong("header", &note);
        }
    }
}

async fn raise(probe_client: &ProbeClient, findings: &mut Findings) {
    let exchanges = probe_client.cycles([vec![Operation::Raise]]).await;
    let expected = "an uncaught exception of the handler is a 5xx";
    match &exchanges[0].outcome {
        Outcome::Answered { results, .. } if results.last() == Some(&Answer::Unsupported) => {
            findings.unsupported(OperationKind::Raise);
        }
        Outcome::NoAnswers { status: 500.., .. } | Outcome::Answered { status: 500.., .. } => {
            findings.ok("raise", "");
        }
        Outcome::NoAnswers { status, said } => {
            let seen = format!("it was answered with {status}, which says: {said}");
            if exchanges[0].refused().is_some() {
                findings.wrong("raise", &format!("{seen}; {expected}"));
            } else {
                let question =
                    "is that what the framework makes of an exception, or does the probe catch it?";
                findings.remark("raise", &format!("{seen}; {question}"));
            }
        }
        Outcome::Answered { status, .. } => {
            findings.wrong("raise", &format!("it was answered with {status}; {expected}"));
        }
        // As net/http of Go does after a panic.
        Outcome::Broken(fault @ BackendError::Dropped) => findings.ok("raise", &fault.to_string()),
        Outcome::Broken(fault) => findings.wrong("raise", &format!("{fault}; {expected}")),
    }
}
