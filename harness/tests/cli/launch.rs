//! `--launch`: a service is started, and gone afterwards with all its children, however the run ends.

use std::io::{BufRead, BufReader};
use std::process::{Output, Stdio};

use insta::assert_snapshot;

use crate::support::{Answer, Launch, Service, complaint, ending, sessionspec, without_numbers};

#[test]
fn the_service_and_its_children_are_gone_after_a_run() {
    let launch = Launch::new("gone_after_a_run");
    let run = launch.start("run --check minimum/opens-empty", "");
    let service = Service::at(launch.port(), |_| Answer::Good);
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(service.asked() > 0);
    assert_eq!(launch.survivors(), "");
}

#[test]
fn the_service_and_its_children_are_gone_after_the_harness_was_killed() {
    let launch = Launch::new("harness_killed");
    let mut run = launch.start("run --check minimum/opens-empty", "");
    let (tell, told) = std::sync::mpsc::channel();
    let _service = Service::at(launch.port(), move |_| {
        // Nobody may listen any more.
        let _ = tell.send(());
        Answer::Silence
    });
    told.recv().unwrap();
    // No handler can see this.
    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(launch.survivors(), "");
}

#[test]
fn a_child_that_ignores_the_request_to_end_is_killed() {
    let launch = Launch::new("killed");
    let run = launch.start("run --check minimum/opens-empty", "trap '' TERM; ");
    let _service = Service::at(launch.port(), |_| Answer::Good);
    assert_eq!(run.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(launch.survivors(), "");
}

#[test]
fn what_the_service_said_is_quoted_when_it_fails() {
    let launch = Launch::new("fails");
    let run = launch.start("run", "echo 'OperationalError: database is locked' >&2; ");
    let _service = Service::at(launch.port(), |request| match request.ops {
        Some(_) => {
            Answer::response("500 Internal Server Error", "text/html", "<h1>Internal Server Error</h1>")
        }
        None => Answer::Good,
    });
    assert_snapshot!(complaint(&run.wait_with_output().unwrap()), @"
    sessionspec: nothing could be judged; an empty cycle: it answered 500: a page: Internal Server Error; its last words: OperationalError: database is locked
    exit 3
    ");
    assert_eq!(launch.survivors(), "");
}

#[test]
fn what_the_service_said_is_quoted_when_it_dies_midway() {
    let launch = Launch::new("dies");
    let run = launch.start("run --check minimum/opens-empty", "echo 'Killed: out of memory' >&2; ");
    let _service =
        Service::at(launch.port(), |request| if request.number < 20 { Answer::Good } else { Answer::Death });
    let output = run.wait_with_output().unwrap();
    // The command is a line of shell with a folder of this machine in it.
    let ending = ending(&output);
    let (before, rest) = ending.split_once("next: sessionspec doctor --launch ").unwrap();
    let (_, after) = rest.split_once('\n').unwrap();
    assert_snapshot!(format!("{before}next: sessionspec doctor --launch [command]\n{after}"), @"
    Checks
      unverified      minimum/opens-empty: the service is gone: the service cannot
                      be reached: Connection refused (os error [n])

    1 unverified
    incomplete: the service is gone: the service cannot be reached: Connection
      refused (os error [n]); its last words: Killed: out of memory
    minimum: not verified
    next: sessionspec doctor --launch [command]
    sessionspec: the report is incomplete: the service is gone: the service cannot be reached: Connection refused (os error [n]); its last words: Killed: out of memory
    exit 3
    ");
    assert_eq!(launch.survivors(), "");
}

/// Whoever writes `{lifetime}` wants the end of sessions to be seen, and that needs a declaration, too.
#[test]
fn a_lifetime_that_is_asked_for_and_not_declared_is_told() {
    let command = |backend: &str| {
        let program = env!("CARGO_BIN_EXE_sessionspec");
        format!(": {{lifetime}}; exec {program} serve --backend {backend} --addr 127.0.0.1:{{port}}")
    };
    let note = "the command has a {lifetime}, and the probe's description names neither";
    for (backend, is_told) in [("conforming/short-lifetimes-refused", true), ("reference", false)] {
        let run =
            sessionspec("run --check minimum/opens-empty --launch").arg(command(backend)).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&run.stderr).contains(note), is_told, "{backend}");
    }
    let doctor =
        sessionspec("doctor --launch").arg(command("conforming/short-lifetimes-refused")).output().unwrap();
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("  remark   {lifetime}\n"));
}

#[test]
fn the_command_does_not_exist() {
    // What the shell says about it differs from shell to shell.
    let complaint = complaint(&launched("no-such-command {port}"));
    assert!(
        complaint.starts_with("sessionspec: `no-such-command {port}` ended (exit status: 127)"),
        "{complaint}"
    );
    assert!(complaint.contains("not found"), "{complaint}");
    assert!(complaint.ends_with("exit 3"), "{complaint}");
}

#[test]
fn the_command_ends_at_once() {
    assert_snapshot!(complaint(&launched("echo 'no module named app' >&2; exit 4")), @"
    sessionspec: `echo 'no module named app' >&2; exit 4` ended (exit status: 4) before it listened on port [n]; its last words: no module named app
    exit 3
    ");
}

#[test]
fn the_command_goes_into_the_background() {
    assert_snapshot!(complaint(&launched("sleep 30 &")), @"
    sessionspec: `sleep 30 &` ended (exit status: 0) before it listened on port [n], but has to stay in the foreground; it said nothing on standard error
    exit 3
    ");
}

#[test]
fn the_command_never_listens() {
    let output = sessionspec("run --start-timeout 0.2 --launch").arg("exec sleep 30").output().unwrap();
    assert_snapshot!(complaint(&output), @"
    sessionspec: `exec sleep 30` does not listen on 127.0.0.1:[n] after 0.2 s; it gets the port as {port} and in PORT; it said nothing on standard error
    exit 3
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_that_listens_elsewhere_is_told_before_it_is_given_up() {
    let ignores_its_port = format!("exec '{}' serve --addr 127.0.0.1:0", env!("CARGO_BIN_EXE_sessionspec"));
    let mut run = sessionspec("run --start-timeout 600 --launch");
    let mut run = run.arg(ignores_its_port).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut notice = String::new();
    BufReader::new(run.stderr.take().unwrap()).read_line(&mut notice).unwrap();
    run.kill().unwrap();
    run.wait().unwrap();
    assert_snapshot!(without_numbers(&notice), @"sessionspec: the service has to listen on 127.0.0.1, on the port that it gets as {port} and in PORT; so far it listens on 127.0.0.1:[n]");
}

#[test]
fn the_command_gets_a_lifetime_that_can_be_waited_for() {
    let command = "echo 'no sessions of {lifetime} s' >&2; exit 4";
    let said = |arguments: &str| complaint(&sessionspec(arguments).arg(command).output().unwrap());
    assert!(
        said("run --launch").contains("its last words: no sessions of 5 s\n"),
        "{}",
        said("run --launch")
    );
    let asked = said("run --lifetime 86400.5 --launch");
    assert!(asked.contains("its last words: no sessions of 86400.5 s\n"), "{asked}");
}

#[test]
fn a_lifetime_needs_a_place_in_the_command() {
    let refused = |arguments: &str| complaint(&sessionspec(arguments).output().unwrap());
    assert_snapshot!(refused("run --lifetime 2 --launch true"), @"
    sessionspec: --lifetime takes the place of {lifetime} in the command, and there is none
    exit 2
    ");
    assert_snapshot!(refused("run --lifetime 2 http://127.0.0.1:1/probe"), @"
    sessionspec: --lifetime is for a service that is started, with {lifetime} in its command; this one is not
    exit 2
    ");
    assert_eq!(refused("run --lifetime 2"), refused("run --lifetime 2 http://127.0.0.1:1/probe"));
    for lifetime in ["0", "-1", "soon", "inf"] {
        let output = sessionspec("run --launch {lifetime}").arg(format!("--lifetime={lifetime}")).output();
        assert_eq!(output.unwrap().status.code(), Some(2), "{lifetime}");
    }
}

fn launched(command: &str) -> Output {
    sessionspec("run --launch").arg(command).output().unwrap()
}
