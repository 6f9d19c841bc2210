//! Histories that are possible, and some that are not.

use std::rc::Rc;
use std::time::Duration;

use serde_json::json;
use sessionspec_reference::Memory;
use sessionspec_reference::http::Headers;

use super::scenario;
use crate::backend::{BackendError, in_process};
use crate::play::{Exchange, Outcome, Transcript};
use crate::script::ops::{clear, destroy, get, hold, items, set};
use crate::script::{Answer, Operation, Script};
use crate::survey::{AtOnce, Concurrency, Survey};

async fn survey(concurrency: Concurrency) -> Survey {
    let backend = Rc::clone(&in_process(Memory::default()));
    let survey = Survey::of(backend, Duration::from_secs(10)).await.unwrap();
    let at_once = match concurrency {
        Concurrency::Serialised => AtOnce::OnePerSession,
        _ => AtOnce::Many,
    };
    Survey { concurrency, at_once, ..survey }
}

/// What the requests of a script answered: what was read, in order; `None` for a request that was refused.
fn transcript(script: &Script, read: &[Option<&[serde_json::Value]>]) -> Transcript {
    let exchanges = script.cycles().zip(read).enumerate().map(|(index, (cycle, read))| {
        let mut read = read.map(|read| read.iter());
        let answers = cycle.ops.iter().map(|op| match (op, &mut read) {
            (Operation::Get { .. } | Operation::Items, Some(read)) => match read.next().unwrap() {
                serde_json::Value::Null => Answer::Absent,
                value => Answer::Ok(value.clone()),
            },
            _ => Answer::Ok(serde_json::Value::Null),
        });
        let results: Vec<Answer> = answers.collect();
        Exchange {
            node: None,
            connection: None,
            beside: false,
            interrupted: false,
            disturbed: false,
            outlasted: false,
            came_late: false,
            browser: cycle.browser.clone(),
            ops: cycle.ops.clone(),
            cookie: (index > 0).then(|| b"session=1".to_vec()),
            outcome: match read {
                Some(_) => Outcome::Answered { results, status: 200, save_error: None },
                None => Outcome::NoAnswers { status: 409, said: "changed meanwhile".to_owned() },
            },
            headers: Headers::default(),
            stored: Vec::new(),
            sent: std::time::UNIX_EPOCH,
            answered: None,
        }
    });
    Transcript { exchanges: exchanges.collect(), ..Transcript::default() }
}

/// What is wrong with what was read, if anything: which cycle, and what was expected.
async fn finding(
    concurrency: Concurrency,
    script: &Script,
    read: &[Option<&[serde_json::Value]>],
) -> Option<(usize, String)> {
    let transcript = transcript(script, read);
    let scenario = scenario(script.clone(), &survey(concurrency).await, &transcript);
    let finding = scenario.judge(&transcript).finding?;
    Some((finding.cycle, finding.expected.to_string()))
}

fn two_writers() -> Script {
    Script::new()
        .cycle("ann", [set("a", "1")])
        .cycle("ann", [items(), hold("gate"), set("b", "2")])
        .cycle("ann", [set("c", "3")])
        .release("gate")
        .cycle("ann", [items()])
}

#[tokio::test]
async fn of_two_writers_the_last_wins_or_both_do_as_the_backend_does() {
    let script = two_writers();
    let before = [json!({"a": "1"})];
    let both = [json!({"a": "1", "b": "2", "c": "3"})];
    let last = [json!({"a": "1", "b": "2"})];
    let first = [json!({"a": "1", "c": "3"})];
    let read = |end| [Some(&[][..]), Some(&before[..]), Some(&[][..]), Some(end)];

    assert_eq!(finding(Concurrency::LastWriteWins, &script, &read(&last)).await, None);
    assert_eq!(finding(Concurrency::Merged, &script, &read(&both)).await, None);

    let lost = finding(Concurrency::LastWriteWins, &script, &read(&first)).await;
    assert_eq!(lost, Some((3, r#"{"a":"1","b":"2"}"#.to_owned())));
    let lost = finding(Concurrency::Merged, &script, &read(&last)).await;
    assert_eq!(lost, Some((3, r#"{"a":"1","b":"2","c":"3"}"#.to_owned())));
}

/// Whether a script whose last request alone reads may end so, where the last writer wins.
async fn may_end(script: &Script, end: serde_json::Value) -> bool {
    let end = [end];
    let mut read = vec![Some(&[][..]); script.cycles().count() - 1];
    read.push(Some(&end[..]));
    finding(Concurrency::LastWriteWins, script, &read).await.is_none()
}

/// Some backends open a session only when a handler uses it first.
#[tokio::test]
async fn a_request_that_has_only_waited_may_be_opened_late() {
    let script = Script::new()
        .cycle("ann", [set("a", "1")])
        .cycle("ann", [hold("gate"), set("b", "2")])
        .cycle("ann", [set("c", "3")])
        .release("gate")
        .cycle("ann", [items()]);
    for kept in [json!({"a": "1", "b": "2"}), json!({"a": "1", "b": "2", "c": "3"})] {
        assert!(may_end(&script, kept.clone()).await, "{kept}");
    }
    for wrong in [json!({"a": "1", "c": "3"}), json!({"a": "1"}), json!({})] {
        assert!(!may_end(&script, wrong.clone()).await, "{wrong}");
    }
}

#[tokio::test]
async fn of_several_that_have_only_waited_each_may_be_opened_before_any_of_them_is_saved() {
    let script = Script::new()
        .cycle("ann", [set("a", "1")])
        .cycle("ann", [hold("gate"), set("b", "2")])
        .cycle("ann", [hold("gate"), set("c", "3")])
        .cycle("ann", [set("d", "4")])
        .release("gate")
        .cycle("ann", [items()]);
    let one = [json!({"a": "1", "b": "2", "d": "4"}), json!({"a": "1", "c": "3", "d": "4"})];
    let both = json!({"a": "1", "b": "2", "c": "3", "d": "4"});
    for kept in one.into_iter().chain([both]) {
        assert!(may_end(&script, kept.clone()).await, "{kept}");
    }
    assert!(!may_end(&script, json!({"a": "1", "d": "4"})).await);
}

/// On a slow machine a request may come to its gate after the gate was opened.
#[tokio::test]
async fn nothing_is_said_of_a_request_that_came_late() {
    let script = two_writers();
    let impossible = [json!({"a": "1"})];
    let before = [json!({"a": "1"})];
    let mut seen =
        transcript(&script, &[Some(&[][..]), Some(&before[..]), Some(&[][..]), Some(&impossible[..])]);
    let survey = survey(Concurrency::LastWriteWins).await;
    assert!(scenario(script.clone(), &survey, &seen).judge(&seen).finding.is_some());
    seen.exchanges[1].came_late = true;
    assert!(scenario(script, &survey, &seen).judge(&seen).finding.is_none());
}

#[tokio::test]
async fn a_refused_request_was_saved_or_not() {
    let script = two_writers();
    let refused = [json!({"a": "1", "c": "3"})];
    let read = [Some(&[][..]), None, Some(&[][..]), Some(&refused[..])];
    assert_eq!(finding(Concurrency::Refused, &script, &read).await, None);
    let saved = [json!({"a": "1", "b": "2"})];
    assert_eq!(
        finding(Concurrency::Refused, &script, &[read[0], None, read[2], Some(&saved[..])]).await,
        None
    );
    let neither = [json!({"a": "1"})];
    let found = finding(Concurrency::Refused, &script, &[read[0], None, read[2], Some(&neither[..])]).await;
    assert_eq!(found, Some((3, r#"{"a":"1","b":"2"}, or {"a":"1","c":"3"}"#.to_owned())));
}

#[tokio::test]
async fn a_request_that_only_read_saves_nothing() {
    let script = Script::new()
        .cycle("ann", [set("a", "1")])
        .cycle("ann", [items(), hold("gate")])
        .cycle("ann", [set("a", "2")])
        .release("gate")
        .cycle("ann", [get("a")]);
    let (before, undone) = ([json!({"a": "1"})], [json!("1")]);
    let read = [Some(&[][..]), Some(&before[..]), Some(&[][..]), Some(&undone[..])];
    for concurrency in [Concurrency::LastWriteWins, Concurrency::Merged, Concurrency::Unknown] {
        assert_eq!(finding(concurrency, &script, &read).await, Some((3, r#""2""#.to_owned())));
    }
}

#[tokio::test]
async fn a_request_with_nothing_left_to_change_may_be_saved_before_its_answer() {
    let script = Script::new()
        .cycle("ann", [set("a", "1")])
        .cycle("ann", [items(), set("a", "2"), set("b", "2"), hold("gate")])
        .cycle("ann", [items()])
        .release("gate");
    let before = json!({"a": "1"});
    let judged = async |seen: serde_json::Value| {
        let one = |value| Some(std::slice::from_ref(value));
        let read = [Some(&[][..]), one(&before), one(&seen)];
        finding(Concurrency::LastWriteWins, &script, &read).await
    };
    assert_eq!(judged(json!({"a": "1"})).await, None);
    assert_eq!(judged(json!({"a": "2", "b": "2"})).await, None);
    assert!(judged(json!({"a": "2"})).await.is_some(), "a part of it");
}

#[tokio::test]
async fn a_late_writer_to_a_session_that_has_ended_is_left_to_other_checks() {
    for ending in [clear(), destroy()] {
        let script = Script::new()
            .cycle("ann", [set("a", "1")])
            .cycle("ann", [items(), hold("gate"), set("b", "2")])
            .cycle("ann", [ending])
            .release("gate")
            .cycle("ann", [items()]);
        let before = [json!({"a": "1"})];
        for end in [json!({}), json!({"b": "2"}), json!({"a": "1", "b": "2"})] {
            let read = [Some(&[][..]), Some(&before[..]), Some(&[][..]), Some(std::slice::from_ref(&end))];
            assert_eq!(finding(Concurrency::LastWriteWins, &script, &read).await, None, "{end}");
        }
        let half = [json!({"a": "1"})];
        let read = [Some(&[][..]), Some(&before[..]), Some(&[][..]), Some(&half[..])];
        assert!(finding(Concurrency::LastWriteWins, &script, &read).await.is_some());
    }
}

#[tokio::test]
async fn requests_that_wait_for_each_other_are_served_in_some_order() {
    let script = Script::new()
        .cycle("ann", [set("a", "0")])
        .cycle("ann", [items(), hold("gate"), set("a", "1")])
        .start("ann", [get("a"), set("a", "2")])
        .start("ann", [get("a"), set("a", "3")])
        .release("gate")
        .cycle("ann", [get("a")]);
    let before = json!({"a": "0"});
    let judged = async |second: &str, third: &str, end: &str| {
        let read = [json!(second), json!(third), json!(end)];
        let one = |value| Some(std::slice::from_ref(value));
        let read = [Some(&[][..]), one(&before), one(&read[0]), one(&read[1]), one(&read[2])];
        finding(Concurrency::Serialised, &script, &read).await
    };
    assert_eq!(judged("1", "2", "3").await, None);
    assert_eq!(judged("3", "1", "2").await, None);
    // Both were served first.
    assert!(judged("1", "1", "3").await.is_some());
    // The one that was held had not been saved.
    assert_eq!(judged("0", "2", "3").await, Some((2, r#""1""#.to_owned())));
    // What was saved last is not there.
    assert_eq!(judged("1", "2", "2").await, Some((4, r#""3""#.to_owned())));
}

#[tokio::test]
async fn requests_that_go_on_together_are_saved_in_some_order() {
    let script = Script::new()
        .cycle("ann", [set("a", "0")])
        .cycle("ann", [items(), hold("gate"), set("a", "1"), set("b", "1")])
        .cycle("ann", [items(), hold("gate"), set("a", "2"), set("b", "2")])
        .release("gate")
        .cycle("ann", [items()]);
    let before = json!({"a": "0"});
    let judged = async |end: serde_json::Value| {
        let one = |value| Some(std::slice::from_ref(value));
        let read = [Some(&[][..]), one(&before), one(&before), one(&end)];
        finding(Concurrency::LastWriteWins, &script, &read).await.is_none()
    };
    assert!(judged(json!({"a": "1", "b": "1"})).await);
    assert!(judged(json!({"a": "2", "b": "2"})).await);
    assert!(!judged(json!({"a": "1", "b": "2"})).await, "torn");
    assert!(!judged(json!({"a": "0"})).await, "neither");
}

#[tokio::test]
async fn nothing_is_said_of_a_browser_with_other_cookies_or_of_a_request_that_failed() {
    let script = two_writers().copy_cookies("bob", "ann");
    let wrong = [json!({"z": "0"})];
    let read = [Some(&[][..]), Some(&wrong[..]), Some(&[][..]), Some(&wrong[..])];
    assert_eq!(finding(Concurrency::Merged, &script, &read).await, None);

    let script = two_writers();
    let mut transcript = transcript(&script, &read);
    transcript.exchanges[2].outcome = Outcome::Broken(BackendError::NoAnswer(Duration::from_secs(1)));
    let scenario = scenario(script, &survey(Concurrency::Merged).await, &transcript);
    assert_eq!(scenario.judge(&transcript).finding.unwrap().reason, "request-failed");
    assert!(scenario.expectations.is_empty());
}

#[tokio::test]
async fn a_request_that_was_held_sees_what_it_was_opened_with_or_what_is_there_by_now() {
    let script = Script::new()
        .cycle("ann", [set("a", "1")])
        .cycle("ann", [items(), hold("gate"), set("b", "2"), items()])
        .cycle("ann", [set("c", "3")])
        .release("gate");
    let before = json!({"a": "1"});
    let judged = async |seen: serde_json::Value| {
        let held = [before.clone(), seen];
        let read = [Some(&[][..]), Some(&held[..]), Some(&[][..])];
        finding(Concurrency::Merged, &script, &read).await
    };
    assert_eq!(judged(json!({"a": "1", "b": "2"})).await, None);
    assert_eq!(judged(json!({"a": "1", "b": "2", "c": "3"})).await, None);
    assert!(judged(json!({"a": "1", "c": "3"})).await.is_some(), "without what it has written itself");
}

#[tokio::test]
async fn a_request_with_two_gates_is_saved_after_the_second() {
    let script = Script::new()
        .cycle("ann", [set("a", "1")])
        .cycle("ann", [items(), hold("one"), set("a", "2"), hold("two"), set("b", "2")])
        .release("one")
        .cycle("ann", [items()])
        .release("two")
        .cycle("ann", [items()]);
    let (before, after) = (json!({"a": "1"}), json!({"a": "2", "b": "2"}));
    let judged = async |between: serde_json::Value| {
        let one = |value| Some(std::slice::from_ref(value));
        let read = [Some(&[][..]), one(&before), one(&between), one(&after)];
        finding(Concurrency::LastWriteWins, &script, &read).await
    };
    assert_eq!(judged(before.clone()).await, None);
    assert!(judged(json!({"a": "2"})).await.is_some(), "a part of it");
}

/// Nobody has to tell what a request has seen from what it has not.
#[tokio::test]
async fn what_a_merge_deletes_and_clears_may_be_what_others_have_written() {
    let deletes = Operation::Delete { key: "b".to_owned() };
    for (late, possible) in [
        (deletes, [json!({"a": "1"}), json!({"a": "1", "b": "2"})]),
        (clear(), [json!({}), json!({"b": "2"})]),
    ] {
        let script = Script::new()
            .cycle("ann", [set("a", "1")])
            .cycle("ann", [items(), hold("gate"), late])
            .cycle("ann", [set("b", "2")])
            .release("gate")
            .cycle("ann", [items()]);
        let before = json!({"a": "1"});
        for end in possible {
            let one = |value| Some(std::slice::from_ref(value));
            let read = [Some(&[][..]), one(&before), Some(&[][..]), one(&end)];
            assert_eq!(finding(Concurrency::Merged, &script, &read).await, None, "{end}");
        }
    }
}
