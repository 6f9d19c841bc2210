//! What answers have to be like beyond the table: `items` and `len` agree, a result shows what the operation saw, what
//! a language adds is no item, and what is not understood is said to be.

use serde_json::{Value, json};
use sessionspec::engine::script::ops::{contains, get, items, len, set, set_in, setdefault};
use sessionspec::engine::script::{Answer, OperationKind};

use super::expected_result::ExpectedResult::{Absent, Is, Null};
use super::expected_result::{KEPT, compare};
use super::findings::Findings;
use super::probe_client::{ProbeClient, instead_of_answers};

pub(super) async fn examine(probe_client: &ProbeClient, findings: &mut Findings) {
    counts(probe_client, findings).await;
    in_place(probe_client, findings).await;
    inherited(probe_client, findings).await;
    unknown(probe_client, findings).await;
}

/// `items` and `len` answer an object and an integer, and agree.
async fn counts(probe_client: &ProbeClient, findings: &mut Findings) {
    let exchanges = probe_client.cycles([vec![set("text", KEPT), items(), len(), set("other", KEPT)]]).await;
    let answer = |op| exchanges[0].answer(op);
    match answer(1) {
        Some(Answer::Ok(Value::Object(items))) if items.get("text") == Some(&json!(KEPT)) => {
            findings.ok("items", "");
        }
        Some(Answer::Unsupported) => return findings.unsupported(OperationKind::Items),
        Some(other) => {
            let note = format!("answered {}, and has to answer an object with all items", other.to_json());
            return findings.wrong("items", &note);
        }
        None => {
            return findings.wrong("items", &instead_of_answers(&exchanges[0].outcome).unwrap_or_default());
        }
    }
    let count = match answer(1) {
        Some(Answer::Ok(Value::Object(items))) => items.len(),
        _ => 0,
    };
    match answer(2) {
        Some(Answer::Ok(Value::Number(number))) if number.as_u64() == u64::try_from(count).ok() => {
            findings.ok("len", "");
        }
        Some(Answer::Unsupported) => findings.unsupported(OperationKind::Len),
        Some(other) => {
            let note = format!("answered {}, and `items` of the same cycle has {count}", other.to_json());
            findings.wrong("len", &note);
        }
        None => {}
    }
}

/// `set_in` changes the session's own value, and no result that was given before.
async fn in_place(probe_client: &ProbeClient, findings: &mut Findings) {
    let path = || ["box".into(), "n".into()];
    let old = json!({"n": "old"});
    // What gave a value before the change has to show what it was then.
    let showing = [get("box"), setdefault("box", "other"), items()];
    let mut ops = vec![set("box", old.clone())];
    ops.extend(showing.iter().cloned());
    ops.extend([set_in(path(), "new"), set_in(["missing".into(), "n".into()], "new")]);
    let exchanges = probe_client.cycles([ops]).await;
    let [stored, shown @ .., changed, missing] = exchanges[0].answers() else {
        return findings.wrong("set_in", &instead_of_answers(&exchanges[0].outcome).unwrap_or_default());
    };
    if let Answer::Error(reason) = stored {
        return findings.missing("set_in", &format!("the session keeps no objects: {reason}"));
    }
    if *changed == Answer::Unsupported {
        return findings.unsupported(OperationKind::SetIn);
    }
    findings.judge(
        "set_in",
        compare(&set_in(path(), "new"), &Null, changed).and(match missing {
            Answer::Error(_) => Ok(()),
            other => Err(format!(
                "into an item that does not exist it answered {}, and has to answer {{\"error\": …}}",
                other.to_json()
            )),
        }),
    );
    let later = showing.iter().zip(shown).find(|(_, answer)| shows_the_change(answer));
    findings.judge(
        "results are snapshots",
        match later {
            None => Ok(()),
            Some((op, answer)) => Err(format!(
                "a `{}` before `set_in` shows what came after it ({}): encode each result before the next operation",
                op.name(),
                answer.to_json()
            )),
        },
    );
}

/// Whether a result that was given before the change tells of it.
fn shows_the_change(answer: &Answer) -> bool {
    let Answer::Ok(value) = answer else { return false };
    let shown = value.get("box").unwrap_or(value);
    shown.get("n") == Some(&json!("new"))
}

/// What objects of the language inherit are no items.
async fn inherited(probe_client: &ProbeClient, findings: &mut Findings) {
    let asked = [
        (get("constructor"), Absent),
        (get("toString"), Absent),
        (get("__class__"), Absent),
        (contains("constructor"), Is(json!(false))),
    ];
    let exchanges = probe_client.cycles([asked.iter().map(|(op, _)| op.clone()).collect()]).await;
    if let Some(fault) = instead_of_answers(&exchanges[0].outcome) {
        return findings.wrong("inherited members", &fault);
    }
    let mut answers = asked.iter().zip(exchanges[0].answers());
    let judged = answers.try_for_each(|((op, expected), answer)| match answer {
        Answer::Unsupported => Ok(()),
        answer => compare(op, expected, answer),
    });
    findings.judge("inherited members", judged);
}

/// What the probe does not know is unsupported, what it cannot read is an error, and the rest is performed.
async fn unknown(probe_client: &ProbeClient, findings: &mut Findings) {
    let asked = json!([{"op": "launch"}, {"op": "get"}, {"op": "get", "key": "text", "hint": 1}]);
    let judged = probe_client.results(asked).await.and_then(|results| match results.as_slice() {
        [unknown, _, _] if *unknown != json!({"unsupported": true}) => Err(format!(
            "{{\"op\":\"launch\"}} answered {unknown}, and has to answer {{\"unsupported\":true}}"
        )),
        [_, malformed, _] if malformed.get("error").is_none() => Err(format!(
            "{{\"op\":\"get\"}} without its key answered {malformed}, and has to answer {{\"error\": …}}"
        )),
        [_, _, last] if *last != json!({"absent": true}) => {
            Err(format!("a `get` after those answered {last}, and has to answer {{\"absent\":true}}"))
        }
        [_, _, _] => Ok(()),
        results => Err(format!("three operations were answered with {} results", results.len())),
    });
    findings.judge("unknown operations", judged);
}
