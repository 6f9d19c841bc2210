//! What is told of scripts: who is told together, and in how many parts.

use super::*;
use crate::checks::catalogue;
use crate::report::{ShownOperation, Verdict};
use crate::script::Operation;
use crate::script::ops::{get, hold, set};

fn exchange(browser: &str) -> ShownExchange {
    ShownExchange {
        node: None,
        connection: None,
        beside: false,
        browser: browser.to_owned(),
        cookie: None,
        ops: Vec::new(),
        status: "200".to_owned(),
        set_cookie: vec![format!("session=<{browser}>")],
        dropped: Vec::new(),
    }
}

#[test]
fn what_many_browsers_do_is_told_once() {
    let names: Vec<String> = (1..=6).map(|number| format!("other {number}")).collect();
    let mut script = Script::new().cycle("ann", [set("a", 1)]);
    for name in &names {
        script = script.cycle(name, []);
    }
    let mut transcript = vec![exchange("ann")];
    transcript[0].cookie = Some("session=<ann>".to_owned());
    transcript.extend(names.iter().map(|name| exchange(name)));
    let told = script_text(&script.clone().cycle("ann", [get("a")]), &transcript);
    let lines: Vec<&str> = told.lines().map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "cycle 1   ann sends Cookie: session=<ann>",
            "Set-Cookie: session=<ann>",
            "cycle 2   other 1 sends no cookie",
            "Set-Cookie: session=<other 1>",
            "3 to 7    the same by 5 more: other 2 to other 6",
        ]
    );
    // Whoever is at fault is shown, and what is the same before and after is not hidden by it.
    let mut text = Text::default();
    text.script(Some(&script), &transcript, Some(Place { cycle: 5, op: None }));
    assert!(text.0.contains("the same by 3 more: other 2 to other 4"), "{}", text.0);
    assert!(text.0.contains("cycle 6   other 5 sends no cookie\n            200  <- here\n"), "{}", text.0);
}

#[test]
fn a_mark_stays_in_one_piece() {
    for length in 30..80 {
        let mut text = Text::default();
        text.line(&" ".repeat(14), 16, &"x".repeat(length));
        text.mark(16);
        assert!(text.0.contains(MARK), "{}", text.0);
        assert!(text.0.lines().all(|line| line.chars().count() <= WIDTH), "{}", text.0);
    }
}

/// Everybody does what the script asks for, and is answered.
fn done(script: &Script) -> Vec<ShownExchange> {
    let shown = |op: &Operation| ShownOperation { op: op.to_json(), answer: Some("done".to_owned()) };
    let cycles = script.cycles();
    cycles
        .map(|cycle| ShownExchange {
            ops: cycle.ops.iter().map(shown).collect(),
            set_cookie: Vec::new(),
            ..exchange(&cycle.browser)
        })
        .collect()
}

fn told(script: &Script, transcript: &[ShownExchange]) -> Vec<String> {
    script_text(script, transcript).lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_cycle_with_two_gates_is_told_in_three_parts() {
    let script = Script::new()
        .cycle("ann", [hold("one"), set("a", 1), hold("two"), set("b", 1)])
        .release("one")
        .release("two");
    assert_eq!(
        told(&script, &done(&script)),
        [
            "cycle 1   ann sends no cookie",
            r#"hold("one")  =>  done"#,
            "release   one",
            "cycle 1   ann goes on",
            r#"set("a", 1)  =>  done"#,
            r#"hold("two")  =>  done"#,
            "release   two",
            "cycle 1   ann goes on",
            r#"set("b", 1)  =>  done"#,
        ]
    );
}

#[test]
fn everybody_at_a_gate_goes_on_when_it_opens() {
    let script = Script::new()
        .cycle("ann", [hold("g"), set("a", 1)])
        .cycle("bob", [hold("g"), set("b", 1)])
        .release("g");
    let told = told(&script, &done(&script));
    assert_eq!(
        told[4..],
        [
            "release   g",
            "cycle 1   ann goes on",
            r#"set("a", 1)  =>  done"#,
            "cycle 2   bob goes on",
            r#"set("b", 1)  =>  done"#
        ]
    );
}

#[test]
fn what_only_the_end_releases_and_what_nobody_waits_for_is_told_so() {
    let script = Script::new().cycle("ann", [hold("g"), set("a", 1)]).start("ann", [get("a")]);
    assert_eq!(
        told(&script, &done(&script)),
        [
            "cycle 1   ann sends no cookie",
            r#"hold("g")  =>  done"#,
            "cycle 2   ann sends no cookie",
            "it is not waited for",
            "end       all gates open",
            "cycle 1   ann goes on",
            r#"set("a", 1)  =>  done"#,
            "cycle 2   ann goes on",
            r#"get("a")  =>  done"#,
        ]
    );
}

#[test]
fn a_hold_that_was_refused_held_nothing() {
    let script = Script::new().cycle("ann", [hold("g"), set("a", 1)]).release("g");
    let mut transcript = done(&script);
    transcript[0].ops[0].answer = Some("unsupported".to_owned());
    assert_eq!(
        told(&script, &transcript),
        [
            "cycle 1   ann sends no cookie",
            r#"hold("g")  =>  unsupported"#,
            r#"set("a", 1)  =>  done"#,
            "release   g",
        ]
    );
}

#[test]
fn where_the_same_was_seen_in_several_situations_the_first_names_the_others() {
    let failure = |reason: &str, seen: &str| Failure {
        reason: reason.to_owned(),
        expected: "absent".to_owned(),
        seen: seen.to_owned(),
        ..Failure::default()
    };
    let check = catalogue().iter().find(|check| check.id == "minimum/persists").unwrap();
    let mut check = CheckReport::of(check, Verdict::Fail);
    check.failures = vec![failure("pop", "1"), failure("clear", "2"), failure("delete", "1")];
    let told = failure_texts(&check);
    assert_eq!(told.len(), 2);
    assert!(told[0].contains(": pop\n") && told[0].contains("\n  also      delete\n"), "{}", told[0]);
    assert_eq!(told[1], failure_text(&check, &check.failures[1]));
}
