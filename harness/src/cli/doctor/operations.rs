//! The operations: each is tried on a session of its own, and its answers are held against the protocol's table.

use serde_json::json;
use sessionspec::engine::play::Outcome;
use sessionspec::engine::script::ops::{
    clear, contains, delete, destroy, get, modified, new, permanent, pop, set, set_modified, set_permanent,
    setdefault, update,
};
use sessionspec::engine::script::{Answer, Operation, OperationKind};

use super::answers;
use super::expected_result::ExpectedResult::{self, Absent, Boolean, Is, Null, NullOrError};
use super::expected_result::{KEPT, compare};
use super::findings::Findings;
use super::probe_client::{ProbeClient, instead_of_answers};

/// How an operation is tried: a cycle on a session that may exist already.
struct Example {
    op: OperationKind,
    before: Vec<Operation>,
    cycle: Vec<(Operation, ExpectedResult)>,
}

fn examples() -> Vec<Example> {
    let text = || (set("text", KEPT), Null);
    let fresh = |op, cycle: Vec<(Operation, ExpectedResult)>| Example { op, before: Vec::new(), cycle };
    let existing =
        |op, cycle: Vec<(Operation, ExpectedResult)>| Example { op, before: vec![set("text", KEPT)], cycle };
    let kept = || Is(json!(KEPT));
    vec![
        fresh(OperationKind::Get, vec![text(), (get("text"), kept()), (get("missing"), Absent)]),
        fresh(
            OperationKind::Contains,
            vec![text(), (contains("text"), Is(json!(true))), (contains("missing"), Is(json!(false)))],
        ),
        fresh(
            OperationKind::Delete,
            vec![text(), (delete("text"), Null), (delete("text"), Absent), (get("text"), Absent)],
        ),
        fresh(
            OperationKind::Pop,
            vec![text(), (pop("text"), kept()), (pop("text"), Absent), (get("text"), Absent)],
        ),
        fresh(
            OperationKind::Setdefault,
            vec![text(), (setdefault("text", "b"), kept()), (setdefault("other", "b"), Is(json!("b")))],
        ),
        fresh(
            OperationKind::Update,
            vec![
                text(),
                (update([("other", json!("b"))]), Null),
                (get("text"), kept()),
                (get("other"), Is(json!("b"))),
            ],
        ),
        fresh(OperationKind::Clear, vec![text(), (clear(), Null), (get("text"), Absent)]),
        fresh(OperationKind::Permanent, vec![(permanent(), Boolean)]),
        fresh(OperationKind::SetPermanent, vec![(set_permanent(true), Null), (permanent(), Is(json!(true)))]),
        fresh(OperationKind::Modified, vec![(modified(), Boolean)]),
        fresh(OperationKind::SetModified, vec![(set_modified(), Null), (modified(), Is(json!(true)))]),
        fresh(OperationKind::New, vec![(new(), Boolean)]),
        existing(OperationKind::Regenerate, vec![(Operation::Regenerate, Null), (get("text"), kept())]),
        existing(OperationKind::Destroy, vec![(destroy(), Null)]),
        existing(OperationKind::SetLifetime, vec![(Operation::SetLifetime { seconds: 60.0 }, NullOrError)]),
        existing(OperationKind::Save, vec![(Operation::Save, Null)]),
    ]
}

/// Tries them all; whether the session takes items, so that more can be said about it.
pub(super) async fn examine(probe_client: &ProbeClient, findings: &mut Findings) -> bool {
    findings.section("Operations");
    if !takes_items(probe_client, findings).await {
        return false;
    }
    for example in examples() {
        if !probe_client.answers() {
            return false;
        }
        attempt(probe_client, findings, example).await;
    }
    answers::examine(probe_client, findings).await;
    true
}

/// Where not even a string can be set, no example would say anything.
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

async fn attempt(probe_client: &ProbeClient, findings: &mut Findings, example: Example) {
    let (ops, shapes): (Vec<Operation>, Vec<ExpectedResult>) = example.cycle.into_iter().unzip();
    let exchanges = if example.before.is_empty() {
        probe_client.cycles([ops.clone()]).await
    } else {
        probe_client.cycles([example.before, ops.clone()]).await
    };
    let Some(Outcome::Answered { results, .. }) = exchanges.last().map(|exchange| &exchange.outcome) else {
        let fault = exchanges.last().and_then(|exchange| instead_of_answers(&exchange.outcome));
        return findings.wrong(example.op.as_str(), &fault.unwrap_or_default());
    };
    let lacks =
        |(op, answer): (&Operation, &Answer)| op.kind() == example.op && *answer == Answer::Unsupported;
    if ops.iter().zip(results).any(lacks) {
        return findings.unsupported(example.op);
    }
    let judged = ops
        .iter()
        .zip(&shapes)
        .zip(results)
        .try_for_each(|((op, expected), answer)| compare(op, expected, answer));
    findings.judge(example.op.as_str(), judged);
}
