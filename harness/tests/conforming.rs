//! The report of every conforming backend is a snapshot in `fixtures/backends/reports`, as those of the peers are beside
//! them: a change of what the suite says about a legal design is a diff.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/lean.rs"]
mod lean;

use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use sessionspec::engine::checks::catalogue;
use sessionspec::{Options, Report};
use sessionspec_backends::matrix::{on_every_core, options};
use sessionspec_backends::{Embedded, Kind, registry};
use sessionspec_cli::render::{Format, render};

fn conforming() -> impl Iterator<Item = &'static Embedded> {
    registry().into_iter().filter(|builtin| builtin.kind != Kind::Flawed)
}

fn reports() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/backends/reports")
}

/// The last part of the backend's name, which is also that of its file.
fn file(builtin: &Embedded) -> &'static str {
    builtin.name.rsplit('/').next().unwrap()
}

/// The clock stands still while something can go on, so that a cycle which has to wait for another costs no time.
fn report(builtin: &Embedded) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    // The matrix names what is run on demand, which no report has by default.
    let options = Options { only: None, lock_patience: None, ..options(builtin) };
    runtime.unwrap().block_on(sessionspec::run(builtin.open(), options)).unwrap()
}

/// A snapshot leaves out what passed, so that this has to be seen to here.
fn assert_complete(report: &Report) {
    let reported: Vec<&str> = report.checks.iter().map(|check| check.id.as_str()).collect();
    let catalogue = catalogue();
    let by_default = catalogue.iter().filter(|check| !check.is_on_demand());
    let expected: Vec<&str> = by_default.map(|check| check.id).collect();
    assert_eq!(reported, expected, "a report has every check, in the order of the catalogue");
}

/// All of them are compared before the test fails, so that one run shows every difference.
#[test]
fn the_report_of_every_conforming_backend_is_the_one_that_was_reviewed() {
    let conforming: Vec<&Embedded> = conforming().collect();
    let reports = on_every_core(&conforming, report);
    let differing: Vec<&str> = conforming
        .iter()
        .zip(reports)
        .filter(|(builtin, report)| catch_unwind(|| compare(builtin, report)).is_err())
        .map(|(builtin, _)| file(builtin))
        .collect();
    assert!(differing.is_empty(), "the reports of {} differ; `.ci/bless` accepts them", differing.join(", "));
}

fn compare(builtin: &Embedded, report: &Report) {
    assert_complete(report);
    let text = render(Format::Text, std::slice::from_ref(report));
    let text = anstream::adapter::strip_str(&text).to_string();
    insta::with_settings!({
        snapshot_path => reports(),
        prepend_module_to_snapshot => false,
        description => builtin.description,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(file(builtin), lean::lean(&text));
    });
}

#[test]
fn there_is_no_report_of_a_backend_that_is_gone() {
    let files = std::fs::read_dir(reports()).unwrap().map(|entry| entry.unwrap().file_name());
    let there = files.filter_map(|file| Some(file.to_str()?.strip_suffix(".snap")?.to_owned()));
    let expected: BTreeSet<String> = conforming().map(|builtin| file(builtin).to_owned()).collect();
    assert_eq!(there.collect::<BTreeSet<String>>(), expected);
}

#[test]
fn a_lean_report_keeps_what_did_not_pass() {
    let report = "\
a backend

Checks
  pass            minimum/opens-empty
  pass            expiry/gone: permanent: there at 1 s,
                  gone at 4 s
  not applicable  cookie/secure, glue (all 5): it is not
                  reached
  fail            cookie/vary

Failures

cookie/vary (recommended): get
  seen      3 things, 4 others

2 pass, 1 fail, 6 not applicable
minimum: conforms
";
    let kept = "\
a backend

Not passed
  not applicable  cookie/secure: it is not reached
  not applicable  glue (all): it is not reached
  fail            cookie/vary

Failures

cookie/vary (recommended): get
  seen      3 things, 4 others

1 fail
minimum: conforms
";
    assert_eq!(lean::lean(report), kept);
    assert_eq!(lean::lean("nothing could be judged\n"), "nothing could be judged\n");
}
