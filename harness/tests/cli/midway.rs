//! Services that fail in the middle of a run: what was found so far is kept, and the rest is marked.

use std::process::Output;

use insta::assert_snapshot;

use crate::support::{Answer, Service, ending, outcome, pops_in_a_check, sessionspec};

/// Runs three checks, of which the second one pops and clears.
fn run_three_checks(service: &Service) -> Output {
    let checks = ["opens-empty", "each-mutator-persists", "browsers-isolated"];
    let checks = checks.map(|check| format!("--check=minimum/{check}"));
    sessionspec("run").args(checks).arg(service.url()).output().unwrap()
}

#[test]
fn dies_in_the_survey() {
    let service = Service::new(|request| if request.number < 20 { Answer::Good } else { Answer::Death });
    let output = sessionspec("run --check minimum/opens-empty").arg(service.url()).output().unwrap();
    assert_snapshot!(ending(&output), @"
    Checks
      unverified      minimum/opens-empty: the service is gone: the service cannot
                      be reached: Connection refused (os error [n])

    1 unverified
    incomplete: the service is gone: the service cannot be reached: Connection
      refused (os error [n])
    minimum: not verified
    next: sessionspec doctor http://127.0.0.1:[n]/probe
    sessionspec: the report is incomplete: the service is gone: the service cannot be reached: Connection refused (os error [n])
    exit 3
    ");
}

#[test]
fn dies_midway() {
    let is_time = pops_in_a_check();
    let service = Service::new(move |request| if is_time(request) { Answer::Death } else { Answer::Good });
    assert_snapshot!(ending(&run_three_checks(&service)), @"
    Checks
      pass            minimum/opens-empty
      error           minimum/each-mutator-persists: the service cannot be reached:
                      Connection refused (os error [n])
      unverified      minimum/browsers-isolated: the service is gone: the service
                      cannot be reached: Connection refused (os error [n])

    1 pass, 1 unverified, 1 error
    incomplete: the service is gone: the service cannot be reached: Connection
      refused (os error [n])
    minimum: not verified
    next: sessionspec doctor http://127.0.0.1:[n]/probe
    sessionspec: the report is incomplete: the service is gone: the service cannot be reached: Connection refused (os error [n])
    exit 3
    ");
}

#[test]
fn answers_one_cycle_with_a_page() {
    let is_time = pops_in_a_check();
    let service = Service::new(move |request| {
        if is_time(request) {
            Answer::response("200 OK", "text/html", "<h1>Please log in</h1>")
        } else {
            Answer::Good
        }
    });
    assert_snapshot!(ending(&run_three_checks(&service)), @"
    Checks
      pass            minimum/opens-empty
      pass            minimum/browsers-isolated
      error           minimum/each-mutator-persists: this is no probe: its answer is
                      no JSON (expected value at line 1 column 1): a page: Please
                      log in

    2 pass, 1 error
    minimum: not verified
    next: sessionspec doctor http://127.0.0.1:[n]/probe
    exit 3
    ");
}

#[test]
fn fails_on_one_operation() {
    let service = Service::new(|request| match &request.ops {
        Some(ops) if ops.iter().any(|op| op == "clear") => {
            Answer::response("500 Internal Server Error", "text/html", "<h1>Internal Server Error</h1>")
        }
        _ => Answer::Good,
    });
    assert_snapshot!(ending(&run_three_checks(&service)), @r#"
    Checks
      pass            minimum/opens-empty
      pass            minimum/browsers-isolated
      fail            minimum/each-mutator-persists

    Failures
    A cycle is one request of a browser (ann, bob, …): the backend opens its
    session, the handler does what is listed, the backend saves. <1> is an id or a
    secret; the same number is the same value.

    minimum/each-mutator-persists (minimum, data loss): request-failed (clear)
      promised  Every way to change a session is saved, also as the only change of a
                cycle.
                CONTRACT.md, save.each-mutator
      cycle 1   ann sends no cookie
                  set("colour", "red")  =>  done
                  set("size", "small")  =>  done
                Set-Cookie: session=<1>; Path=/; HttpOnly; SameSite=Lax
      cycle 2   ann sends Cookie: session=<1>
                  clear()  =>  no answer
                500: a page: Internal Server Error  <- here
      cycle 3   ann sends Cookie: session=<1>
                  items()  =>  {"colour":"red","size":"small"}
                  contains("colour")  =>  true
      expected  the request is answered, and the session saved
      seen      a 500: a page: Internal Server Error
      replay    sessionspec run http://127.0.0.1:[n]/probe \
                  --check minimum/each-mutator-persists --level minimum

    2 pass, 1 fail
    minimum: fails
    fails (data loss): minimum/each-mutator-persists
    next: sessionspec explain minimum/each-mutator-persists
    exit 1
    "#);
}

#[test]
fn hangs_on_one_operation() {
    let service = Service::new(|request| match &request.ops {
        Some(ops) if ops.iter().any(|op| op == "clear") => Answer::Silence,
        _ => Answer::Good,
    });
    let mut command =
        sessionspec("run --timeout 1 --check minimum/opens-empty --check minimum/each-mutator-persists");
    assert_snapshot!(outcome(&command.arg(service.url()).output().unwrap()), @r#"
    sessionspec 0.1.0: sessionspec-reference 0.1.0, http
    seed 0, 100 cases for each property

    Observed
      modified            tracked, as declared
      new                 real, as declared
      permanent           in-data, as declared
      permanent default   false
      nested              untracked, as declared
      store               server, as declared
      empty               kept, although declared removed
      on_error            saved, as declared
      on 404              saved
      on 500              saved
      cookie re-sent      never
      re-sent when older  unknown
      values              json
      numbers             exact
      at once             many
      concurrency         last-write-wins, as declared
      unsaved changes     unseen
      rotation over end   carried on
      two rotations       both ids live
      expiry              unknown, declared absolute
      cookies             session
      own keys            _permanent
      unsupported         none

    Checks
      pass            minimum/opens-empty
      fail            minimum/each-mutator-persists

    Failures
    A cycle is one request of a browser (ann, bob, …): the backend opens its
    session, the handler does what is listed, the backend saves. <1> is an id or a
    secret; the same number is the same value.

    minimum/each-mutator-persists (minimum, data loss): request-failed (clear)
      promised  Every way to change a session is saved, also as the only change of a
                cycle.
                CONTRACT.md, save.each-mutator
      cycle 1   ann sends no cookie
                  set("colour", "red")  =>  done
                  set("size", "small")  =>  done
                Set-Cookie: session=<1>; Path=/; HttpOnly; SameSite=Lax
      cycle 2   ann sends Cookie: session=<1>
                  clear()  =>  no answer
                no answer within 1 s  <- here
      expected  the request is answered, and the session saved
      seen      no answer within 1 s
      replay    sessionspec run http://127.0.0.1:[n]/probe --timeout 1 \
                  --check minimum/each-mutator-persists --level minimum

    1 pass, 1 fail
    minimum: fails
    fails (data loss): minimum/each-mutator-persists
    next: sessionspec explain minimum/each-mutator-persists
    exit 1
    "#);
}

#[test]
fn falls_silent_after_the_first_contact() {
    let service = Service::new(|request| if request.number < 8 { Answer::Good } else { Answer::Silence });
    let output =
        sessionspec("run --timeout 1 --check minimum/opens-empty").arg(service.url()).output().unwrap();
    assert_snapshot!(ending(&output), @"
    Checks
      unverified      minimum/opens-empty: the service is gone: no answer within 1 s

    1 unverified
    incomplete: the service is gone: no answer within 1 s
    minimum: not verified
    next: sessionspec doctor http://127.0.0.1:[n]/probe --timeout 1
    sessionspec: the report is incomplete: the service is gone: no answer within 1 s
    exit 3
    ");
    assert!(service.asked() < 20, "it was asked {} times", service.asked());
}
