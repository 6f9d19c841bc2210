//! The commands that write, render, compare and excuse reports, as people run them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod differences;
mod folder;
mod known_failures;
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use folder::Folder;
use sessionspec::Report;
use support::{command, sessionspec, stderr, stdout};

const RUN: [&str; 5] = ["run", "--backend", "flawed/lone-overwrite-lost", "--check", "minimum/*persists"];

fn run_with(more: &[&str]) -> Vec<String> {
    RUN.iter().chain(more).map(ToString::to_string).collect()
}

fn exit_of(arguments: &[String]) -> i32 {
    command().args(arguments).output().unwrap().status.code().unwrap()
}

#[test]
fn one_run_writes_as_many_forms_as_are_asked_for() {
    let folder = Folder::new("forms");
    let report = |form: &str| format!("--report={form}={}", folder.path(form));
    let forms = ["json", "junit", "tap", "markdown", "html", "text"].map(report);
    let output = command().args(RUN).args(&forms).output().unwrap();
    assert!(
        stdout(&output).starts_with("sessionspec "),
        "the text goes to standard output, where nothing else does"
    );
    assert_eq!(stdout(&output), folder.read("text"));
    let reports: Vec<Report> = serde_json::from_str(&folder.read("json")).unwrap();
    assert_eq!(reports.len(), 2);
    assert!(folder.read("junit").starts_with("<?xml"));
    assert!(folder.read("tap").starts_with("TAP version 14\n"));
    assert!(folder.read("markdown").starts_with("## Session conformance of "));
    assert!(folder.read("html").starts_with("<!DOCTYPE html>"));
}

#[test]
fn a_form_without_a_file_goes_to_standard_output_alone() {
    let short = command().args(RUN).args(["--format", "tap"]).output().unwrap();
    let long = command().args(RUN).args(["--report", "tap"]).output().unwrap();
    assert!(stdout(&long).starts_with("TAP version 14\n"));
    assert_eq!(stdout(&short), stdout(&long));
    let folder = Folder::new("short");
    let output =
        command().args(RUN).args(["--format", "tap", "--output", &folder.path("tap")]).output().unwrap();
    assert_eq!(stdout(&output), "");
    assert_eq!(folder.read("tap"), stdout(&long));
}

#[test]
fn wrong_usage_is_said_before_anything_is_run() {
    let folder = Folder::new("usage");
    let said = |arguments: &[&str]| folder.said(arguments);
    let nowhere = folder.path("nowhere/report.html");
    insta::assert_snapshot!([
        said(&["run", "--report", "json", "--report", "tap"]),
        said(&["run", "--report", &format!("html={nowhere}")]),
        said(&["run", "--known-failures", &folder.path("none.toml")]),
        said(&["render", &folder.path("none.json"), "--as", "html"]),
    ].join("\n"), @"
    sessionspec: only one report can go to standard output; give the others a file
    exit 2
    sessionspec: cannot write [folder]/nowhere/report.html: there is no folder [folder]/nowhere
    exit 2
    sessionspec: [folder]/none.toml: No such file or directory (os error 2); `sessionspec known-failures REPORT` writes such a list
    exit 2
    sessionspec: [folder]/none.json: No such file or directory (os error 2); `sessionspec run --report json=FILE` saves a report
    exit 2
    ");
    for (arguments, about) in [
        (
            ["run", "--report", "pdf"],
            "there is no form `pdf`; choose text, json, junit, tap, markdown or html",
        ),
        (["run", "--report", "html="], "name a file after the `=`"),
        (["run", "--color", "sometimes"], "[possible values: auto, always, never]"),
    ] {
        let output = sessionspec(&arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(about), "{}", stderr(&output));
    }
}

#[test]
fn help() {
    for command in ["render", "diff", "known-failures"] {
        let output = sessionspec(&[command, "--help"]);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("{command}.help"), stdout(&output));
        });
    }
}

#[test]
fn a_saved_report_is_rendered_as_the_run_would_have_been() {
    let folder = Folder::new("render");
    let json = folder.path("report.json");
    let output =
        command().args(RUN).args(["--report", "text", "--report", &format!("json={json}")]).output().unwrap();
    assert_eq!(stdout(&sessionspec(&["render", &json, "--as", "text"])), stdout(&output));
    assert_eq!(stdout(&sessionspec(&["render", &json, "--as", "json"])), folder.read("report.json"));
    let html = folder.path("report.html");
    sessionspec(&["render", &json, "--as", "html", "--output", &html]);
    assert!(folder.read("report.html").contains("each-mutator-persists"));
}

#[test]
fn what_is_no_report_of_this_version_is_refused_in_a_line() {
    let folder = Folder::new("garbage");
    let refused = |name: &str, text: &str| {
        let file = folder.write(name, text);
        folder.said(&["render", &file, "--as", "text"])
    };
    insta::assert_snapshot!([
        refused("prose.json", "It was a dark and stormy night."),
        refused("empty.json", ""),
        refused("list.json", "[]"),
        refused("other.json", r#"{"schema": 2, "everything": "else"}"#),
        refused("cut.json", r#"{"schema": 1, "suite_version": "0.1.0""#),
        refused("half.json", r#"{"schema": 1, "suite_version": "0.1.0"}"#),
    ].join("\n"), @"
    sessionspec: [folder]/prose.json is no report: expected value at line 1 column 1; `sessionspec run --report json=FILE` saves one
    exit 2
    sessionspec: [folder]/empty.json is no report: EOF while parsing a value at line 1 column 0; `sessionspec run --report json=FILE` saves one
    exit 2
    sessionspec: [folder]/list.json is no report: it is an empty list; `sessionspec run --report json=FILE` saves one
    exit 2
    sessionspec: [folder]/other.json is a report of schema 2, and this sessionspec reads schema 1; use the version that wrote it, or run it again
    exit 2
    sessionspec: [folder]/cut.json is no report: EOF while parsing an object at line 1 column 38; `sessionspec run --report json=FILE` saves one
    exit 2
    sessionspec: [folder]/half.json is no report: missing field `backend` at line 1 column 39; `sessionspec run --report json=FILE` saves one
    exit 2
    ");
}

#[test]
fn colours_follow_the_usual_conventions() {
    let coloured = |color: &[&str], variables: &[(&str, &str)]| {
        let output = command().args(RUN).args(color).envs(variables.iter().copied()).output().unwrap();
        assert_eq!(stderr(&output), "", "nobody watches, so there is no progress");
        stdout(&output).contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]), "a pipe has no colours");
    assert!(coloured(&["--color", "always"], &[]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]), "what is asked for here counts");
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    let folder = Folder::new("colours");
    let file = folder.path("report.txt");
    command().args(RUN).args(["--color", "always", "--output", &file]).output().unwrap();
    assert!(!folder.read("report.txt").contains('\u{1b}'), "a file has no colours");
}

#[test]
fn what_is_known_when_it_is_stopped_is_reported() {
    let folder = Folder::new("stopped");
    let json = folder.path("report.json");
    let child = command()
        .args(["run", "--check", "minimum/opens-empty", "--check", "minimum/persists"])
        .args(["--cases", "1000000", "--report", &format!("json={json}")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(2));
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT)
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(stdout(&output).contains("incomplete"), "{}", stdout(&output));
    let report: Report = serde_json::from_str(&folder.read("report.json")).unwrap();
    assert!(report.incomplete.is_some());
    assert_eq!(report.checks[0].verdict, sessionspec::Verdict::Pass, "what was known stays known");
}

#[test]
fn somebody_who_watches_sees_how_far_it_is() {
    let (mut ours, theirs) = terminal();
    let mut child = command()
        .args(["run", "--check", "minimum/*", "--cases", "2000"])
        .env("TERM", "xterm")
        .stdout(Stdio::null())
        .stderr(theirs)
        .spawn()
        .unwrap();
    let shown = read_until(&mut ours, ", minimum/");
    assert!(shown.contains("\u{1b}[2Kin-process: 1 of "), "{shown:?}");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Both ends of a terminal: what is written to the second is read from the first.
fn terminal() -> (fs::File, fs::File) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = fs::OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    (ours.into(), theirs)
}

fn read_until(terminal: &mut fs::File, end: &str) -> String {
    use std::io::Read;
    let mut shown = String::new();
    let mut buffer = [0; 4096];
    let began = Instant::now();
    while !shown.contains(end) {
        assert!(began.elapsed() < Duration::from_secs(60), "{shown:?}");
        let length = terminal.read(&mut buffer).unwrap();
        shown.push_str(&String::from_utf8_lossy(&buffer[..length]));
    }
    shown
}

#[test]
fn a_report_can_come_from_a_pipe() {
    let folder = Folder::new("pipe");
    let json = folder.report("reference", "report.json");
    let mut child = command()
        .args(["render", "-", "--as", "markdown"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&fs::read(json).unwrap()).unwrap();
    assert!(stdout(&child.wait_with_output().unwrap()).starts_with("## Session conformance of "));
}
