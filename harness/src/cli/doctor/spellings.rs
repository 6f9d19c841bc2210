//! Further spellings of operations: each that is declared is tried, and has to do what the operation does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use sessionspec::engine::play::Outcome;
use sessionspec::engine::script::ops::{
    clear, contains, delete, get, items, len, pop, set, setdefault, update,
};
use sessionspec::engine::script::{Answer, Operation, OperationKind, Operations};
use sessionspec::reference::Value;

use super::expected_result::ExpectedResult::{self, Is, Null};
use super::expected_result::{KEPT, compare};
use super::findings::Findings;
use super::probe_client::{ProbeClient, instead_of_answers};

/// The item that the operations are about, one that they add, and two that they leave alone.
const TEXT: &str = "text";
const OTHER: &str = "other";
const AROUND: [&str; 2] = ["first", "last"];

/// What an operation on items is tried with: what it has to answer, where that is one thing, and which items are there then.
struct Example {
    op: Operation,
    expected: Option<ExpectedResult>,
    left: &'static [&'static str],
}

fn example(kind: OperationKind) -> Option<Example> {
    let (op, expected, left): (Operation, Option<ExpectedResult>, &[&str]) = match kind {
        OperationKind::Get => (get(TEXT), Some(Is(json!(KEPT))), &[TEXT]),
        OperationKind::Contains => (contains(TEXT), Some(Is(json!(true))), &[TEXT]),
        // There may be items of the framework.
        OperationKind::Items => (items(), None, &[TEXT]),
        OperationKind::Len => (len(), None, &[TEXT]),
        OperationKind::Set => (set(OTHER, KEPT), Some(Null), &[TEXT, OTHER]),
        OperationKind::Delete => (delete(TEXT), Some(Null), &[]),
        OperationKind::Pop => (pop(TEXT), Some(Is(json!(KEPT))), &[]),
        OperationKind::Setdefault => (setdefault(OTHER, KEPT), Some(Is(json!(KEPT))), &[TEXT, OTHER]),
        OperationKind::Update => (update([(OTHER, json!(KEPT))]), Some(Null), &[TEXT, OTHER]),
        OperationKind::Clear => (clear(), Some(Null), &[]),
        _ => return None,
    };
    Some(Example { op, expected, left })
}

/// Tries each spelling that is declared, on a session with one item and on one with three.
pub(super) async fn examine(
    probe_client: &ProbeClient,
    declared: &BTreeMap<String, Vec<String>>,
    findings: &mut Findings,
) {
    if declared.is_empty() {
        return;
    }
    findings.section("Spellings");
    for (name, spellings) in declared {
        let Some(example) = OperationKind::named(name).and_then(example) else {
            let note = "it is no operation on items, and has no further spellings; this is ignored";
            findings.wrong(name, note);
            continue;
        };
        for spelling in spellings {
            if !probe_client.answers() {
                return;
            }
            let judged = attempt(probe_client, &example, spelling).await;
            findings.judge(&format!("{name} as {spelling}"), judged);
        }
    }
}

/// Where there is one item it has to be done. Beside others, a spelling may be one that cannot be used.
async fn attempt(probe_client: &ProbeClient, example: &Example, spelling: &str) -> Result<(), String> {
    let alone = asked(probe_client, example, spelling, &[TEXT]).await?;
    if alone.first() == Some(&Answer::Unsupported) {
        let advice = "a probe declares the spellings that it has";
        return Err(format!("answered unsupported on a session with one item; {advice}"));
    }
    judge(example, spelling, &alone, &[])?;
    let beside = asked(probe_client, example, spelling, &[AROUND[0], TEXT, AROUND[1]]).await?;
    match beside.first() {
        Some(Answer::Unsupported) => Ok(()),
        _ => judge(example, spelling, &beside, if example.op == clear() { &[] } else { &AROUND }),
    }
}

/// The answers of the operation in this spelling, and of `items` after it, on a session with these items.
async fn asked(
    probe_client: &ProbeClient,
    example: &Example,
    spelling: &str,
    keys: &[&str],
) -> Result<Vec<Answer>, String> {
    let mut player = probe_client.player();
    player.cycle("ann", keys.iter().map(|key| set(key, KEPT)).collect()).await;
    let mut ops = Operations::from(vec![example.op.clone(), items()]);
    ops.spell(0, Some(spelling));
    let asked = player.send("ann", ops).await;
    let outcome = &player.transcript().exchanges[asked].outcome;
    match outcome {
        Outcome::Answered { results, .. } => Ok(results.clone()),
        other => Err(instead_of_answers(other).unwrap_or_default()),
    }
}

fn judge(example: &Example, spelling: &str, answers: &[Answer], around: &[&str]) -> Result<(), String> {
    let [answer, Answer::Ok(Value::Object(left))] = answers else {
        return Err("the items could not be read after it".to_owned());
    };
    match &example.expected {
        Some(expected) => compare(&example.op, expected, answer)?,
        None if matches!(answer, Answer::Ok(_)) => {}
        None => return Err(format!("{} as {spelling} answered {}", example.op, answer.to_json())),
    }
    let own = [TEXT, OTHER, AROUND[0], AROUND[1]];
    let left: BTreeSet<&str> = left.keys().map(String::as_str).filter(|key| own.contains(key)).collect();
    let wanted: BTreeSet<&str> = example.left.iter().chain(around).copied().collect();
    if left == wanted {
        return Ok(());
    }
    let listed = |keys: BTreeSet<&str>| Vec::from_iter(keys).join(", ");
    let note = format!("left the items [{}], and has to leave [{}]", listed(left), listed(wanted));
    Err(format!("{} as {spelling} {note}", example.op))
}
