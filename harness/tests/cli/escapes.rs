//! What others say acts on nobody's terminal, and does not fill it.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::{Answer, Launch, Service, said, sessionspec};

/// It would change the title of a window and the colour of what follows.
const HOSTILE: &str = "\u{1b}]0;mine\u{7}\u{1b}[31m\u{9b}2J\u{202e}";

/// A text with nothing in it that acts, and with what would have acted in a form that can be read.
fn assert_harmless(text: &str) {
    let acts = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!text.contains(acts), "{text:?}");
    assert!(text.contains("\\u{1b}]0;mine\\u{7}"), "{text}");
}

#[test]
fn an_error_page_acts_nowhere() {
    let service = Service::new(|_| Answer::response("500 Oh", "text/plain", HOSTILE));
    for command in ["run", "doctor"] {
        assert_harmless(&said(&sessionspec(command).arg(service.url()).output().unwrap()));
    }
}

#[test]
fn a_result_acts_nowhere() {
    let error = serde_json::json!({"results": [{"error": HOSTILE}]}).to_string();
    let service = Service::new(move |request| match request.ops.as_deref() {
        Some([op]) if op == "pop" => Answer::json(&error),
        _ => Answer::Good,
    });
    let check =
        "run --check minimum/opens-empty --check minimum/each-mutator-persists --color always --format text";
    let text = said(&sessionspec(check).arg(service.url()).output().unwrap());
    let plain = without_colours(&text);
    assert_harmless(&plain);
}

/// The text without the colours of the report's own.
fn without_colours(text: &str) -> String {
    let mut plain = String::new();
    for (index, part) in text.split("\u{1b}[").enumerate() {
        let own = if index == 0 { None } else { part.split_once('m') };
        match own {
            Some((numbers, rest)) if numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b';') => {
                plain.push_str(rest);
            }
            _ if index == 0 => plain.push_str(part),
            _ => panic!("no colour: {part:?}"),
        }
    }
    plain
}

#[test]
fn the_last_words_of_a_service_act_nowhere() {
    let launch = Launch::new("hostile_last_words");
    let run = launch.start("run", &format!("printf '%s\\n' '{HOSTILE}' >&2; "));
    let _service = Service::at(launch.port(), |_| Answer::response("500 Oh", "text/plain", "no"));
    assert_harmless(&said(&run.wait_with_output().unwrap()));
}

#[test]
fn a_long_answer_fills_no_screen() {
    let long = "all work and no play ".repeat(600_000);
    let error = serde_json::json!({"results": [{"error": long}]}).to_string();
    let service = Service::new(move |request| match request.ops.as_deref() {
        Some([_]) => Answer::json(&error),
        _ => Answer::Good,
    });
    let output = sessionspec("doctor").arg(service.url()).output().unwrap();
    assert!(output.stdout.len() < 200_000, "{} bytes", output.stdout.len());
    assert!(said(&output).contains("characters)"), "{}", said(&output));
}

#[test]
fn forms_for_programs_act_nowhere() {
    let path =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile.{}.json", std::process::id()));
    let run = "run --backend flawed/lone-pop-lost --check minimum/each-mutator-persists --format json";
    let mut report: Value = serde_json::from_slice(&sessionspec(run).output().unwrap().stdout).unwrap();
    report = report.as_array().map_or(report.clone(), |reports| reports[0].clone());
    report["backend"]["name"] = HOSTILE.into();
    report["backend"]["door"] = HOSTILE.into();
    report["checks"][0]["id"] = HOSTILE.into();
    fs::write(&path, report.to_string()).unwrap();
    report["checks"].as_array_mut().unwrap().clear();
    let other = path.with_extension("other.json");
    fs::write(&other, report.to_string()).unwrap();
    for command in [
        "render --as json",
        "known-failures",
        "badge",
        "compare",
        "diff --format json",
        "diff --format markdown",
        "diff --format text",
    ] {
        let mut command = sessionspec(command);
        command.arg(&path);
        if command.get_args().any(|argument| argument == "diff" || argument == "compare") {
            command.arg(&other);
        }
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.is_empty(), "{command:?}");
        let acts = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!text.contains(acts), "{command:?}: {text:?}");
    }
    fs::remove_file(path).unwrap();
    fs::remove_file(other).unwrap();
}

#[test]
fn a_case_of_somebody_else_acts_nowhere() {
    let path =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile_case.{}.json", std::process::id()));
    let replayed = |arguments: &str, op: &str| {
        let ops = json!([{"op": op, "key": HOSTILE, "value": HOSTILE}, {"op": "get", "key": HOSTILE}]);
        let expectations = json!([{"cycle": 0, "op": 1, "expected": {"answer": {"ok": "other"}}}]);
        let script = json!([{"cycle": {"browser": HOSTILE, "ops": ops}}]);
        let scenario = json!({"reason": HOSTILE, "script": script, "expectations": expectations});
        let case = json!({"version": 1, "check": HOSTILE, "reason": HOSTILE, "scenario": scenario});
        fs::write(&path, case.to_string()).unwrap();
        said(&sessionspec(arguments).arg(&path).output().unwrap())
    };
    let played = replayed("replay", "set");
    assert_harmless(&played);
    assert!(played.ends_with("exit 1"), "{played}");
    let unreadable = replayed("replay", HOSTILE);
    assert_harmless(&unreadable);
    assert!(unreadable.ends_with("exit 2"), "{unreadable}");
    let script = replayed("replay --as curl", "set");
    let acts = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!script.contains(acts) && script.ends_with("exit 0"), "{script:?}");
    fs::remove_file(path).unwrap();
}

#[test]
fn an_argument_acts_nowhere() {
    for option in ["--level", "--origin", "--check", "--suite", "--callback-addr", "--session-cookie"] {
        let output = sessionspec("run --backend reference").args([option, HOSTILE]).output().unwrap();
        let text = said(&output);
        let acts = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!text.contains(acts), "{option}: {text:?}");
        assert!(text.ends_with("exit 2") || text.ends_with("exit 3"), "{option}: {text:?}");
    }
}
