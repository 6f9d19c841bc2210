//! What is owed of a race, and what is open: each test plays one on the reference, and spoils what was seen at its end.

use std::time::Duration;

use serde_json::json;
use sessionspec_reference::{Memory, Value};

use super::{EARLY, RACER, THIEF, scenario};
use crate::backend::in_process;
use crate::oracle::promises::Excused;
use crate::play::{Outcome, Player, Transcript};
use crate::script::ops::{destroy, get, hold, items, pop, set, set_in, setdefault, update};
use crate::script::{Answer, Forgery, Operation, Script};
use crate::survey::{Nested, OnError, Store, Survey};

const PATIENCE: Duration = Duration::from_secs(10);

struct Played {
    survey: Survey,
    script: Script,
    transcript: Transcript,
}

impl Played {
    /// A session with an item; a request that is held and does this at its end, while another does that; and looks.
    async fn of(held: Operation, other: Operation) -> Self {
        Self::ending(vec![held], other).await
    }

    /// The same, where the held request does all of this at its end.
    async fn ending(held: Vec<Operation>, other: Operation) -> Self {
        let held = [get("a"), hold("gate")].into_iter().chain(held);
        Self::held(held.collect(), other).await
    }

    async fn held(held: Vec<Operation>, other: Operation) -> Self {
        let script = Script::new()
            .cycle(RACER, [set("a", 1)])
            .copy_cookies(RACER, THIEF)
            .cycle(RACER, held)
            .cycle(RACER, [other])
            .release("gate")
            .cycle(THIEF, [items()])
            .cycle(RACER, [items()]);
        Self::script(script).await
    }

    async fn script(script: Script) -> Self {
        let survey = Survey::of(in_process(Memory::default()), PATIENCE).await.unwrap();
        let backend = in_process(Memory::default());
        let moved = if script.waits() { backend.on_virtual_time().await } else { None };
        let player = Player::new(moved.unwrap_or(backend), PATIENCE);
        let transcript = tokio::task::LocalSet::new().run_until(player.play(&script)).await;
        Self { survey, script, transcript }
    }

    fn reason(&self, excused: &Excused) -> Option<String> {
        let scenario = scenario(self.script.clone(), &self.survey, excused, &self.transcript);
        scenario.judge(&self.transcript).finding.map(|finding| finding.reason)
    }

    /// Whether it is a finding that the look of this cycle finds these items.
    fn accuses(&mut self, cycle: usize, found: Value) -> bool {
        let Outcome::Answered { results, .. } = &mut self.transcript.exchanges[cycle].outcome else {
            panic!("no answers in {:?}", self.transcript.exchanges[cycle]);
        };
        results[0] = Answer::Ok(found);
        self.reason(&Excused::default()).is_some()
    }
}

const THIEF_LOOKS: usize = 3;
const LOOKS: usize = 4;

#[tokio::test]
async fn the_reference_is_never_accused() {
    let actions = || [items(), set("b", 2), set("a", 3), Operation::Regenerate, destroy()];
    for held in actions() {
        for other in actions() {
            let played = Played::of(held.clone(), other.clone()).await;
            assert_eq!(played.reason(&Excused::default()), None, "{held:?} while {other:?}");
        }
    }
}

#[tokio::test]
async fn who_only_read_undoes_nothing() {
    let mut played = Played::of(items(), set("a", 2)).await;
    assert!(played.accuses(LOOKS, json!({"a": 1})));
    assert!(!played.accuses(LOOKS, json!({"a": 2})));
    let excused = Excused::new(["concurrency/read-does-not-undo-a-write".to_owned()]);
    assert!(played.accuses(LOOKS, json!({})));
    assert_eq!(played.reason(&excused), None, "that is known");
}

#[tokio::test]
async fn of_two_writers_the_last_or_both_are_kept() {
    let mut played = Played::of(set("b", 2), set("c", 3)).await;
    assert!(!played.accuses(LOOKS, json!({"a": 1, "b": 2})));
    assert!(!played.accuses(LOOKS, json!({"a": 1, "b": 2, "c": 3})));
    assert!(played.accuses(LOOKS, json!({"a": 1, "c": 3})), "what was saved last is lost");
    assert!(played.accuses(LOOKS, json!({"b": 2})), "a mixture");
}

#[tokio::test]
async fn an_ended_session_stays_ended() {
    let mut played = Played::of(set("b", 2), destroy()).await;
    assert!(played.accuses(LOOKS, json!({"a": 1, "b": 2})));
    assert!(!played.accuses(LOOKS, json!({})));
    assert!(played.accuses(THIEF_LOOKS, json!({"a": 1})));
    // The late response of a writer brings its own data to the browser, where they are in the cookie.
    let mut played = Played::of(set("b", 2), destroy()).await;
    played.survey.store = Store::Client;
    assert!(!played.accuses(LOOKS, json!({"a": 1, "b": 2})));
}

#[tokio::test]
async fn a_rotation_leaves_the_browser_its_items_and_nobody_else() {
    let mut played = Played::of(set("b", 2), Operation::Regenerate).await;
    assert!(played.accuses(LOOKS, json!({})));
    assert!(!played.accuses(LOOKS, json!({"a": 1})));
    assert!(!played.accuses(LOOKS, json!({"a": 1, "b": 2})));
    assert!(played.accuses(THIEF_LOOKS, json!({"a": 1})));
}

fn status(status: u16) -> Operation {
    Operation::Respond { status }
}

#[tokio::test]
async fn however_the_held_request_ends_it_brings_nothing_back() {
    let changes = || [items(), set("b", 2), pop("a"), setdefault("b", 2), update([("b", json!(2))])];
    for change in changes() {
        for ends in [200, 302, 404, 500] {
            let held = || vec![change.clone(), status(ends)];
            let mut played = Played::ending(held(), destroy()).await;
            assert_eq!(played.reason(&Excused::default()), None, "{change:?}, {ends}");
            assert!(played.accuses(THIEF_LOOKS, json!({"a": 1})), "{change:?}, {ends}");
        }
    }
    for ends in [302, 404, 500] {
        let mut played = Played::ending(vec![items(), status(ends)], set("a", 2)).await;
        assert!(played.accuses(LOOKS, json!({"a": 1})), "a reader undoes nothing: {ends}");
    }
}

#[tokio::test]
async fn what_a_failed_request_has_written_late_is_not_asked_for() {
    let mut played = Played::ending(vec![set("b", 2), status(500)], set("c", 3)).await;
    played.survey.on_server_error = OnError::Discarded;
    assert!(!played.accuses(LOOKS, json!({"a": 1, "c": 3})));
    assert!(played.accuses(LOOKS, json!({"c": 3})), "a mixture");
    let mut played = Played::ending(vec![set("b", 2), status(302)], set("c", 3)).await;
    assert!(played.accuses(LOOKS, json!({"a": 1, "c": 3})), "a redirect is saved");
}

#[tokio::test]
async fn nothing_is_said_where_the_held_request_came_to_its_gate_too_late() {
    let mut played = Played::of(set("b", 2), set("c", 3)).await;
    assert!(played.accuses(LOOKS, json!({"c": 3})), "a mixture");
    played.transcript.exchanges[1].came_late = true;
    assert!(!played.accuses(LOOKS, json!({"c": 3})));
}

#[tokio::test]
async fn an_id_that_the_held_request_has_ended_is_dead_whatever_came_meanwhile() {
    for end in [Operation::Regenerate, destroy()] {
        let mut played = Played::held(vec![get("a"), end.clone(), hold("gate")], set("b", 2)).await;
        assert_eq!(played.reason(&Excused::default()), None);
        assert!(played.accuses(THIEF_LOOKS, json!({"a": 1, "b": 2})), "{end:?}");
        // Where the end was refused, who has written has won.
        let Outcome::Answered { results, .. } = &mut played.transcript.exchanges[1].outcome else {
            panic!("{:?}", played.transcript.exchanges[1]);
        };
        results[1] = Answer::Error("it was changed meanwhile".to_owned());
        assert!(!played.accuses(THIEF_LOOKS, json!({"a": 1, "b": 2})), "{end:?}");
    }
}

#[tokio::test]
async fn a_change_inside_of_a_value_that_nobody_was_told_of_is_not_seen() {
    let script = Script::new()
        .cycle(RACER, [set("a", json!({"n": 1}))])
        .cycle(RACER, [get("a"), set_in(["a".into(), "n".into()], 2), hold("gate")])
        .cycle(RACER, [items()])
        .release("gate")
        .cycle(RACER, [items()]);
    let mut played = Played::script(script).await;
    assert_eq!(played.survey.nested, Nested::Untracked);
    assert_eq!(played.reason(&Excused::default()), None);
    assert!(played.accuses(2, json!({"a": {"n": 2}})));
    played.survey.nested = Nested::Tracked;
    assert_eq!(played.reason(&Excused::default()), None, "it may be seen at once where it is kept");
}

#[tokio::test]
async fn a_session_that_somebody_has_found_gone_is_not_brought_back_by_a_read() {
    let script = |held: Operation| {
        Script::new()
            .cycle(RACER, [set("a", 1), Operation::SetLifetime { seconds: 3.0 }])
            .forge(RACER, THIEF, Forgery::Replayed)
            .forge(RACER, EARLY, Forgery::Replayed)
            .cycle(RACER, [get("a"), hold("gate"), held])
            .wait(9.0)
            .cycle(EARLY, [get("a")])
            .release("gate")
            .cycle(THIEF, [items()])
    };
    let mut played = Played::script(script(status(302))).await;
    assert_eq!(played.reason(&Excused::default()), None);
    assert!(played.accuses(3, json!({"a": 1})));
    // Whoever counts it as used for as long as a request is at work on it finds it there.
    let mut found = Played::script(script(status(302))).await;
    let Outcome::Answered { results, .. } = &mut found.transcript.exchanges[2].outcome else {
        panic!("{:?}", found.transcript.exchanges[2]);
    };
    results[0] = Answer::Ok(1.into());
    assert!(!found.accuses(3, json!({"a": 1})));
    // Who writes may prolong it.
    assert!(!Played::script(script(set("a", 2))).await.accuses(3, json!({"a": 2})));
}

#[tokio::test]
async fn a_script_without_a_race_owes_nothing() {
    let mut played = Played::of(items(), items()).await;
    played.script.steps.remove(2);
    played.transcript.exchanges.remove(1);
    assert!(!played.accuses(2, json!({"nobody": "wrote this"})));
}
