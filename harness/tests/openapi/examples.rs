//! What the examples show is what happens.

use std::net::Ipv4Addr;

use axum::Router;
use axum::routing::get;
use serde_json::json;
use sessionspec::reference::Description;
use tokio::net::TcpListener;

use crate::document::{REQUEST, assert_valid, component, examples, part, schema_at};
use crate::probe::{Probe, within_local_set};

#[test]
fn every_example_is_a_request_whose_answer_is_as_described() {
    // Before each example, so that there is something to get and to change.
    let before = json!({"op": "update", "items": {"colour": "red", "cart": {"count": 1, "lines": ["milk"]}}});
    let request = schema_at(REQUEST);
    within_local_set(async {
        let (probe, gate) = (Probe::of_the_reference().await, open_gate().await);
        for (name, mut op) in examples() {
            if name == "hold" {
                op["url"] = json!(gate);
            }
            let ops = [before.clone(), op.clone()];
            assert_valid(&request, &json!({"ops": ops}), &name);
            let said = probe.cycle(&ops).await;
            said.check("post");
            if name == "raise" {
                assert!(said.status.is_server_error(), "{op} was answered {}", said.status);
                continue;
            }
            let status = if name == "respond" { op["status"].clone() } else { json!(200) };
            assert_eq!(json!(said.status.as_u16()), status, "{op}");
            // Of a status from 400 on, the status alone does not promise this.
            assert_valid(&component("Answer"), said.json.as_ref().unwrap(), &name);
            assert!(!said.is_refusal(), "{op} was refused: {:?}", said.json);
            let result = schema_at(&format!("/components/schemas/{name}/x-result"));
            assert_valid(&result, said.last().unwrap(), &name);
        }
    });
}

/// The URL of a gate that is open.
async fn open_gate() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/hold/1", listener.local_addr().unwrap());
    let router = Router::new().route("/hold/{number}", get(|| async { "released" }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[test]
fn whole_examples_are_what_the_probe_answers() {
    let examples_at = |place: &str| {
        let examples = part(&format!("/paths/~1probe/{place}/content/application~1json/examples"));
        examples.as_object().unwrap().clone()
    };
    let (requests, responses) = (examples_at("post/requestBody"), examples_at("post/responses/200"));
    assert!(requests.keys().eq(responses.keys()));
    within_local_set(async {
        let probe = Probe::of_the_reference().await;
        for (name, request) in &requests {
            assert_valid(&schema_at(REQUEST), &request["value"], name);
            let said = probe.post(&request["value"]).await;
            said.check("post");
            assert_eq!(said.json.as_ref(), Some(&responses[name]["value"]), "{name}");
        }
    });
    for (name, example) in examples_at("get/responses/200") {
        assert_valid(&component("Description"), &example["value"], &name);
        serde_json::from_value::<Description>(example["value"].clone()).unwrap();
    }
}
