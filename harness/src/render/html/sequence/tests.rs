//! What is drawn of scripts in which requests overlap.

use super::*;
use sessionspec::engine::expect::Scenario;
use sessionspec::engine::report::ShownOperation;
use sessionspec::engine::script::Script;
use sessionspec::engine::script::ops::{get, hold, set};

/// The failure of a script in which everything was done.
fn failure(script: Script) -> Failure {
    let shown = |cycle: &sessionspec::engine::script::Cycle| ShownExchange {
        node: None,
        connection: None,
        beside: false,
        browser: cycle.browser.clone(),
        cookie: None,
        ops: cycle
            .ops
            .iter()
            .map(|op| ShownOperation { op: op.to_json(), answer: Some("done".to_owned()) })
            .collect(),
        status: "200".to_owned(),
        set_cookie: Vec::new(),
        dropped: Vec::new(),
    };
    let transcript = script.cycles().map(shown).collect();
    let mut failure = Failure::default();
    failure.scenario = Some(Scenario { script, ..Scenario::new("r") });
    failure.transcript = transcript;
    failure
}

/// Each row in a few words.
fn drawn(failure: &Failure) -> Vec<String> {
    let row = |row: Row| {
        if let Some(remark) = row.remark {
            return remark;
        }
        let how = match (row.begins, row.goes_on) {
            (Some(cycle), None) => format!("{cycle} begins"),
            (None, Some(cycle)) => format!("{cycle} goes on"),
            other => panic!("{other:?}"),
        };
        let calls: Vec<String> = row.ops.into_iter().map(|op| op.call).collect();
        let then = match (row.held, row.not_waited_for, row.response) {
            (Some(gate), false, None) => format!("waits at {gate}"),
            (None, true, None) => "is not waited for".to_owned(),
            (None, false, Some(response)) => response.status,
            _ => panic!("a row ends in one way"),
        };
        format!("{} {how}: {} {then}", row.browser, calls.join(" "))
    };
    Sequence::of(failure).unwrap().rows.into_iter().map(row).collect()
}

#[test]
fn a_cycle_with_two_gates_has_three_rows_and_a_gate_lets_everybody_through() {
    let script = Script::new()
        .cycle("ann", [hold("one"), set("a", 1), hold("two"), set("b", 1)])
        .cycle("bob", [hold("one"), get("a")])
        .release("one")
        .release("two");
    assert_eq!(
        drawn(&failure(script)),
        [
            r#"ann 1 begins: hold("one") waits at one"#,
            r#"bob 2 begins: hold("one") waits at one"#,
            "gate one opens",
            r#"ann 1 goes on: set("a", 1) hold("two") waits at two"#,
            r#"bob 2 goes on: get("a") 200"#,
            "gate two opens",
            r#"ann 1 goes on: set("b", 1) 200"#,
        ]
    );
}

#[test]
fn what_only_the_end_releases_and_what_nobody_waits_for_is_drawn_so() {
    let script = Script::new().cycle("ann", [hold("g"), set("a", 1)]).start("ann", [get("a")]);
    assert_eq!(
        drawn(&failure(script)),
        [
            r#"ann 1 begins: hold("g") waits at g"#,
            "ann 2 begins:  is not waited for",
            "the script ends: all gates open",
            r#"ann 1 goes on: set("a", 1) 200"#,
            r#"ann 2 goes on: get("a") 200"#,
        ]
    );
}

#[test]
fn without_a_script_the_requests_are_drawn_whole() {
    let script = Script::new().cycle("ann", [hold("g"), set("a", 1)]);
    let mut failure = failure(script);
    failure.scenario = None;
    assert_eq!(drawn(&failure), [r#"ann 1 begins: hold("g") set("a", 1) 200"#]);
}
