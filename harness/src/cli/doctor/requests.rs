//! Requests as such: bodies that are none, bodies that are large, and the ways in which a handler ends.

use serde_json::json;
use sessionspec::backend::BackendError;
use sessionspec::engine::play::Outcome;
use sessionspec::engine::script::ops::{get, header};
use sessionspec::engine::script::{Answer, Operation};
use sessionspec::reference::Value;

use super::chart::Chart;
use super::patient::{Patient, instead_of_answers};
use crate::http::RawResponse;

/// What a probe has to accept, in bytes.
const LARGE: usize = 8 * 1024 * 1024;

/// Whether an empty cycle is answered as a probe does. If not, nothing else will be.
pub(super) async fn answers_at_all(patient: &Patient, chart: &mut Chart) -> bool {
    chart.section("Cycles (POST)");
    let exchanges = patient.cycles([vec![]]).await;
    let fault = instead_of_answers(&exchanges[0].outcome);
    chart.judge("an empty cycle", fault.clone().map_or(Ok(()), Err));
    fault.is_none()
}

pub(super) async fn examine(patient: &Patient, chart: &mut Chart) {
    chart.section("Requests");
    chart.judge("malformed bodies", malformed(patient).await);
    chart.judge("a body of 8 MiB", large(patient).await);
    respond(patient, chart).await;
    header_field(patient, chart).await;
    raise(patient, chart).await;
}

async fn malformed(patient: &Patient) -> Result<(), String> {
    for body in
        [r#"{"ops": ["#, "[]", "{}", r#"{"ops": 1}"#, r#"{"ops": ["get"]}"#, r#"{"ops": [{"op": 1}]}"#]
    {
        let response = patient.post(body.into()).await.map_err(|fault| format!("`{body}`: {fault}"))?;
        if !(400..500).contains(&response.status) {
            return Err(format!(
                "`{body}` was answered with {}, and has to be refused with a 4xx",
                response.status
            ));
        }
    }
    Ok(())
}

async fn large(patient: &Patient) -> Result<(), String> {
    let body_with = |key: String| json!({"ops": [{"op": "get", "key": key}]}).to_string().into_bytes();
    let rest = LARGE - body_with(String::new()).len();
    match patient.post(body_with("k".repeat(rest))).await {
        Ok(response) if response.status == 200 => Ok(()),
        // Whoever hangs up before the end may have said 413, but nobody hears it any more.
        Ok(RawResponse { status: 413, .. }) | Err(BackendError::CutOff(_)) => {
            Err("it was not read to its end: raise the limit of the body parser".to_owned())
        }
        Ok(response) => Err(format!("it was answered with {}", response.status)),
        Err(fault) => Err(fault.to_string()),
    }
}

async fn respond(patient: &Patient, chart: &mut Chart) {
    let exchanges = patient.cycles([vec![Operation::Respond { status: 418 }, get("text")]]).await;
    match &exchanges[0].outcome {
        Outcome::Answered { results, .. } if results[0] == Answer::Unsupported => {
            chart.missing("respond", "unsupported; then what becomes of a failed request is not judged");
        }
        Outcome::Answered { status: 418, results, .. } if results[0] == Answer::Ok(json!(null)) => {
            chart.ok("respond", "");
        }
        Outcome::Answered { status, results, .. } => {
            let note = format!(
                "respond(418) answered {} with the status {status}, and has to answer {{\"ok\":null}} with 418",
                results[0].to_json()
            );
            chart.wrong("respond", &note);
        }
        other => {
            let note = instead_of_answers(other).unwrap_or_default();
            chart.wrong("respond", &format!("{note} (with 418, too, the body is that of a probe)"));
        }
    }
}

async fn header_field(patient: &Patient, chart: &mut Chart) {
    let (name, value) = ("Vary", "Accept-Language");
    let exchanges = patient.cycles([vec![header(name, value)]]).await;
    let Outcome::Answered { results, .. } = &exchanges[0].outcome else {
        return chart.wrong("header", &instead_of_answers(&exchanges[0].outcome).unwrap_or_default());
    };
    let is_there = exchanges[0].headers.all(name).any(|field| {
        String::from_utf8_lossy(field).split(',').any(|listed| listed.trim().eq_ignore_ascii_case(value))
    });
    match &results[0] {
        Answer::Unsupported => {
            let note =
                "unsupported; then what becomes of the application's own `Vary` and cookies is not judged";
            chart.missing("header", note);
        }
        Answer::Ok(Value::Null) if is_there => chart.ok("header", ""),
        Answer::Ok(Value::Null) => {
            let note = format!("the response has no `{name}: {value}`, and the handler should have added it");
            chart.wrong("header", &note);
        }
        other => {
            let note = format!(
                "header({name}: {value}) answered {}, and has to answer {{\"ok\":null}}",
                other.to_json()
            );
            chart.wrong("header", &note);
        }
    }
}

async fn raise(patient: &Patient, chart: &mut Chart) {
    let exchanges = patient.cycles([vec![Operation::Raise]]).await;
    match &exchanges[0].outcome {
        Outcome::Answered { results, .. } if results.last() == Some(&Answer::Unsupported) => {
            chart.missing("raise", "unsupported; then what becomes of a failed request is not judged");
        }
        Outcome::NoAnswers { status: 500.., .. } | Outcome::Answered { status: 500.., .. } => {
            chart.ok("raise", "");
        }
        Outcome::NoAnswers { status, .. } | Outcome::Answered { status, .. } => {
            let note =
                format!("it was answered with {status}; an uncaught exception of the handler is a 5xx");
            chart.wrong("raise", &note);
        }
        Outcome::Broken(fault) => {
            chart.wrong("raise", &format!("{fault}; an uncaught exception of the handler is a 5xx"));
        }
    }
}
