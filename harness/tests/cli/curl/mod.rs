//! `sessionspec replay --as curl`: the script is run by a shell, with curl, against a backend that is really served.

mod responses;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use insta::assert_snapshot;
use serde_json::json;
use sessionspec::engine::expect::Scenario;
use sessionspec::engine::replay::CaseFile;
use sessionspec::engine::script::ops::{get, hold, items, set};
use sessionspec::engine::script::{Forgery, Operation, Spelling};

use crate::support::{Answer, Service, said, sessionspec};

/// An embedded backend that is served until this is dropped.
struct Served {
    process: Child,
    url: String,
}

impl Served {
    fn new(backend: &str) -> Self {
        let mut process =
            sessionspec(&format!("serve --backend {backend}")).stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { process, url: url.trim().to_owned() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// A file that is gone when the test is over.
struct Case(PathBuf);

impl Case {
    fn new(name: &str, scenario: Scenario) -> Self {
        let (check, reason) = ("concurrency/explains-history".to_owned(), scenario.reason.clone());
        let case = CaseFile { version: CaseFile::VERSION, check, reason, backend: None, scenario };
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{}.json", std::process::id()));
        fs::write(&path, case.to_json()).unwrap();
        Self(path)
    }
}

impl Drop for Case {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The script of a case.
fn script(case: &Path, url: &str) -> String {
    let output = sessionspec("replay --as curl").arg(case).arg(url).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// What a shell makes of the script of a case. It ends only when everything ends that the script has started.
fn run(case: &Path, url: &str) -> Output {
    Command::new("sh").arg("-c").arg(script(case, url)).output().unwrap()
}

/// What the requests have answered, in the order in which the script prints it.
fn answers(case: &Path, backend: &str) -> Vec<String> {
    let output = run(case, &Served::new(backend).url);
    assert!(matches!(output.status.code(), Some(0 | 1)) && output.stderr.is_empty(), "{}", said(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| line.trim_start_matches("{\"results\":").trim_end_matches('}').to_owned())
        .collect()
}

fn of_fixtures(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/cases")).join(name)
}

#[test]
fn a_request_that_is_held_is_answered_after_the_one_that_it_undoes() {
    let case = of_fixtures("read-resurrects.json");
    let first = [r#"[{"ok":null}]"#, r#"[{"ok":null}]"#, r#"[{"ok":"red"},{"ok":null}]"#];
    let flawed = answers(&case, "flawed/reads-saved-by-upsert");
    assert_eq!(flawed[..3], first);
    assert_eq!(flawed[3..], [r#"[{"ok":{"colour":"red"}}]"#, r#"[{"ok":"red"}]"#]);
    let reference = answers(&case, "reference");
    assert_eq!(reference[..3], first);
    assert_eq!(reference[3..], [r#"[{"ok":{}}]"#, r#"[{"absent":true}]"#]);
}

#[test]
fn five_requests_wait_at_one_gate() {
    let case = of_fixtures("fifth-save-dropped.json");
    let read = |answers: Vec<String>| answers.into_iter().find(|answer| answer.contains("write")).unwrap();
    assert_eq!(read(answers(&case, "flawed/fifth-save-at-once-dropped")), r#"[{"ok":{"a":"write 6"}}]"#);
    assert_eq!(read(answers(&case, "reference")), r#"[{"ok":{"a":"write 19"}}]"#);
}

#[test]
fn a_late_answer_takes_no_cookie_away_that_it_does_not_name() {
    let scenario = Scenario::new("logged-out")
        .cycle("ann", [set("a", 1).is_done()])
        .cycle("ann", [get("a").unjudged(), hold("gate").unjudged()])
        .cycle("ann", [Operation::Regenerate.is_done()])
        .release("gate")
        .cycle("ann", [get("a").is(1)]);
    let case = Case::new("late-answer", scenario);
    assert_eq!(answers(&case.0, "reference").last().unwrap(), r#"[{"ok":1}]"#);
    let removes = answers(&of_fixtures("late-answer-logs-out.json"), "flawed/late-save-removes-the-cookie");
    assert_eq!(removes.last().unwrap(), r#"[{"absent":true}]"#);
}

#[test]
fn gates_one_after_the_other_and_a_request_that_nobody_waits_for() {
    let scenario = Scenario::new("r")
        .cycle("ann", [set("a", 1).is_done()])
        .cycle("ann", [hold("gate 1").is_done(), set("a", 2).is_done(), hold("it's gate 2").is_done()])
        .start("ann", [items().unjudged()])
        .cycle("bob", [hold("gate 1").is_done(), hold("gate 1").is_done(), set("b", 1).is_done()])
        .release("gate 1")
        .cycle("bob", [items().unjudged()]);
    let case = Case::new("two-gates", scenario);
    assert_eq!(
        answers(&case.0, "conforming/locked-per-session"),
        [
            r#"[{"ok":null}]"#,
            r#"[{"ok":null},{"ok":null},{"ok":null}]"#,
            r#"[{"ok":{"b":1}}]"#,
            r#"[{"ok":null},{"ok":null},{"ok":null}]"#,
            r#"[{"ok":{"a":2}}]"#,
        ]
    );
}

#[test]
fn a_forged_cookie_is_sent_until_there_is_a_real_one() {
    let scenario = Scenario::new("r")
        .cycle("ann", [set("a", 1).is_done()])
        .forge("ann", "bob", Forgery::Value(Spelling::Json))
        .cycle("bob", [get("a").is_absent(), set("b", 2).is_done()])
        .cycle("bob", [items().unjudged()]);
    let case = Case::new("forged", scenario);
    let expected = [r#"[{"ok":null}]"#, r#"[{"absent":true},{"ok":null}]"#, r#"[{"ok":{"b":2}}]"#];
    assert_eq!(answers(&case.0, "reference"), expected);
    let sent = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&sent);
    let service = Service::new(move |request| {
        heard.lock().unwrap().push(request.text());
        Answer::Good
    });
    assert!(run(&case.0, &service.url()).status.success());
    let sent = sent.lock().unwrap();
    assert!(sent[1].contains("\r\nCookie: session={\"admin\":true}\r\n"), "{}", sent[1]);
    assert!(sent[2].contains("\r\nCookie: session=") && !sent[2].contains("admin"), "{}", sent[2]);
}

#[test]
fn a_probe_that_cannot_hold_hinders_no_script() {
    let scenario = Scenario::new("r").cycle("ann", [hold("gate").is_done()]).release("gate");
    let case = Case::new("cannot-hold", scenario);
    let service = Service::new(|_| Answer::json(r#"{"results": [{"unsupported": true}]}"#));
    let output = run(&case.0, &service.url());
    assert_snapshot!(said(&output), @r#"
    {"results": [{"unsupported": true}]}
      operation 1, hold: expected done, came {"unsupported": true}  <- here
    it fails here, where the arrow points
    if it is such a backend as the one on which this was found: sessionspec replay looks at that first
    exit 1
    "#);
}

#[test]
fn the_script_says_what_was_expected_and_ends_as_the_case_does() {
    let case = of_fixtures("pop-keeps.json");
    let shown = |answers: &'static str| {
        let service = Service::new(move |_| Answer::json(answers));
        said(&run(&case, &service.url()))
    };
    assert_snapshot!(shown(r#"{"results": [{"ok": null}, {"ok": ""}, {"ok": {"a": ""}}]}"#), @r#"
    {"results": [{"ok": null}, {"ok": ""}, {"ok": {"a": ""}}]}
      operation 1, set: expected done, came {"ok": null}
      operation 2, pop: expected "", came {"ok": ""}
      operation 3, items: expected {}, came {"ok": {"a": ""}}  <- here
    it fails here, where the arrow points
    if it is such a backend as the one on which this was found: sessionspec replay looks at that first
    exit 1
    "#);
    assert_snapshot!(shown(r#"{"results": [{"ok": null}, {"ok": ""}, {"ok": {"_permanent": false}}]}"#), @r#"
    {"results": [{"ok": null}, {"ok": ""}, {"ok": {"_permanent": false}}]}
      operation 1, set: expected done, came {"ok": null}
      operation 2, pop: expected "", came {"ok": ""}
      operation 3, items: expected {}, came {"ok": {"_permanent": false}}
    it does not fail here
    exit 0
    "#);
    assert_snapshot!(shown(r#"{"results": [{"ok": null}, {"ok": ""}, {"ok": {}}], "save_error": "full"}"#), @r#"
    {"results": [{"ok": null}, {"ok": ""}, {"ok": {}}], "save_error": "full"}
      the session was not saved: full  <- here
      operation 1, set: expected done, came {"ok": null}
      operation 2, pop: expected "", came {"ok": ""}
      operation 3, items: expected {}, came {"ok": {}}
    it fails here, where the arrow points
    if it is such a backend as the one on which this was found: sessionspec replay looks at that first
    exit 1
    "#);
    assert_snapshot!(shown("<html>"), @"
    <html>
      a 200 without the answers of the handler: nothing can be compared
    not everything was compared: look at what was expected
    exit 3
    ");
}

#[test]
fn values_are_compared_as_replay_compares_them() {
    let expected = json!({"n": 1, "t": [true, {"a": null}]});
    let scenario = Scenario::new("r").cycle("ann", [get("k").is(expected), get("k").is(json!(true))]);
    let case = Case::new("values", scenario);
    let code = |first: &'static str, second: &'static str| {
        let service = Service::new(move |_| {
            Answer::json(&format!(r#"{{"results": [{{"ok": {first}}}, {{"ok": {second}}}]}}"#))
        });
        run(&case.0, &service.url()).status.code()
    };
    assert_eq!(code(r#"{"t": [true, {"a": null}], "n": 1.0}"#, "true"), Some(0));
    assert_eq!(code(r#"{"t": [1, {"a": null}], "n": 1}"#, "true"), Some(1));
    assert_eq!(code(r#"{"t": [true, {}], "n": 1}"#, "true"), Some(1));
    assert_eq!(code(r#"{"t": [true, {"a": null}], "n": 1}"#, "1"), Some(1));
}

#[test]
fn a_cookie_is_kept_for_good() {
    let scenario = Scenario::new("r")
        .cycle("ann", [set("a", 1).is_done()])
        .forge("ann", "thief", Forgery::Replayed)
        .cycle("ann", [Operation::Destroy.is_done()])
        .cycle("thief", [get("a").is_absent()]);
    let case = Case::new("kept", scenario);
    assert_eq!(run(&case.0, &Served::new("reference").url).status.code(), Some(0));
    let output = run(&case.0, &Served::new("flawed/destroy-keeps-the-record").url);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
}

#[test]
fn without_python_the_script_judges_nothing() {
    let served = Served::new("reference");
    let script = script(&of_fixtures("pop-keeps.json"), &served.url);
    let hidden = script.replace("command -v python3", "command -v no-such-python");
    let output = Command::new("sh").arg("-c").arg(hidden).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
}

#[test]
fn of_a_service_that_is_not_there_nobody_can_say_anything() {
    // Its port is free again.
    let url = Served::new("reference").url.clone();
    for case in ["read-resurrects.json", "fifth-save-dropped.json"] {
        let text = said(&run(&of_fixtures(case), &url));
        assert!(text.starts_with("curl: (7) ") && text.ends_with("exit 3"), "{text}");
        assert!(text.contains(&format!("no answer came from {url}: curl ended with 7")), "{text}");
    }
}

#[test]
fn without_python_the_script_says_so() {
    let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tools.{}", std::process::id()));
    fs::create_dir_all(&tools).unwrap();
    for tool in ["mktemp", "touch", "rm"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().unwrap();
        let found = String::from_utf8(found.stdout).unwrap();
        std::os::unix::fs::symlink(found.trim(), tools.join(tool)).unwrap();
    }
    let script = script(&of_fixtures("read-resurrects.json"), "http://127.0.0.1:1/probe");
    let output = Command::new("/bin/sh").arg("-c").arg(script).env("PATH", &tools).output().unwrap();
    fs::remove_dir_all(&tools).unwrap();
    assert_eq!(said(&output), "this script needs python3, which serves its gates\nexit 3");
}
