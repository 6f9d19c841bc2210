//! Probes that lack something, or say what is not so: what nobody has verified is no pass.

use std::io::Write;
use std::net::TcpStream;
use std::process::Command;

use sessionspec_backends::hollow_probes;

use crate::service::{Answer, Request, Service};
use crate::table::{CONFORMS, FAILS, NOT_VERIFIED, hold, row};

/// A service of which cycles with this operation are answered with these results.
fn saying(op: &'static str, result: &'static str) -> impl Fn(&Request) -> Answer + Send + Sync + 'static {
    move |request| match &request.ops {
        Some(ops) if ops.iter().any(|asked| asked == op) => {
            let results: Vec<&str> =
                ops.iter().map(|asked| if asked == op { result } else { r#"{"ok": null}"# }).collect();
            Answer::json(&format!("{{\"results\": [{}]}}", results.join(", ")))
        }
        _ => Answer::Good,
    }
}

/// A service that asks for the gate, as it has to, and does not wait for the answer.
fn impatient(request: &Request) -> Answer {
    let text = request.text();
    let url = text.split('"').find_map(|part| part.strip_prefix("http://"));
    if let (Some(url), Some(ops)) = (url, &request.ops) {
        let (authority, path) = url.split_once('/').unwrap();
        let mut gate = TcpStream::connect(authority).unwrap();
        write!(gate, "GET /{path} HTTP/1.1\r\nHost: {authority}\r\n\r\n").unwrap();
        let results = vec![r#"{"ok": null}"#; ops.len()];
        return Answer::json(&format!("{{\"results\": [{}]}}", results.join(", ")));
    }
    Answer::Good
}

#[test]
fn races_that_cannot_be_run_are_no_pass() {
    let race =
        "--timeout 5 --level recommended --check minimum/opens-empty --check concurrency/last-write-is-kept";
    hold(vec![
        row(
            "cannot hold a request",
            saying("hold", r#"{"unsupported": true}"#),
            race,
            NOT_VERIFIED,
            &["it answers `hold` with unsupported", "--callback-addr", "without races"],
        ),
        row(
            "does not reach the gate",
            saying("hold", r#"{"error": "no route to host"}"#),
            race,
            NOT_VERIFIED,
            &["its `hold` says: no route to host", "--callback-addr", "without races"],
        ),
        row(
            "does not wait at the gate",
            impatient,
            race,
            NOT_VERIFIED,
            &["since the probe answers `hold` as done and has not done it", "without races"],
        ),
        row(
            "says that it has held a request",
            saying("hold", r#"{"ok": null}"#),
            race,
            NOT_VERIFIED,
            &["nobody has asked for the gate", "since the probe answers `hold` as done and has not done it"],
        ),
    ]);
}

#[test]
fn endings_that_nobody_has_seen_are_no_pass() {
    let ending = "--level recommended --check minimum/opens-empty --check fault/consistent";
    hold(vec![
        row(
            "ignores raise",
            saying("raise", r#"{"ok": null}"#),
            "--check minimum/opens-empty",
            NOT_VERIFIED,
            &["since the probe answers `raise` as done and has not done it"],
        ),
        row(
            "ignores respond",
            saying("respond", r#"{"ok": null}"#),
            ending,
            NOT_VERIFIED,
            &["since the probe answers `respond` as done and has not done it"],
        ),
        row(
            "has no respond",
            saying("respond", r#"{"unsupported": true}"#),
            "--check fault/redirects-are-saved",
            NOT_VERIFIED,
            &["the probe has no `respond`, so that no handler chooses a status"],
        ),
        row(
            "cannot raise",
            saying("raise", r#"{"unsupported": true}"#),
            "--check minimum/opens-empty",
            CONFORMS,
            &["1 pass"],
        ),
    ]);
}

/// A service that performs cycles with this operation, and makes a page of the answer, with what the session sets.
fn made(op: &'static str, status: &'static str) -> impl Fn(&Request) -> Answer + Send + Sync + 'static {
    move |request| match &request.ops {
        Some(ops) if ops.iter().any(|asked| asked == op) => {
            Answer::altered(request.text(), move |response| {
                let (head, _) = response.split_once("\r\n\r\n").unwrap();
                let fields = head.lines().skip(1).filter(|line| !line.starts_with("content-length"));
                let fields: String = fields.map(|line| format!("{line}\r\n")).collect();
                format!("HTTP/1.1 {status}\r\n{fields}Content-Length: 19\r\n\r\n<title>Oops</title>")
            })
        }
        _ => Answer::Good,
    }
}

/// A service of which the probe refuses to end a request in a redirect, or in another success than 200.
fn never_redirecting(request: &Request) -> Answer {
    let text = request.text();
    let after = text.split("\"status\":").nth(1).map(str::trim_start);
    match (&request.ops, after) {
        (Some(ops), Some(status)) if status.starts_with(['2', '3']) => {
            let result = |op: &String| match op.as_str() {
                "respond" => r#"{"error": "errors alone"}"#,
                _ => r#"{"ok": null}"#,
            };
            let results: Vec<&str> = ops.iter().map(result).collect();
            Answer::json(&format!("{{\"results\": [{}]}}", results.join(", ")))
        }
        _ => Answer::Good,
    }
}

#[test]
fn a_status_that_the_handler_did_not_choose_is_no_pass() {
    let redirects = "--check minimum/opens-empty --check fault/redirects-are-saved";
    hold(vec![
        row(
            "crashes when it chooses a status",
            made("respond", "500 Oh"),
            redirects,
            FAILS,
            &["request-failed", "a 500, and not a 201: the page \"Oops\""],
        ),
        row(
            "refuses whoever chooses a status",
            made("respond", "400 Oh"),
            redirects,
            NOT_VERIFIED,
            &["a request was refused with a 400", "1 pass, 1 unverified"],
        ),
        row(
            "does not redirect, and says so",
            never_redirecting,
            redirects,
            NOT_VERIFIED,
            &["the probe's `respond` with", "says: errors alone", "1 pass, 1 unverified"],
        ),
        row(
            "does not redirect, where nothing else was asked",
            never_redirecting,
            "--check minimum/opens-empty --check minimum/values-survive",
            CONFORMS,
            &["2 pass"],
        ),
    ]);
}

/// What a framework makes of an exception is its own affair.
#[test]
fn an_exception_may_become_any_page() {
    let raising = "--level recommended --check minimum/opens-empty --check fault/consistent";
    hold(vec![
        row("redirects to a page for exceptions", made("raise", "302 Found"), raising, CONFORMS, &["2 pass"]),
        row("shows a page for exceptions", made("raise", "200 OK"), raising, CONFORMS, &["2 pass"]),
        row("calls exceptions a bad gateway", made("raise", "502 Bad"), raising, CONFORMS, &["2 pass"]),
    ]);
}

/// Whatever a probe says, nothing conforms where nothing is behind it.
#[test]
fn nothing_conforms_behind_a_hollow_probe() {
    let hollow = hollow_probes();
    assert!(hollow.len() >= 10);
    for embedded in hollow {
        let service = Service::in_front_of(embedded.name, |_| Answer::Good);
        let mut command = Command::new(env!("CARGO_BIN_EXE_sessionspec"));
        let output = command
            // The promises of level `minimum` are in these two.
            .args(["run", "--cases", "5", "--timeout", "5", "--suite", "minimum", "--suite", "fault"])
            .arg(service.url())
            .output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(matches!(output.status.code(), Some(1 | 3)), "{}: {said}", embedded.name);
        assert!(!said.contains(": conforms"), "{}: {said}", embedded.name);
    }
}
