//! What the schemas do not allow is refused by the probe, and what it cannot read is not allowed by the schemas.

use serde_json::{Value, json};
use sessionspec::engine::script::Operation;

use crate::document::{REQUEST, component, examples, part, schema_at};
use crate::probe::{Probe, within_local_set};

/// Values of every type, and some at the edge of what a field allows.
fn values() -> Vec<Value> {
    let statuses = [199, 204, 205, 304, 599, 600].map(Value::from);
    let paths = [
        json!(["a"]),
        json!(["a", 0]),
        json!([0, "a"]),
        json!(["a", -1]),
        json!(["a", 0.5]),
        json!(["a", null]),
    ];
    let texts = [" text", "line\r\nbreak", "na\u{ef}ve"].map(Value::from);
    let others = [json!(null), json!(true), json!(-1), json!(1.5), json!("text"), json!([]), json!({})];
    others.into_iter().chain(texts).chain(statuses).chain(paths).collect()
}

/// The operation with one of its fields missing, and with every value in each of its fields.
fn variants(op: &Value) -> Vec<Value> {
    let mut variants = Vec::new();
    for field in op.as_object().unwrap().keys().filter(|field| *field != "op") {
        let mut lacking = op.clone();
        lacking.as_object_mut().unwrap().remove(field);
        variants.push(lacking);
        variants.extend(values().into_iter().map(|value| {
            let mut changed = op.clone();
            changed[field] = value;
            changed
        }));
    }
    variants
}

#[test]
fn fields_that_the_schema_forbids_are_errors_and_no_others_are_malformed() {
    let operation = component("Operation");
    let (mut allowed, mut forbidden) = (0, 0);
    within_local_set(async {
        let probe = Probe::of_the_reference().await;
        for variant in examples().iter().flat_map(|(_, example)| variants(example)) {
            if operation.is_valid(&variant) {
                allowed += 1;
                assert!(Operation::from_json(&variant).is_ok(), "{variant} is allowed, and cannot be read");
                continue;
            }
            forbidden += 1;
            let said = probe.cycle(std::slice::from_ref(&variant)).await;
            said.check("post");
            let error = said.last().and_then(|result| result.get("error"));
            assert!(error.is_some(), "{variant} was answered {} {:?}", said.status, said.json);
        }
    });
    assert!(allowed > 50 && forbidden > 200, "{allowed} were allowed, {forbidden} forbidden");
}

#[test]
fn a_spelling_that_the_schema_forbids_is_an_error() {
    let operation = component("Operation");
    within_local_set(async {
        let probe = Probe::of_the_reference().await;
        for spelling in
            values().into_iter().chain([json!("|="), json!("a".repeat(40)), json!("a".repeat(41))])
        {
            let op = json!({"op": "update", "items": {"a": 1}, "spelling": spelling});
            let said = probe.cycle(std::slice::from_ref(&op)).await;
            said.check("post");
            // The reference has no other spelling, so that what may be one is unsupported.
            let is_read = said.last().is_some_and(|result| *result == json!({"unsupported": true}));
            assert_eq!(operation.is_valid(&op), is_read, "{op} was answered {:?}", said.json);
        }
    });
}

#[test]
fn a_path_begins_with_the_key_of_an_item() {
    let set_in = json!({"op": "set_in", "path": [0, "key"], "value": 1});
    assert!(!component("Operation").is_valid(&set_in));
    within_local_set(async {
        let said = Probe::of_the_reference().await.cycle(&[set_in]).await;
        assert!(said.is_refusal(), "{:?}", said.json);
    });
}

#[test]
fn an_operation_of_another_name_is_unsupported() {
    let cycle = json!({"ops": [{"op": "launch", "key": "k"}]});
    assert!(!schema_at(REQUEST).is_valid(&cycle));
    within_local_set(async {
        let said = Probe::of_the_reference().await.post(&cycle).await;
        said.check("post");
        assert_eq!(said.json, Some(json!({"results": [{"unsupported": true}]})));
    });
}

#[test]
fn a_status_without_a_body_loses_the_results_and_nothing_else() {
    let set = json!({"op": "set", "key": "k", "value": 1});
    within_local_set(async {
        let probe = Probe::of_the_reference().await;
        for status in [204, 205, 304] {
            let said = probe.cycle(&[set.clone(), json!({"op": "respond", "status": status})]).await;
            said.check("post");
            assert_eq!((said.status.as_u16(), said.sets_cookies), (status, true));
        }
    });
}

#[test]
fn unknown_fields_are_ignored() {
    let cycle = json!({"ops": [{"op": "len", "key": 1, "more": {}}], "more": []});
    assert!(schema_at(REQUEST).is_valid(&cycle));
    within_local_set(async {
        let said = Probe::of_the_reference().await.post(&cycle).await;
        assert_eq!(said.json, Some(json!({"results": [{"ok": 0}]})));
    });
}

#[test]
fn a_body_that_is_no_cycle_is_a_client_error_and_nothing_is_done() {
    let set = r#"{"op": "set", "key": "k", "value": 1}"#;
    let entries = ["1", "null", "\"len\"", "[]", "{}", r#"{"key": "k"}"#, r#"{"op": 1}"#, r#"{"op": null}"#];
    let bodies =
        ["null", "1", "\"ops\"", "[]", "{}", r#"{"ops": null}"#, r#"{"ops": {}}"#, r#"{"ops": "len"}"#]
            .map(str::to_owned)
            .into_iter()
            .chain(entries.map(|entry| format!(r#"{{"ops": [{set}, {entry}]}}"#)));
    let request = schema_at(REQUEST);
    assert_eq!(part("/paths/~1probe/post/requestBody/required"), json!(true));
    within_local_set(async {
        let probe = Probe::of_the_reference().await;
        for body in bodies {
            assert!(!request.is_valid(&serde_json::from_str(&body).unwrap()), "{body} is allowed");
            assert_client_error(&probe, &body).await;
        }
        for body in ["", "{", "ops", r#"{"ops": [NaN]}"#] {
            assert_client_error(&probe, body).await;
        }
    });
}

async fn assert_client_error(probe: &Probe, body: &str) {
    let said = probe.post(body).await;
    said.check("post");
    assert!(said.status.is_client_error(), "{body:?} was answered {}", said.status);
    assert!(!said.sets_cookies, "{body:?} was refused, and has changed the session");
}
