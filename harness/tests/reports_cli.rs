//! The commands that write, render, compare and excuse reports, as people run them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use sessionspec::Report;
use sessionspec::engine::report::UnjudgedScenario;
use support::{command, sessionspec, stderr, stdout};

/// An empty folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, file: &str) -> String {
        self.0.join(file).to_str().unwrap().to_owned()
    }

    fn write(&self, file: &str, text: &str) -> String {
        fs::write(self.0.join(file), text).unwrap();
        self.path(file)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).unwrap()
    }

    /// The report of two checks of an embedded backend.
    fn report(&self, backend: &str, file: &str) -> String {
        let json = format!("json={}", self.path(file));
        sessionspec(&["run", "--backend", backend, "--check", "minimum/*persists", "--report", &json]);
        self.path(file)
    }

    /// What a command said, without the path of this folder.
    fn said(&self, arguments: &[&str]) -> String {
        let output = sessionspec(arguments);
        let said = format!("{}{}exit {}", stdout(&output), stderr(&output), output.status.code().unwrap());
        said.replace(self.0.to_str().unwrap(), "[folder]")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

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
fn a_difference_is_worse_better_or_neither() {
    let folder = Folder::new("diff");
    let good = folder.report("reference", "good.json");
    let bad = folder.report("flawed/lone-overwrite-lost", "bad.json");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("diff.worse", folder.said(&["diff", &good, &bad]));
        insta::assert_snapshot!("diff.better", folder.said(&["diff", &bad, &good]));
        insta::assert_snapshot!("diff.same", folder.said(&["diff", &bad, &bad]));
    });
}

/// The saved reports of a run, in which one check is changed.
fn with_verdict(folder: &Folder, from: &str, name: &str, id: &str, verdict: sessionspec::Verdict) -> String {
    let mut reports: Vec<Report> = serde_json::from_str(&folder.read(from)).unwrap();
    for report in &mut reports {
        let check = report.checks.iter_mut().find(|check| check.id == id).unwrap();
        check.verdict = verdict;
        check.failures.clear();
        check.because = Some("for a test".to_owned());
    }
    folder.write(name, &serde_json::to_string(&reports).unwrap())
}

#[test]
fn what_one_of_the_runs_did_not_see_is_neither_worse_nor_better() {
    let folder = Folder::new("unseen");
    let bad = folder.report("flawed/lone-overwrite-lost", "bad.json");
    let hidden = with_verdict(
        &folder,
        "bad.json",
        "hidden.json",
        "minimum/each-mutator-persists",
        sessionspec::Verdict::Unverified,
    );
    let seen = folder.said(&["diff", &hidden, &bad]);
    assert!(seen.contains("newly seen  minimum/each-mutator-persists: unverified"), "{seen}");
    assert!(seen.ends_with("1 newly seen\nexit 0"), "{seen}");
    let unseen = folder.said(&["diff", &bad, &hidden]);
    assert!(unseen.contains("hidden      minimum/each-mutator-persists: fail (overwrite)"), "{unseen}");
    assert!(unseen.ends_with("1 hidden\nexit 0"), "{unseen}");
    assert_eq!(sessionspec(&["diff", "--strict", &hidden, &bad]).status.code(), Some(1));
    assert_eq!(sessionspec(&["diff", "--strict", &bad, &bad]).status.code(), Some(0));
}

#[test]
fn a_failure_that_a_partial_judgement_does_not_look_for_is_neither_worse_nor_better() {
    let folder = Folder::new("in-part");
    let bad = folder.report("flawed/lone-overwrite-lost", "bad.json");
    let mut reports: Vec<Report> = serde_json::from_str(&folder.read("bad.json")).unwrap();
    for report in &mut reports {
        let check =
            report.checks.iter_mut().find(|check| check.id == "minimum/each-mutator-persists").unwrap();
        let (scenario, because) = ("overwrite".to_owned(), "for a test".to_owned());
        check.unjudged = vec![UnjudgedScenario { scenario, because }];
        check.verdict = sessionspec::Verdict::Pass;
        check.failures.clear();
        report.levels[0].verdict = sessionspec::LevelVerdict::Conforms;
    }
    let part = folder.write("part.json", &serde_json::to_string(&reports).unwrap());
    let unseen = folder.said(&["diff", &bad, &part]);
    let told = unseen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("hidden minimum/each-mutator-persists: fail (overwrite) -> pass in part"),
        "{unseen}"
    );
    assert!(unseen.ends_with("2 hidden\nexit 0"), "{unseen}");
    let seen = folder.said(&["diff", &part, &bad]);
    assert!(seen.ends_with("2 newly seen\nexit 0"), "{seen}");
    assert_eq!(sessionspec(&["diff", "--strict", &part, &bad]).status.code(), Some(1));
    let text = stdout(&sessionspec(&["render", &part, "--as", "text"]));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("because for a test (overwrite): 1 check was judged in part"), "{text}");
    assert!(text.contains("with 1 check judged in part"), "{text}");
}

#[test]
fn a_changed_capability_fails_only_where_that_was_asked_for() {
    let folder = Folder::new("strict");
    let one = folder.report("reference", "one.json");
    let mut reports: Vec<Report> = serde_json::from_str(&folder.read("one.json")).unwrap();
    for report in &mut reports {
        report.survey[0].observed = "always".to_owned();
    }
    let other = folder.write("other.json", &serde_json::to_string(&reports).unwrap());
    assert_eq!(sessionspec(&["diff", &one, &other]).status.code(), Some(0));
    assert_eq!(sessionspec(&["diff", "--strict", &one, &other]).status.code(), Some(1));
}

#[test]
fn a_difference_has_three_forms() {
    let folder = Folder::new("diff-forms");
    let good = folder.report("reference", "good.json");
    let bad = folder.report("flawed/lone-overwrite-lost", "bad.json");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("diff.md", folder.said(&["diff", "--format", "markdown", &good, &bad]));
        insta::assert_snapshot!("diff.json", folder.said(&["diff", "--format", "json", &good, &bad]));
    });
}

#[test]
fn what_was_not_run_any_more_is_worse_only_where_it_could_have_been() {
    let folder = Folder::new("gone");
    let whole = folder.report("reference", "whole.json");
    let mut reports: Vec<Report> = serde_json::from_str(&folder.read("whole.json")).unwrap();
    for report in &mut reports {
        report.checks.pop();
    }
    let part = folder.write("part.json", &serde_json::to_string(&reports).unwrap());
    assert_eq!(sessionspec(&["diff", &whole, &part]).status.code(), Some(1));
    assert_eq!(sessionspec(&["diff", &part, &whole]).status.code(), Some(0));
    for report in &mut reports {
        report.suite_version = "0.2.0".to_owned();
    }
    let newer = folder.write("newer.json", &serde_json::to_string(&reports).unwrap());
    assert_eq!(sessionspec(&["diff", &whole, &newer]).status.code(), Some(0));
    let one_door = folder.write("one.json", &serde_json::to_string(&reports[0]).unwrap());
    assert_eq!(sessionspec(&["diff", &newer, &one_door]).status.code(), Some(1), "a door is missing");
}

#[test]
fn a_list_of_known_failures_goes_round() {
    let folder = Folder::new("known");
    let report = folder.report("flawed/lone-overwrite-lost", "report.json");
    let list = stdout(&sessionspec(&["known-failures", &report]));
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("known-failures.toml", list);
    });
    // As it is written nothing is excused: the reasons are for a person.
    let file = folder.write("known.toml", &list);
    assert_eq!(exit_of(&run_with(&["--known-failures", &file])), 2);
    let file = folder.write("known.toml", &list.replace("reason = \"\"", "reason = \"it is flawed\""));
    let json = format!("json={}", folder.path("known.json"));
    assert_eq!(
        exit_of(&run_with(&["--known-failures", &file, "--report", &json])),
        0,
        "what needs these is excused"
    );
    let relaunch = stdout(&sessionspec(&["known-failures", &folder.path("known.json")]));
    assert_eq!(relaunch, folder.read("known.toml"), "reasons that hold are kept");
}

#[test]
fn an_entry_that_is_out_of_date_fails_the_run_at_any_level() {
    let folder = Folder::new("stale");
    let entry = |check: &str, rest: &str| {
        folder
            .write("known.toml", &format!("[[known-failures]]\ncheck = \"{check}\"\nreason = \"r\"\n{rest}"))
    };
    let said = |file: &str, backend: &str, check: &str| {
        let output = command()
            .args(["run", "--backend", backend, "--check", check, "--check", "minimum/opens-empty"])
            .args(["--known-failures", file])
            .output()
            .unwrap();
        (output.status.code().unwrap(), stdout(&output))
    };
    let stale = entry("cookie/none-when-untouched", "");
    let (exit, text) = said(&stale, "reference", "cookie/none-when-untouched");
    assert_eq!(exit, 1, "it is of level recommended, and level minimum was asked for");
    assert!(text.contains("remove the entry"), "{text}");
    assert!(text.ends_with("next: remove cookie/none-when-untouched from the known failures\n"), "{text}");
    let expired = entry("cookie/none-when-untouched", "expires = 2020-02-29");
    let (exit, text) = said(&expired, "conforming/creation-time-among-items", "cookie/none-when-untouched");
    assert_eq!(exit, 1);
    let in_one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(in_one_line.contains("accepted no longer than 2020-02-29: r"), "{text}");
    let holds =
        entry("cookie/none-when-untouched", "expires = 2999-12-31\nissue = \"https://example.com/1\"");
    let (exit, text) = said(&holds, "conforming/creation-time-among-items", "cookie/none-when-untouched");
    assert_eq!(exit, 0, "{text}");
    let unknown = entry("cookie/none-when-untouchable", "");
    assert_eq!(said(&unknown, "reference", "cookie/none-when-untouched").0, 2);
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
