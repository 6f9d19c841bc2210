//! Further spellings of operations, from the description of a probe to what a user reads of them.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Answer, Service, outcome, sessionspec};

/// What the doctor says of the spellings of the probe at this URL.
fn diagnosis(url: &str) -> String {
    let diagnosis = outcome(&sessionspec("doctor").arg(url).output().unwrap());
    let section = diagnosis[diagnosis.find("Spellings\n").unwrap()..].split("\n\n").next();
    section.unwrap().to_owned()
}

#[test]
fn the_doctor_tries_each_spelling() {
    let mut served =
        sessionspec("serve --backend conforming/further-spellings").stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(served.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let diagnosis = diagnosis(url.trim());
    served.kill().unwrap();
    served.wait().unwrap();
    assert_snapshot!(diagnosis, @"
    Spellings
      ok       contains as in-keys
      ok       pop as popitem
      ok       set as attribute
      ok       update as |=
    ");
}

/// A probe that declares what it does not do: the reference behind it has no other spelling.
#[test]
fn the_doctor_notices_a_spelling_that_is_declared_and_not_done() {
    let service = Service::new(|request| match &request.ops {
        None => Answer::json(r#"{"protocol": 1, "spellings": {"update": ["|="], "raise": ["throw"]}}"#),
        Some(_) => Answer::Good,
    });
    assert_snapshot!(diagnosis(&service.url()), @"
    Spellings
      wrong    raise
               it is no operation on items, and has no further spellings; this is
               ignored
      wrong    update as |=
               answered unsupported on a session with one item; a probe declares the
               spellings that it has
    ");
}

#[test]
fn a_description_with_a_name_that_cannot_be_printed_is_none() {
    let service = Service::new(|request| match &request.ops {
        None => Answer::json(r#"{"protocol": 1, "spellings": {"update": ["a b"]}}"#),
        Some(_) => Answer::Good,
    });
    let output = sessionspec("run").arg(service.url()).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("`spellings` has a name for `update` that is none"), "{complaint}");
}

const RUN: &str = "run --backend flawed/merge-in-place-unnoticed --check minimum/each-mutator-persists";

#[test]
fn reports_say_in_which_spelling_an_operation_was_asked() {
    let text = outcome(&sessionspec(RUN).output().unwrap());
    assert!(text.contains("(minimum, data loss): update-as-|=\n"), "{text}");
    let asked = r#"update({"colour":"blue","shape":"round"}) as |=  =>  done"#;
    assert!(text.contains(asked), "{text}");
    let json = sessionspec(RUN).args(["--format", "json"]).output().unwrap().stdout;
    let reports: Vec<Value> = serde_json::from_slice(&json).unwrap();
    let check =
        reports[0]["checks"].as_array().unwrap().iter().find(|check| check["verdict"] == "fail").unwrap();
    let failure = &check["failures"][0];
    assert_eq!(failure["transcript"][1]["ops"][0]["op"]["spelling"], "|=", "{failure}");
    assert_eq!(failure["scenario"]["script"][1]["cycle"]["ops"][0]["spelling"], "|=", "{failure}");
}
