//! The operations: each is tried on a session of its own, and its answers are held against the protocol's table.

use serde_json::json;
use sessionspec::engine::play::Outcome;
use sessionspec::engine::script::ops::{
    clear, contains, delete, destroy, get, modified, new, permanent, pop, set, set_modified, set_permanent,
    setdefault, update,
};
use sessionspec::engine::script::{Answer, Operation};

use super::answers;
use super::expected_result::ExpectedResult::{self, Absent, Boolean, Is, Null, NullOrError};
use super::expected_result::compare;
use super::findings::Findings;
use super::probe_client::{ProbeClient, instead_of_answers};

/// How an operation is tried: a cycle on a session that may exist already.
struct Trial {
    op: &'static str,
    before: Vec<Operation>,
    cycle: Vec<(Operation, ExpectedResult)>,
}

/// What is set.
pub(super) const KEPT: &str = "kept";

fn trials() -> Vec<Trial> {
    let text = || (set("text", KEPT), Null);
    let fresh = |op, cycle: Vec<(Operation, ExpectedResult)>| Trial { op, before: Vec::new(), cycle };
    let existing =
        |op, cycle: Vec<(Operation, ExpectedResult)>| Trial { op, before: vec![set("text", KEPT)], cycle };
    let kept = || Is(json!(KEPT));
    vec![
        fresh("get", vec![text(), (get("text"), kept()), (get("missing"), Absent)]),
        fresh(
            "contains",
            vec![text(), (contains("text"), Is(json!(true))), (contains("missing"), Is(json!(false)))],
        ),
        fresh(
            "delete",
            vec![text(), (delete("text"), Null), (delete("text"), Absent), (get("text"), Absent)],
        ),
        fresh("pop", vec![text(), (pop("text"), kept()), (pop("text"), Absent), (get("text"), Absent)]),
        fresh(
            "setdefault",
            vec![text(), (setdefault("text", "b"), kept()), (setdefault("other", "b"), Is(json!("b")))],
        ),
        fresh(
            "update",
            vec![
                text(),
                (update([("other", json!("b"))]), Null),
                (get("text"), kept()),
                (get("other"), Is(json!("b"))),
            ],
        ),
        fresh("clear", vec![text(), (clear(), Null), (get("text"), Absent)]),
        fresh("permanent", vec![(permanent(), Boolean)]),
        fresh("set_permanent", vec![(set_permanent(true), Null), (permanent(), Is(json!(true)))]),
        fresh("modified", vec![(modified(), Boolean)]),
        fresh("set_modified", vec![(set_modified(), Null), (modified(), Is(json!(true)))]),
        fresh("new", vec![(new(), Boolean)]),
        existing("regenerate", vec![(Operation::Regenerate, Null), (get("text"), kept())]),
        existing("destroy", vec![(destroy(), Null)]),
        existing("set_lifetime", vec![(Operation::SetLifetime { seconds: 60.0 }, NullOrError)]),
        existing("save", vec![(Operation::Save, Null)]),
    ]
}

/// Tries them all; whether the session takes items, so that more can be said about it.
pub(super) async fn examine(probe_client: &ProbeClient, findings: &mut Findings) -> bool {
    findings.section("Operations");
    if !takes_items(probe_client, findings).await {
        return false;
    }
    for trial in trials() {
        if !probe_client.answers() {
            return false;
        }
        attempt(probe_client, findings, trial).await;
    }
    answers::examine(probe_client, findings).await;
    true
}

/// Where not even a string can be set, no trial would say anything.
async fn takes_items(probe_client: &ProbeClient, findings: &mut Findings) -> bool {
    let exchanges = probe_client.cycles([vec![set("text", KEPT)]]).await;
    match &exchanges[0].outcome {
        Outcome::Answered { results, .. } => match &results[0] {
            Answer::Error(reason) => {
                let note = format!(
                    "the session refuses items: {reason}. If it has to (a null session, as without a secret key), \
                     this is right, and `run` judges it; operations and cookies cannot be looked at"
                );
                findings.remark("set", &note);
                false
            }
            answer => {
                findings.judge("set", compare(&set("text", KEPT), &Null, answer));
                Null.accepts(answer)
            }
        },
        other => {
            findings.wrong("set", &instead_of_answers(other).unwrap_or_default());
            false
        }
    }
}

async fn attempt(probe_client: &ProbeClient, findings: &mut Findings, trial: Trial) {
    let (ops, shapes): (Vec<Operation>, Vec<ExpectedResult>) = trial.cycle.into_iter().unzip();
    let exchanges = if trial.before.is_empty() {
        probe_client.cycles([ops.clone()]).await
    } else {
        probe_client.cycles([trial.before, ops.clone()]).await
    };
    let Some(Outcome::Answered { results, .. }) = exchanges.last().map(|exchange| &exchange.outcome) else {
        let fault = exchanges.last().and_then(|exchange| instead_of_answers(&exchange.outcome));
        return findings.wrong(trial.op, &fault.unwrap_or_default());
    };
    let lacks = |(op, answer): (&Operation, &Answer)| op.name() == trial.op && *answer == Answer::Unsupported;
    if ops.iter().zip(results).any(lacks) {
        return findings.missing(trial.op, what_lacks(trial.op));
    }
    let judged = ops
        .iter()
        .zip(&shapes)
        .zip(results)
        .try_for_each(|((op, expected), answer)| compare(op, expected, answer));
    findings.judge(trial.op, judged);
}

/// What it means that an operation is unsupported.
pub(super) fn what_lacks(op: &str) -> &'static str {
    match op {
        "permanent" | "set_permanent" | "modified" | "set_modified" | "new" => {
            "unsupported; level minimum asks for it, so see \"Stand-ins\" in harness/PROTOCOL.md"
        }
        "regenerate" | "destroy" | "set_lifetime" | "save" | "set_in" => {
            "unsupported; that is right where the framework has nothing like it"
        }
        _ => "unsupported; a session is a mapping, so that it has to be there: level minimum fails",
    }
}
