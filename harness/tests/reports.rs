//! The form of reports: what the published schema says, what varies, and what can be read again.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use sessionspec::Options;
use sessionspec::engine::report::{KnownFailure, Report, SCHEMA, Verdict};
use sessionspec::engine::search::ShrinkBounds;
use sessionspec_backends::matrix::on_every_core;
use sessionspec_backends::registry;
use sessionspec_cli::render::{Format, render};
use support::{Hostile, only, report_of, report_on, report_over_http};

fn complaints(report: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(report).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn json(report: &Report) -> Value {
    serde_json::from_str(&serde_json::to_string(report).unwrap()).unwrap()
}

/// Few cases, and little patience with the backend that serves one request at a time: what is tested is the form.
fn quick() -> Options {
    Options { cases: 5, patience: Duration::from_secs(2), ..Options::default() }
}

/// What does not belong to one run alone, as text.
fn bytes(report: &Report) -> String {
    assert!(report.this_run.is_some());
    let mut json = json(report);
    json.as_object_mut().unwrap().remove("this_run").unwrap();
    assert_eq!(json, self::json(&report.repeatable()));
    serde_json::to_string_pretty(&json).unwrap()
}

/// Of so many backends, one is run twice, and what fails on it is made smaller, which takes most of the time of a run.
/// `fixtures/backends/tests/jobs.rs` runs all but five of them twice.
const TWICE: usize = 4;

#[test]
fn reports_of_all_embedded_backends_keep_to_the_schema_and_are_the_same_each_time() {
    let backends = registry();
    let again: Vec<_> = backends.iter().copied().step_by(TWICE).collect();
    let not_smaller = ShrinkBounds { runs: 0, ..ShrinkBounds::default() };
    // The second runs beside the first ones, so that two runs which wait do not wait one after the other.
    let reports = on_every_core(&[backends.clone(), again.clone()].concat(), |embedded| {
        let is_run_twice = again.iter().any(|twice| twice.name == embedded.name);
        let shrink = if is_run_twice { quick().shrink } else { not_smaller };
        let report = report_of(embedded.name, Options { shrink, ..quick() });
        assert_eq!(complaints(&json(&report)), Vec::<String>::new(), "{}", embedded.name);
        bytes(&report)
    });
    let (first, second) = reports.split_at(backends.len());
    for ((embedded, first), second) in again.iter().zip(first.iter().step_by(TWICE)).zip(second) {
        assert_eq!(first, second, "{}", embedded.name);
    }
}

#[test]
fn the_report_of_a_hostile_backend_keeps_to_the_schema() {
    assert_eq!(complaints(&json(&report_on(Hostile::backend(), quick()))), Vec::<String>::new());
}

#[test]
fn over_http_two_runs_give_the_same_bytes() {
    let [first, second] = [(); 2].map(|()| bytes(&report_over_http("flawed/lone-overwrite-lost", quick())));
    assert_eq!(first, second);
}

#[test]
fn a_report_can_be_read_again_and_says_the_same() {
    let known_failures = [("minimum/persists", KnownFailure::from("for a test"))];
    let options = Options {
        known_failures: known_failures.map(|(check, known)| (check.to_owned(), known)).into(),
        ..Options::default()
    };
    let report = report_of("flawed/lone-overwrite-lost", options);
    assert_eq!(report.totals()[&Verdict::KnownFailure], 1);
    let text = serde_json::to_string(&report).unwrap();
    let read: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(read, report);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
}

/// A report in which nothing is left out, so that the schema and the form cannot drift apart.
fn everything() -> Value {
    serde_json::from_str(include_str!("support/everything.json")).unwrap()
}

#[test]
fn the_schema_and_the_form_have_the_same_members() {
    let everything = everything();
    assert_eq!(complaints(&everything), Vec::<String>::new());
    let report: Report = serde_json::from_str(&everything.to_string()).unwrap();
    let written: Value = serde_json::from_str(&render(Format::Json, &[report])).unwrap();
    assert_eq!(written, everything, "the form does not keep what the schema permits");
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut unused = members(&schema);
    let text = everything.to_string();
    unused.retain(|member| !text.contains(&format!("\"{member}\":")));
    assert_eq!(unused, Vec::<String>::new(), "the schema permits what the form does not have");
}

fn members(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(object) = schema.as_object() {
        if let Some(properties) = object.get("properties").and_then(Value::as_object) {
            found.extend(properties.keys().cloned());
        }
        found.extend(object.values().flat_map(members));
    }
    found.extend(schema.as_array().into_iter().flatten().flat_map(members));
    found
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let refused = |pointer: &str, value: Option<Value>| {
        let mut report = everything();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        let parent = report.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Some(value) => parent.insert(member.to_owned(), value),
            None => parent.remove(member),
        };
        assert!(!complaints(&report).is_empty(), "{pointer} was accepted");
    };
    refused("/schema", Some(json!(2)));
    refused("/backend", None);
    refused("/more", Some(json!(1)));
    refused("/checks/0/verdict", Some(json!("passed")));
    refused("/checks/0/id", Some(json!("no suite")));
    refused("/checks/0/failures/0/scenario/script", Some(json!([{"jump": 1}])));
    refused("/this_run/started", Some(json!("now")));
}

#[test]
fn a_report_of_some_checks_says_only_what_they_found() {
    let report = report_of("reference", only(&["minimum/opens-empty"]));
    assert_eq!(report.checks.len(), 1);
    assert_eq!(report.levels.len(), 1);
}
