//! Requests that end with a status without a body: those that the description declares are obeyed, and no others.

use serde_json::json;
use sessionspec::engine::play::Outcome;
use sessionspec::engine::script::ops::get;
use sessionspec::engine::script::{Answer, Operation};
use sessionspec::reference::description::WITHOUT_BODY;

use super::findings::Findings;
use super::probe_client::{ProbeClient, instead_of_answers};
use crate::quote::quoted;

/// How much of what should not have come is quoted, in characters.
const EXCERPT: usize = 60;

/// Whether the probe refuses what it does not declare, so that no results are lost without a word.
pub(super) async fn refused(probe_client: &ProbeClient, declared: &[u16]) -> Result<(), String> {
    for status in WITHOUT_BODY.into_iter().filter(|status| !declared.contains(status)) {
        let exchanges = probe_client.cycles([ending(status)]).await;
        let seen = match &exchanges[0].outcome {
            Outcome::Answered { results, .. } => match &results[0] {
                Answer::Error(_) | Answer::Unsupported => continue,
                answer => format!("answered {}", answer.to_json()),
            },
            _ => "was obeyed, and its results are lost".to_owned(),
        };
        return Err(format!(
            "respond({status}) {seen}; an answer with that status has no body: declare it in `without_body`, or answer \
             {{\"error\": …}}"
        ));
    }
    Ok(())
}

/// Whether the probe does what it declares.
pub(super) async fn examine(probe_client: &ProbeClient, declared: &[u16], findings: &mut Findings) {
    for status in declared {
        if let Err(note) = obeyed(probe_client, *status).await {
            return findings.wrong("without_body", &note);
        }
    }
    if !declared.is_empty() {
        let statuses: Vec<String> = declared.iter().map(u16::to_string).collect();
        findings.ok("without_body", &statuses.join(", "));
    }
}

fn ending(status: u16) -> Vec<Operation> {
    vec![Operation::Respond { status }, get("text")]
}

async fn obeyed(probe_client: &ProbeClient, status: u16) -> Result<(), String> {
    let exchanges = probe_client.cycles([ending(status)]).await;
    let exchange = &exchanges[0];
    if !exchange.ended_without_body() {
        let seen = match &exchange.outcome {
            Outcome::Answered { status, results, .. } => {
                format!("answered {} with the status {status}", results[0].to_json())
            }
            Outcome::NoAnswers { status, .. } => format!("was answered with {status}, and without results"),
            other @ Outcome::Broken(_) => instead_of_answers(other).unwrap_or_default(),
        };
        return Err(format!(
            "respond({status}) {seen}; `without_body` says that the request ends with {status}"
        ));
    }
    match probe_client.after_the_head(body_of(status)).await {
        // How a 205 is framed, its head says.
        Some(rest) if status != 205 && !rest.is_empty() => Err(format!(
            "after the head of a {status}, the service sends what no such response has, and what clients take for the beginning \
             of the next one: {}",
            quoted(&rest, EXCERPT)
        )),
        _ => Ok(()),
    }
}

fn body_of(status: u16) -> Vec<u8> {
    json!({"ops": [{"op": "respond", "status": status}]}).to_string().into_bytes()
}
