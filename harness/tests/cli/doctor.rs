//! `sessionspec doctor`: a good probe, a careless one, and services that are none.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use insta::assert_snapshot;

use crate::support::{Answer, Service, careless_probe, complaint, outcome, sessionspec};

/// What the doctor says about the probe at this URL.
fn diagnosis(url: &str, options: &str) -> String {
    outcome(&sessionspec("doctor").args(options.split_whitespace()).arg(url).output().unwrap())
}

#[test]
fn a_good_probe() {
    let mut served = sessionspec("serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(served.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let diagnosis = diagnosis(url.trim(), "");
    served.kill().unwrap();
    served.wait().unwrap();
    assert_snapshot!(diagnosis);
}

#[test]
fn a_careless_probe() {
    assert_snapshot!(diagnosis(&careless_probe(), "--timeout 2"));
}

#[test]
fn a_launched_probe() {
    let command = format!("{} serve --addr 127.0.0.1:{{port}}", env!("CARGO_BIN_EXE_sessionspec"));
    let output = sessionspec("doctor --launch").arg(&command).output().unwrap();
    let diagnosis = outcome(&output).replace(&command, "[command]");
    assert_snapshot!(diagnosis[diagnosis.find("Ending").unwrap()..], @"
    Ending
      ok       SIGTERM                 it ended

    42 ok, 0 missing, 0 wrong
    This is a probe; what its sessions are worth is another question.
    next: sessionspec run --launch '[command]'
    exit 0
    ");
}

#[test]
fn a_null_session_is_no_fault_of_the_probe() {
    let service = Service::new(|request| match request.ops.as_deref() {
        Some([first, ..]) if first == "set" => {
            Answer::json(r#"{"results": [{"error": "there is no secret key"}]}"#)
        }
        _ => Answer::Good,
    });
    let diagnosis = diagnosis(&service.url(), "");
    assert_snapshot!(diagnosis[diagnosis.find("Operations").unwrap()..], @"
    Operations
      remark   set
               the session refuses items: there is no secret key. If it has to (a
               null session, as without a secret key), this is right, and `run`
               judges it; operations and cookies cannot be looked at

    Requests
      ok       malformed bodies
      ok       a body of 8 MiB
      ok       respond
      ok       header
      ok       raise

    Holding
      ok       hold                    reached the harness, and went on
      ok       an error of the gate
      ok       not https
      ok       no user information
      ok       no other machine
      ok       eight cycles at once

    15 ok, 0 missing, 0 wrong
    This is a probe; what its sessions are worth is another question.
    next: sessionspec run http://127.0.0.1:[n]/probe
    exit 0
    ");
}

#[test]
fn nothing_at_all() {
    let output = sessionspec("doctor http://127.0.0.1:1/probe").output().unwrap();
    assert_snapshot!(complaint(&output), @"
    sessionspec: there is nothing to look at: the service cannot be reached: Connection refused (os error [n]); start the service, or let --launch start it
    exit 3
    ");
}

#[test]
fn a_website() {
    let service =
        Service::new(|_| Answer::response("200 OK", "text/html", "<!doctype html>\n<h1>Welcome!</h1>"));
    assert_snapshot!(diagnosis(&service.url(), ""), @r#"
    sessionspec doctor http://127.0.0.1:[n]/probe

    Description (GET)
      wrong    protocol
               GET answers an object in JSON, as {"protocol": 1}; this answered:
               <!doctype html> <h1>Welcome!</h1>

    Cycles (POST)
      wrong    an empty cycle
               this is no probe: its answer is no JSON (expected value at line 1
               column 1): <!doctype html> <h1>Welcome!</h1>

    0 ok, 0 missing, 2 wrong
    Mend what is wrong first; harness/PROTOCOL.md says what a probe answers.
    next: sessionspec doctor http://127.0.0.1:[n]/probe
    exit 1
    "#);
}

#[test]
fn a_probe_that_hangs_on_one_operation() {
    let service = Service::new(|request| match &request.ops {
        Some(ops) if ops.iter().any(|op| op == "clear") => Answer::Silence,
        _ => Answer::Good,
    });
    let diagnosis = diagnosis(&service.url(), "--timeout 1");
    let of_clear: Vec<&str> = diagnosis.lines().skip_while(|line| !line.contains("clear")).take(2).collect();
    assert_snapshot!(of_clear.join("\n"), @"
    wrong    clear
             no answer within 1 s
    ");
    assert!(diagnosis.contains("\n40 ok, 0 missing, 1 wrong\n"), "{diagnosis}");
}

#[test]
fn a_probe_that_falls_silent() {
    let service = Service::new(|request| if request.number < 8 { Answer::Good } else { Answer::Silence });
    assert_snapshot!(diagnosis(&service.url(), "--timeout 1"), @"
    sessionspec doctor http://127.0.0.1:[n]/probe --timeout 1

    Description (GET)
      ok       protocol                1
      ok       name                    sessionspec-reference 0.1.0
      ok       declares
               modified tracked, new real, permanent in-data, nested untracked,
               store server, concurrency last-write-wins, expiry absolute, on_error
               saved, empty removed

    Cycles (POST)
      ok       an empty cycle

    Operations
      ok       set
      ok       get
      ok       contains
      ok       delete
      ok       pop
      ok       setdefault
      wrong    update
               no answer within 1 s
      wrong    the service
               it does not answer any more, so that the rest was not looked at

    10 ok, 0 missing, 2 wrong
    Mend what is wrong first; harness/PROTOCOL.md says what a probe answers.
    next: sessionspec doctor http://127.0.0.1:[n]/probe --timeout 1
    exit 1
    ");
}
