//! Files: cases, reports, lists of known failures, manifests.

use std::fs;
use std::path::Path;

use sessionspec::Options;
use sessionspec::engine::replay::{CaseFile, Limits, as_curl};
use sessionspec_harness::peer::Manifest;
use sessionspec_harness::render::{Format, render};
use sessionspec_harness::{builtin, known_failures, report_file};

use crate::rubbish::{each, texts};

/// Where the fixtures are.
fn fixtures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures"))
}

/// What stands in the files of this folder that end so, as far as they are small.
fn files(folder: &str, ending: &str) -> Vec<String> {
    let files = fs::read_dir(fixtures().join(folder)).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.filter(|file| file.to_string_lossy().ends_with(ending)).collect();
    files.sort();
    let texts: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let small: Vec<String> = texts.into_iter().filter(|text| text.len() < 20_000).collect();
    assert!(!small.is_empty(), "{folder}: nothing ends with {ending}");
    small
}

#[test]
fn any_case_is_refused_or_can_be_written_and_read_again() {
    each(texts(files("cases", ".json")), |text| {
        let Ok(case) = CaseFile::from_json(&text) else { return };
        assert_eq!(CaseFile::from_json(&case.to_json()).unwrap().to_json(), case.to_json());
        let _ = (case.check_times(), case.check_limits(&Limits::default()));
        let _ = as_curl(&case, "http://127.0.0.1:5000/probe");
    });
}

/// A report with a failure in it.
fn report() -> String {
    let flawed = builtin::find("flawed/lone-delete-lost").unwrap().open();
    let checks = ["minimum/each-mutator-persists", "cookie/http-only", "glue/calls-through"];
    let only = Some(checks.map(str::to_owned).to_vec());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let report = runtime.block_on(sessionspec::run(flawed, Options { only, ..Options::default() })).unwrap();
    assert!(report.checks.iter().any(|check| !check.failures.is_empty()));
    serde_json::to_string(&report).unwrap()
}

#[test]
fn any_report_is_refused_or_can_be_shown_in_every_form() {
    let forms = [Format::Text, Format::Json, Format::Junit, Format::Tap, Format::Markdown, Format::Html];
    each(texts(vec![report()]), |text| {
        let Ok(reports) = report_file::parse(Path::new("report.json"), &text) else { return };
        for form in forms {
            let shown = render(form, &reports);
            let acts = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\u{1b}');
            assert!(form == Format::Json || !shown.contains(acts), "{shown:?}");
        }
    });
}

#[test]
fn any_list_of_known_failures_is_refused_or_taken() {
    let good = "[[known-failures]]\ncheck = \"minimum/persists\"\nreason = \"it does not\"\nissue = \"12\"\n\
                expires = 2026-01-31\n\n[[known-failures]]\ncheck = \"cookie/http-only\"\nreason = 'never'\n";
    each(texts(vec![good.to_owned()]), |text| {
        if let Ok(entries) = known_failures::parse(Path::new("known.toml"), &text) {
            let _ = known_failures::accepted("known.toml", &entries);
        }
    });
}

#[test]
fn any_manifest_is_refused_or_taken() {
    each(texts(files("peers", ".toml")), |text| {
        let _ = toml::from_str::<Manifest>(&text);
    });
}
