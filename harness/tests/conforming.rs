//! The report of every conforming backend is a snapshot in `fixtures/backends/reports`, as those of the peers are beside
//! them: a change of what the suite says about a legal design is a diff.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sessionspec::Report;
use sessionspec_backends::matrix::options;
use sessionspec_backends::{Embedded, Kind, registry};
use sessionspec_harness::render::{Format, render};

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
    runtime.unwrap().block_on(sessionspec::run(builtin.open(), options(builtin))).unwrap()
}

#[test]
fn the_report_of_every_conforming_backend_is_the_one_that_was_reviewed() {
    for builtin in conforming() {
        let text = render(Format::Text, &[report(builtin)]);
        insta::with_settings!({
            snapshot_path => reports(),
            prepend_module_to_snapshot => false,
            description => builtin.description,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(file(builtin), anstream::adapter::strip_str(&text).to_string());
        });
    }
}

#[test]
fn there_is_no_report_of_a_backend_that_is_gone() {
    let files = std::fs::read_dir(reports()).unwrap().map(|entry| entry.unwrap().file_name());
    let there = files.filter_map(|file| Some(file.to_str()?.strip_suffix(".snap")?.to_owned()));
    let expected: BTreeSet<String> = conforming().map(|builtin| file(builtin).to_owned()).collect();
    assert_eq!(there.collect::<BTreeSet<String>>(), expected);
}
