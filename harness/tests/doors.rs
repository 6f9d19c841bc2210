//! Both doors are the same: a script played on a backend directly, and over real HTTP, gives the same transcript.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde_json::json;
use sessionspec::backend::{Backend, in_process};
use sessionspec::backend::{BackendError, CycleRequest, CycleResponse, LocalBoxFuture, catching_panics};
use sessionspec::engine::play::Player;
use sessionspec::engine::play::{Exchange, Outcome, Transcript};
use sessionspec::engine::script::ops::{
    clear, contains, delete, destroy, get, header, hold, items, len, modified, new, permanent, pop, set,
    set_in, set_modified, set_permanent, setdefault, update,
};
use sessionspec::engine::script::{Answer, Operation, Script};
use sessionspec::reference::modes::{Modes, OnError};
use sessionspec::reference::{Description, Memory};
use sessionspec::{Options, Verdict};
use sessionspec_cli::builtin::OverHttp;
use tokio::task::LocalSet;

/// The reference, but it cannot forget an item.
struct Fragile(Rc<dyn Backend>);

impl Backend for Fragile {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.0.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async {
            let forgets = |op: &Operation| matches!(op, Operation::Delete { .. } | Operation::Hold { .. });
            let gate = request.gates.values().next().cloned();
            if let Some(op) = request.ops.iter().find(|op| forgets(op)) {
                if let Some(gate) = gate {
                    let _ = gate.pass().await;
                }
                panic!("the shelf is stuck at {}", op.name());
            }
            self.0.cycle(request).await
        })
    }
}

#[test]
fn a_panic_is_a_failed_request_and_the_run_goes_on() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let fragile = || -> Rc<dyn Backend> { Rc::new(Fragile(in_process(Memory::default()))) };
    let options = Options { cases: 20, ..Options::default() };
    let reports = LocalSet::new().block_on(&runtime, async {
        let direct = sessionspec::run(fragile(), options.clone()).await.unwrap();
        let served: Rc<dyn Backend> = Rc::new(OverHttp::serve(fragile()).await.unwrap());
        [direct, sessionspec::run(served, options).await.unwrap()]
    });
    let failures = reports.each_ref().map(|report| {
        let check = report.checks.iter().find(|check| check.id == "minimum/each-mutator-persists").unwrap();
        check.failures.clone()
    });
    assert_eq!(failures[0], failures[1], "both doors tell the same");
    assert_eq!(failures[0].len(), 1, "only one way to change a session panics: {failures:#?}");
    assert_eq!(failures[0][0].reason, "request-failed");
    assert_eq!(failures[0][0].seen, "a 500: the backend panicked: the shelf is stuck at delete");
    for report in reports {
        let verdict = |id: &str| report.checks.iter().find(|check| check.id == id).unwrap().verdict;
        assert_eq!(report.incomplete, None);
        assert_eq!(verdict("minimum/new-never-for-saved"), Verdict::Pass, "what comes later is judged");
    }
}

#[test]
fn a_panic_in_a_cycle_that_is_held_is_its_answer() {
    let script = Script::new().cycle("ann", [hold("for ever"), set("a", 1)]).cycle("bob", [get("a")]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let transcript = LocalSet::new().block_on(&runtime, async {
        let fragile: Rc<dyn Backend> = Rc::new(Fragile(in_process(Memory::default())));
        play(catching_panics(fragile), &script).await
    });
    let said = transcript.exchanges[0].failed_request().unwrap();
    assert_eq!(said, "a 500: the backend panicked: the shelf is stuck at hold");
    assert_eq!(answers(&transcript.exchanges[1]), ["absent"]);
}

/// Plays a script through both doors; their transcript, if it is the same.
fn through_both_doors(modes: Modes, script: Script) -> Transcript {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, async {
        let direct = play(in_process(Memory::new(modes.clone())), &script).await;
        let served = OverHttp::serve(in_process(Memory::new(modes))).await.unwrap();
        let over_http = play(Rc::new(served), &script).await;
        assert_eq!(comparable(&direct), comparable(&over_http));
        over_http
    })
}

async fn play(backend: Rc<dyn Backend>, script: &Script) -> Transcript {
    Player::new(backend, Duration::from_secs(10)).play(script).await
}

/// A transcript without what varies: ids, and the header fields that only a server sends.
fn comparable(transcript: &Transcript) -> Vec<impl PartialEq + std::fmt::Debug> {
    let mut ids = BTreeMap::new();
    let mut named = |cookie: &[u8]| {
        let cookie = String::from_utf8(cookie.to_vec()).unwrap();
        let (name_and_id, attributes) = cookie.split_once(';').unwrap_or((&cookie, ""));
        let next = ids.len();
        let id = *ids.entry(name_and_id.to_owned()).or_insert(next);
        format!("<{id}>{attributes}")
    };
    let exchanges = transcript.exchanges.iter().map(|exchange| {
        let sent = exchange.cookie.as_deref().unwrap_or_default().split(|byte| *byte == b';');
        let sent: Vec<String> = sent.map(|cookie| named(cookie.trim_ascii())).collect();
        let set: Vec<String> = exchange.headers.all("Set-Cookie").map(&mut named).collect();
        let vary: Vec<Vec<u8>> = exchange.headers.all("Vary").map(<[u8]>::to_vec).collect();
        (exchange.browser.clone(), exchange.ops.clone(), sent, exchange.outcome.clone(), set, vary)
    });
    exchanges.collect()
}

fn answers(exchange: &Exchange) -> Vec<String> {
    exchange.answers().iter().map(ToString::to_string).collect()
}

#[test]
fn every_operation_of_one_browser() {
    let script = Script::new()
        .cycle("ann", [new(), modified(), permanent(), items(), len(), get("colour"), contains("colour")])
        .cycle("ann", [set("colour", "red"), setdefault("colour", "blue"), setdefault("size", 1), modified()])
        .cycle("ann", [update([("size", json!(2.5)), ("box", json!({"n": [1, {"deep": null}]}))]), items()])
        .cycle("ann", [set_in(["box".into(), "n".into(), 1.into(), "deep".into()], "changed"), get("box")])
        .cycle("ann", [set_modified(), set_permanent(true), permanent(), Operation::Regenerate])
        .cycle("ann", [pop("size"), pop("size"), delete("colour"), delete("colour"), items()])
        .cycle("ann", [Operation::SetLifetime { seconds: 60.0 }, Operation::Save, clear(), items()])
        .cycle("ann", [set("again", true), destroy()])
        .cycle("ann", [items()])
        .cycle("ann", []);
    let transcript = through_both_doors(Modes::default(), script);
    assert_eq!(answers(&transcript.exchanges[1]), ["done", "\"red\"", "1", "true"]);
}

#[test]
fn keys_and_values_that_are_hard_to_carry() {
    let hard = ["", "__proto__", "a \"quoted\" key", "line\nbreak", "\u{0}", "na\u{ef}ve", "\u{1F36A}"];
    let values = [json!(9007199254740993_i64), json!(0.1), json!(1e300), json!([[], {}]), json!("\u{2028}")];
    let mut script = Script::new();
    for (key, value) in hard.into_iter().zip(values.into_iter().cycle()) {
        script = script.cycle("ann", [set(key, value)]).cycle("ann", [get(key), contains(key)]);
    }
    let transcript = through_both_doors(Modes::default(), script.cycle("ann", [len()]));
    assert_eq!(transcript.exchanges.last().unwrap().answer(0), Some(&Answer::Ok(json!(hard.len()))));
}

#[test]
fn browsers_with_each_others_cookies() {
    let script = Script::new()
        .cycle("ann", [set("owner", "ann")])
        .cycle("bob", [get("owner"), set("owner", "bob")])
        .copy_cookies("ann", "eve")
        .cycle("eve", [get("owner"), set("owner", "eve")])
        .cycle("ann", [get("owner"), destroy()])
        .cycle("eve", [get("owner"), set("after", 1)])
        .cycle("bob", [get("owner")]);
    let transcript = through_both_doors(Modes::default(), script);
    assert_eq!(answers(&transcript.exchanges[3])[0], "\"eve\"");
}

#[test]
fn a_held_writer_overwrites_what_was_written_meanwhile() {
    let script = Script::new()
        .cycle("ann", [set("a", 0), set("b", 0)])
        .copy_cookies("ann", "tab")
        .cycle("ann", [get("a"), hold("before the write"), set("a", 1)])
        .cycle("tab", [set("b", 1)])
        .release("before the write")
        .cycle("tab", [items()]);
    let transcript = through_both_doors(Modes::default(), script);
    assert_eq!(answers(&transcript.exchanges[3]), [r#"{"a":1,"b":0}"#], "the reference's last write wins");
}

#[test]
fn a_held_writer_does_not_revive_a_destroyed_session() {
    let script = Script::new()
        .cycle("ann", [set("a", 0)])
        .copy_cookies("ann", "tab")
        .cycle("ann", [get("a"), hold("before the write"), set("a", 1)])
        .cycle("tab", [destroy()])
        .release("before the write")
        .cycle("ann", [items()]);
    let transcript = through_both_doors(Modes::default(), script);
    assert_eq!(answers(&transcript.exchanges[3]), ["{}"]);
}

#[test]
fn several_held_at_once_and_released_in_another_order() {
    let held = |browser: &'static str, value: i64| [get("a"), hold(browser), set("a", value)];
    let script = Script::new()
        .cycle("ann", [set("a", 0)])
        .copy_cookies("ann", "first")
        .copy_cookies("ann", "second")
        .copy_cookies("ann", "third")
        .cycle("first", held("first", 1))
        .cycle("second", held("second", 2))
        .cycle("third", held("third", 3))
        .release("third")
        .cycle("ann", [get("a")])
        .release("first")
        .cycle("ann", [get("a")])
        .release("second")
        .cycle("ann", [get("a")]);
    let transcript = through_both_doors(Modes::default(), script);
    let read = [4, 5, 6].map(|cycle| transcript.exchanges[cycle].answer(0).unwrap().to_string());
    assert_eq!(read, ["3", "1", "2"]);
}

#[test]
fn a_hold_that_nobody_releases_ends_with_the_script() {
    let script = Script::new().cycle("ann", [hold("for ever"), set("a", 1)]);
    let transcript = through_both_doors(Modes::default(), script);
    assert_eq!(answers(&transcript.exchanges[0]), ["done", "done"]);
}

#[test]
fn a_response_with_another_status() {
    for modes in [OnError::Saved, OnError::Discarded].map(|on_error| Modes { on_error, ..Modes::default() }) {
        let script = Script::new()
            .cycle("ann", [set("a", 1), Operation::Respond { status: 404 }, get("a")])
            .cycle("ann", [get("a"), set("a", 2), Operation::Respond { status: 503 }])
            .cycle("ann", [get("a")]);
        let transcript = through_both_doors(modes, script);
        assert!(matches!(transcript.exchanges[1].outcome, Outcome::Answered { status: 503, .. }));
    }
}

#[test]
fn a_response_with_header_fields_of_its_own() {
    let own = [header("Vary", "Accept-Language"), header("Set-Cookie", "mine=1; Path=/")];
    let script = Script::new()
        .cycle("ann", own.clone())
        .cycle("ann", own.into_iter().chain([set("a", 1)]))
        .cycle("ann", [get("a")]);
    let transcript = through_both_doors(Modes::default(), script);
    let fields = |name| {
        let exchanges = transcript.exchanges.iter();
        exchanges.map(|exchange| exchange.headers.all(name).count()).collect::<Vec<_>>()
    };
    assert_eq!(fields("Vary"), [1, 2, 1]);
    assert_eq!(fields("Set-Cookie"), [1, 2, 0], "the session is opened by nothing but its use");
}

#[test]
fn a_handler_that_raises() {
    for modes in [OnError::Saved, OnError::Discarded].map(|on_error| Modes { on_error, ..Modes::default() }) {
        let script = Script::new()
            .cycle("ann", [set("a", 1)])
            .cycle("ann", [set("a", 2), Operation::Raise, set("a", 3)])
            .cycle("ann", [get("a")]);
        let transcript = through_both_doors(modes, script);
        assert!(matches!(transcript.exchanges[1].outcome, Outcome::NoAnswers { status: 500, .. }));
    }
}
