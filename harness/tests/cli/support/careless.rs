//! A probe as one writes it in a hurry: nearly everything that a probe can get wrong, served by axum.

use std::sync::{Arc, mpsc};
use std::thread;

use axum::Router;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

/// One session for everybody, and one request at a time.
type Session = Arc<Mutex<Map<String, Value>>>;

/// Serves it on a thread of its own. Its URL.
pub(crate) fn careless_probe() -> String {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            let router =
                Router::new().route("/probe", get(describe).post(cycle)).with_state(Session::default());
            axum::serve(listener, router).await.unwrap();
        });
    });
    format!("http://{}/probe", told.recv().unwrap())
}

/// Every response brings a cookie, which means nothing.
fn answer(json: Value) -> Response {
    (AppendHeaders([(SET_COOKIE, "id=1; Path=/")]), json.to_string()).into_response()
}

async fn describe() -> Response {
    answer(json!({"protocol": 1, "declare": {}, "declares": {"modifed": "always"}, "derived": ["is_new"]}))
}

async fn cycle(State(session): State<Session>, body: axum::body::Bytes) -> Response {
    let mut session = session.lock().await;
    let Ok(body) = serde_json::from_slice::<Value>(&body) else { return answer(json!({"results": []})) };
    let Some(ops) = body["ops"].as_array() else { return answer(json!({"results": []})) };
    let mut results = Vec::new();
    for op in ops {
        if op["op"] == "raise" {
            return answer(json!({"error": "something went wrong"}));
        }
        results.push(perform(op, &mut session).await);
    }
    // Reading when everything is done: so an earlier `get` shows what came later.
    let late = |(op, result): (&Value, Value)| if op["op"] == "get" { read(op, &session) } else { result };
    let results: Vec<Value> = ops.iter().zip(results).map(late).collect();
    answer(json!({ "results": results }))
}

/// A missing item is null, as everything is that is missing.
fn read(op: &Value, session: &Map<String, Value>) -> Value {
    json!({"ok": session.get(key(op)).unwrap_or(&Value::Null)})
}

fn key(op: &Value) -> &str {
    op["key"].as_str().unwrap_or_default()
}

async fn perform(op: &Value, session: &mut Map<String, Value>) -> Value {
    match op["op"].as_str().unwrap_or_default() {
        "get" => read(op, session),
        "contains" => json!({"ok": if session.contains_key(key(op)) { "yes" } else { "no" }}),
        "items" => json!({ "ok": session }),
        "len" => json!({"ok": session.len().to_string()}),
        "set" | "setdefault" => {
            session.insert(key(op).to_owned(), op["value"].clone());
            json!({"ok": if op["op"] == "set" { &Value::Null } else { &op["value"] }})
        }
        "delete" => {
            session.remove(key(op));
            json!({"ok": null})
        }
        "pop" => json!({"ok": session.remove(key(op))}),
        "set_in" => {
            session.insert("box".to_owned(), json!({"n": op["value"]}));
            json!({"ok": null})
        }
        "clear" => {
            session.clear();
            json!({"ok": null})
        }
        "modified" | "permanent" => json!({"ok": 1}),
        "regenerate" => json!({"unsupported": true}),
        "respond" => json!({"ok": null}),
        // Whatever contains the right words is the right host, and any answer is the right one.
        "hold" => match op["url"].as_str() {
            Some(url) if url.contains("127.0.0.1") => match reqwest::get(url).await {
                Ok(_) => json!({"ok": null}),
                Err(error) => json!({"error": error.to_string()}),
            },
            _ => json!({"error": "where?"}),
        },
        _ => json!({"error": "what?"}),
    }
}
