//! Files: cases, reports, lists of known failures, projects, manifests of peers.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sessionspec::Options;
use sessionspec::backend::in_process;
use sessionspec::engine::replay::{CaseFile, Limits, as_curl, replay_surveyed};
use sessionspec::reference::Memory;
use sessionspec_cli::peer::Peer;
use sessionspec_cli::project::Project;
use sessionspec_cli::render::{Format, render};
use sessionspec_cli::report_diff::{Form, diff};
use sessionspec_cli::{builtin, known_failures as known, report_file};

use super::{is_harmless, text};

/// Where the fixtures are: both crates that have this file are below the folder that has them.
fn fixtures() -> PathBuf {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    folders.map(|folder| folder.join("fixtures")).find(|fixtures| fixtures.join("cases").is_dir()).unwrap()
}

/// What stands in the files of this folder that end so, as far as they are small.
fn files(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(fixtures().join(folder)).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.filter(|file| file.to_string_lossy().ends_with(ending)).collect();
    files.sort();
    let texts = files.iter().map(|file| fs::read(file).unwrap());
    let small: Vec<_> = texts.filter(|text| text.len() < 20_000).collect();
    assert!(!small.is_empty(), "{folder}: nothing ends with {ending}");
    small
}

pub(super) fn cases() -> Vec<Vec<u8>> {
    files("cases", ".json")
}

/// A case is refused, or can be written and read again, and played.
pub(super) fn case(bytes: &[u8]) {
    let Ok(case) = CaseFile::from_json(&text(bytes)) else { return };
    assert_eq!(CaseFile::from_json(&case.to_json()).unwrap().to_json(), case.to_json());
    if let Ok(script) = as_curl(&case, "http://127.0.0.1:5000/probe") {
        assert!(!script.contains('\0'), "{script:?}");
    }
    let limits = Limits { steps: 40, operations: 100, holds: 5, forged_length: 4096, ..Limits::default() };
    if case.check_times().is_err() || case.check_limits(&limits).is_err() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_time().start_paused(true).build().unwrap();
    let backend = in_process(Memory::default());
    let _ = runtime.block_on(replay_surveyed(backend, &case, Duration::from_secs(1)));
}

/// Reports of a backend that is flawed, and of one that is not.
pub(super) fn reports() -> Vec<Vec<u8>> {
    let checks = ["minimum/each-mutator-persists", "cookie/http-only", "glue/calls-through"];
    let only = Some(checks.map(str::to_owned).to_vec());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let reports = ["flawed/lone-delete-lost", "reference"].map(|backend| {
        let options = Options { only: only.clone(), ..Options::default() };
        runtime.block_on(sessionspec::run(builtin::find(backend).unwrap().open(), options)).unwrap()
    });
    assert!(reports[0].checks.iter().any(|check| !check.failures.is_empty()));
    let together = serde_json::to_vec(&reports).unwrap();
    reports.iter().map(|report| serde_json::to_vec(report).unwrap()).chain([together]).collect()
}

/// A report is refused, or can be shown in every form, and compared.
pub(super) fn report(bytes: &[u8]) {
    let Ok(reports) = report_file::parse(Path::new("report.json"), &text(bytes)) else { return };
    for form in [Format::Text, Format::Json, Format::Junit, Format::Tap, Format::Markdown, Format::Html] {
        let shown = render(form, &reports);
        assert!(form == Format::Json || is_harmless(&shown), "{shown:?}");
    }
    let mut other = reports.clone();
    other.iter_mut().for_each(|report| report.checks.reverse());
    other.iter_mut().for_each(|report| drop(report.checks.pop()));
    let comparison = diff(&reports, &other);
    for form in [Form::Text, Form::Markdown] {
        let shown = comparison.render(form);
        assert!(is_harmless(&shown), "{shown:?}");
    }
}

pub(super) fn known_failures() -> Vec<Vec<u8>> {
    let good = "[[known-failures]]\ncheck = \"minimum/persists\"\nreason = \"it does not\"\nissue = \"12\"\n\
                scenarios = [\"by-a-write\"]\n\
                expires = 2026-01-31\n\n[[known-failures]]\ncheck = \"cookie/http-only\"\nreason = 'never'\n";
    vec![good.as_bytes().to_vec()]
}

pub(super) fn known_failure(bytes: &[u8]) {
    match known::parse(Path::new("known.toml"), &text(bytes)) {
        Ok(entries) => drop(known::accepted("known.toml", &entries)),
        Err(error) => assert!(error.to_string().lines().count() < 3, "{error}"),
    }
}

pub(super) fn projects() -> Vec<Vec<u8>> {
    let whole = "launch = 'serve {port} {lifetime}'\npath = '/probe'\nlifetime = 3.5\nstart-timeout = 30.0\n\
                 timeout = 10.0\nca = 'ca.pem'\norigin = 'https://app.test'\nheaders = ['A: b', '@secret']\n\
                 level = 'recommended'\ncases = 20\nnodes = 2\nsuites = ['cookie']\nreports = ['json=r.json']\n\
                 baseline = 'old.json'\nstrict = true\n[[excluded]]\ncheck = 'cookie/*'\nreason = 'why'\n\
                 [[known-failures]]\ncheck = 'minimum/persists'\nreason = 'it does not'\n\
                 [profiles.redis]\nurl = 'http://127.0.0.1:1/probe'\nnode = ['http://127.0.0.1:2/probe']\n\
                 known-failures = 'known.toml'\n";
    vec![whole.as_bytes().to_vec(), b"url = 'http://127.0.0.1:5000/probe'\n".to_vec()]
}

/// A project is refused in one line, or says something in each of its profiles.
pub(super) fn project(bytes: &[u8]) {
    let text = text(bytes);
    let path = Path::new("sessionspec.toml");
    let project = match Project::parse(path, &text, None) {
        Ok(project) => project,
        Err(error) => return assert!(error.to_string().lines().count() < 3, "{error}"),
    };
    for profile in project.profiles.keys() {
        let _ = Project::parse(path, &text, Some(profile));
    }
    assert!(Project::parse(path, &text, Some("no such profile")).is_err());
}

pub(super) fn manifests() -> Vec<Vec<u8>> {
    files("peers", ".toml")
}

/// A manifest is refused, or says how its peer is started.
pub(super) fn manifest(bytes: &[u8]) {
    let Ok(peer) = Peer::parse(Path::new("peers/peer.toml"), &text(bytes)) else { return };
    let _ = (peer.recipe(), peer.known_failures());
}
