//! `sessionspec doctor`: a good probe, a careless one, and services that are none.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use insta::assert_snapshot;

use crate::support::{Answer, Service, Slip, careless_probe, complaint, outcome, sessionspec, slipping};

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

/// The command of a service that can be launched, and what the doctor says of it from its ending on.
fn launched(before: &str) -> String {
    let command =
        format!("{before} exec {} serve --addr 127.0.0.1:{{port}}", env!("CARGO_BIN_EXE_sessionspec"));
    let output = sessionspec("doctor --launch").arg(&command).output().unwrap();
    let diagnosis = outcome(&output).replace(&command.replace('\'', r"'\''"), "[command]");
    diagnosis[diagnosis.find("Ending").unwrap()..].to_owned()
}

#[test]
fn a_launched_probe() {
    assert_snapshot!(launched("test \"$SESSIONSPEC_PROBE\" = 1 || exit 2;"), @"
    Ending
      ok       SIGTERM                 it ended

    44 ok, 0 missing, 0 wrong
    This is a probe; what its sessions are worth is another question.
    next: sessionspec run --level hardened --launch '[command]'
    exit 0
    ");
}

#[test]
fn a_launched_probe_without_its_guard() {
    assert_snapshot!(launched("export SESSIONSPEC_PROBE=1;"), @"
    Ending
      ok       SIGTERM                 it ended
      wrong    the guard
               started without SESSIONSPEC_PROBE=1 it serves all the same: a probe
               that is deployed by accident lets anybody edit their session, so it
               has to end, or not to be mounted

    44 ok, 0 missing, 1 wrong
    Mend what is wrong first; harness/PROTOCOL.md says what a probe answers.
    next: sessionspec doctor --launch '[command]'
    exit 1
    ");
}

/// What the doctor says of a probe with this slip that is not `ok`.
fn found(slip: Slip) -> String {
    let diagnosis = diagnosis(&slipping(slip).url(), "");
    let mut found = Vec::new();
    let mut is_found = false;
    for line in diagnosis.lines() {
        let starts = |verdict: &str| line.starts_with(&format!("  {verdict} "));
        is_found =
            ["remark", "wrong", "missing"].into_iter().any(starts) || (is_found && line.starts_with("     "));
        if is_found {
            found.push(line);
        }
    }
    found.join("\n")
}

#[test]
fn a_probe_behind_a_guard() {
    assert_snapshot!(found(Slip::BehindAGuard), @r#"
    wrong    an empty cycle
             the request failed with 403: the page "403 Forbidden": Forbidden
             (403) CSRF verification failed. Request aborted.; that is a guard
             against cross-site requests (CSRF), which wants a token that a probe
             does not have: exempt the probe's path from it, or mount the probe in
             front of it
    "#);
}

#[test]
fn a_store_that_was_not_told_of_lists() {
    assert_snapshot!(found(Slip::FailsOnLists), @r#"
    remark   a list
             ["red",7] cannot be saved: the request failed with 500: gob: type not
             registered for interface: []interface {}. Level minimum asks for it.
             Where the store wants to know the types of what it keeps, as
             gob.Register tells it in Go, tell it before the probe serves
    "#);
}

#[test]
fn a_get_that_uses_the_session() {
    assert_snapshot!(found(Slip::GetUsesTheSession), @"
    remark   Vary: Cookie
             GET uses no session; if you can, mount it in front of the sessions
    ");
}

#[test]
fn an_empty_cycle_that_looks_at_the_session() {
    assert_snapshot!(found(Slip::EmptyCycleLooks), @"
    remark   the empty cycle
             it says `Vary: Cookie` to a visitor who used no session; is that the
             framework's way, or that of an option such as `rolling`, or does the
             probe look at the session?
    ");
}

#[test]
fn a_result_that_is_a_reference() {
    assert_snapshot!(found(Slip::SetdefaultGivesAReference), @r#"
    wrong    results are snapshots
             a `setdefault` before `set_in` shows what came after it
             ({"ok":{"n":"new"}}): encode each result before the next operation
    "#);
}

#[test]
fn a_status_without_a_body_that_is_obeyed() {
    assert_snapshot!(found(Slip::RespondsWithoutABody), @r#"
    wrong    respond
             respond(204) was obeyed, and its results are lost; an answer with
             that status has no body: declare it in `without_body`, or answer
             {"error": …}
    "#);
}

#[test]
fn a_status_without_a_body_that_is_declared_and_not_obeyed() {
    assert_snapshot!(found(Slip::AnswersWithABody), @r#"
    wrong    without_body
             respond(204) answered {"ok":null} with the status 200; `without_body`
             says that the request ends with 204
    "#);
}

#[test]
fn a_body_after_a_status_without_one() {
    assert_snapshot!(found(Slip::SendsABodyAllTheSame), @r#"
    wrong    without_body
             after the head of a 204, the service sends what no such response has,
             and what clients take for the beginning of the next one: {"results":
             []}
    "#);
}

#[test]
fn a_destroy_that_only_clears() {
    assert_eq!(found(Slip::None), "", "a probe that does better");
    assert_snapshot!(found(Slip::DestroyOnlyClears), @"
    remark   destroy
             the cookie of a destroyed session still opens it, emptied: does the
             probe map `destroy` to `clear`, or does the backend adopt ids that it
             does not know? A probe calls what the framework has for a logout, or
             answers unsupported where it has nothing
    ");
}

#[test]
fn a_destroy_that_ends_nothing() {
    let service = Service::in_front_of("flawed/destroy-keeps-the-record", |_| Answer::Good);
    let diagnosis = diagnosis(&service.url(), "");
    let of_destroy: Vec<&str> =
        diagnosis.lines().skip_while(|line| !line.starts_with("  remark ")).take(3).collect();
    assert_snapshot!(of_destroy.join("\n"), @"
    remark   destroy
             the cookie of a destroyed session still opens it, with its items:
             does the backend end it, and is it saved again when the request ends?
    ");
    // Nobody can take back what a cookie holds.
    let service = Service::in_front_of("conforming/signed-cookie", |_| Answer::Good);
    assert!(!self::diagnosis(&service.url(), "").contains("  remark "));
}

#[test]
fn a_lifetime_of_permanent_sessions_where_there_are_none() {
    assert_snapshot!(found(Slip::LifetimeWithoutPermanent), @r#"
    missing  permanent
             unsupported; level minimum asks for it, so see "Stand-ins" in
             harness/PROTOCOL.md
    missing  set_permanent
             unsupported; level minimum asks for it, so see "Stand-ins" in
             harness/PROTOCOL.md
    remark   lifetime_seconds
             2678400 is the lifetime of permanent sessions, and `set_permanent` is
             unsupported: leave it out, and name the lifetime of all sessions in
             `browser_lifetime_seconds`
    "#);
}

#[test]
fn a_lifetime_of_nothing_that_ends_with_the_browser() {
    assert_snapshot!(found(Slip::ZeroEndsWithTheBrowser), @"
    remark   set_lifetime
             set_lifetime(0) is done, its cookie ends with the browser, and the
             session lives 2 s later: where the framework's documentation gives 0
             another meaning than a lifetime, answer an error, and do not make the
             call
    ");
}

#[test]
fn answers_that_come_in_two_pieces() {
    assert_snapshot!(found(Slip::WritesTwice), @"
    remark   slow answers
             head and body of each answer come some 40 ms apart, which is TCP
             waiting for an acknowledgement: write them at once (in Python's
             http.server, one `wfile.write`), or set TCP_NODELAY; a run takes many
             times as long otherwise
    ");
}

#[test]
fn a_framework_that_ends_the_connection_after_an_exception() {
    let diagnosis = diagnosis(&slipping(Slip::DropsWhatRaises).url(), "");
    let of_raise: Vec<&str> = diagnosis.lines().filter(|line| line.contains("raise")).collect();
    assert_snapshot!(of_raise.join("\n"), @"  ok       raise                   the connection ended without an answer");
}

#[test]
fn a_framework_that_shows_a_page_after_an_exception() {
    assert_snapshot!(found(Slip::ShowsWhatRaises), @"
    remark   raise
             it was answered with 200, which says: a page: Oh!; is that what the
             framework makes of an exception, or does the probe catch it?
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
      ok       without_body            204, 205, 304
      ok       header
      ok       raise

    Holding
      ok       hold                    reached the harness, and went on
      ok       an error of the gate
      ok       not https
      ok       no user information
      ok       no other machine
      ok       eight cycles at once

    16 ok, 0 missing, 0 wrong
    This is a probe; what its sessions are worth is another question.
    next: sessionspec run --level hardened http://127.0.0.1:[n]/probe
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
               GET answers an object in JSON, as {"protocol": 1}; this answered: a
               page: Welcome!

    Cycles (POST)
      wrong    an empty cycle
               this is no probe: its answer is no JSON (expected value at line 1
               column 1): a page: Welcome!

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
    assert!(diagnosis.contains("\n42 ok, 0 missing, 1 wrong\n"), "{diagnosis}");
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
