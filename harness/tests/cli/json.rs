//! Reports for programs: what goes to a file is JSON, and the same in each identical run.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{outcome, sessionspec};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{}.json", std::process::id()))
}

/// Runs with these arguments, with the report in this file, which it reads.
fn report(arguments: &str, file: &Path) -> String {
    let mut command = sessionspec(arguments);
    let output = command.args(["--format", "json", "--output"]).arg(file).output().unwrap();
    assert_eq!(outcome(&output), "exit 0", "the report is in the file, and nowhere else");
    let text = std::fs::read_to_string(file).unwrap();
    std::fs::remove_file(file).unwrap();
    text
}

/// The report without the one key under which identical runs may differ, as bytes.
fn repeatable(report: &str) -> String {
    let mut json: Value = serde_json::from_str(report).unwrap();
    for report in json.as_array_mut().unwrap() {
        report.as_object_mut().unwrap().remove("this_run");
    }
    serde_json::to_string_pretty(&json).unwrap()
}

#[test]
fn both_doors_are_a_list_of_two_reports() {
    let json: Value = serde_json::from_str(&report("run --cases 5", &file("both_doors"))).unwrap();
    let doors: Vec<&Value> =
        json.as_array().unwrap().iter().map(|report| &report["backend"]["door"]).collect();
    assert_eq!(doors, ["in-process", "http"]);
    assert_eq!(json[0]["schema"], 1);
    assert_eq!(json[0]["checks"][0]["id"], "minimum/opens-empty");
}

#[test]
fn two_runs_are_the_same_to_the_byte() {
    let [first, second] = ["first", "second"].map(|name| report("run --cases 20 --seed 7", &file(name)));
    assert_eq!(repeatable(&first), repeatable(&second));
}

#[test]
fn without_a_file_it_goes_to_standard_output() {
    let output = sessionspec("run --format json --check minimum/opens-empty --cases 1").output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json[1]["checks"][0]["verdict"], "pass");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_file_that_cannot_be_written() {
    let output = sessionspec("run --cases 1 --output /dev/null/report.json").output().unwrap();
    let outcome = outcome(&output);
    assert!(outcome.starts_with("sessionspec: cannot write /dev/null/report.json: "), "{outcome}");
    assert!(outcome.ends_with("exit 2"), "{outcome}");
}
