//! What is owed of a race, and what is open: each test plays one on the reference, and spoils what was seen at its end.

use std::time::Duration;

use serde_json::json;
use sessionspec_reference::{Memory, Value};

use super::{RACER, THIEF, scenario};
use crate::backend::in_process;
use crate::oracle::promises::Excused;
use crate::play::{Outcome, Player, Transcript};
use crate::script::ops::{destroy, get, hold, items, set};
use crate::script::{Answer, Operation, Script};
use crate::survey::{Store, Survey};

const PATIENCE: Duration = Duration::from_secs(10);

struct Played {
    survey: Survey,
    script: Script,
    transcript: Transcript,
}

impl Played {
    /// A session with an item; a request that is held and does this at its end, while another does that; and looks.
    async fn of(held: Operation, other: Operation) -> Self {
        let script = Script::new()
            .cycle(RACER, [set("a", 1)])
            .copy_cookies(RACER, THIEF)
            .cycle(RACER, [get("a"), hold("gate"), held])
            .cycle(RACER, [other])
            .release("gate")
            .cycle(THIEF, [items()])
            .cycle(RACER, [items()]);
        let survey = Survey::of(in_process(Memory::default()), PATIENCE).await.unwrap();
        let player = Player::new(in_process(Memory::default()), PATIENCE);
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
    let deeds = || [items(), set("b", 2), set("a", 3), Operation::Regenerate, destroy()];
    for held in deeds() {
        for other in deeds() {
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

#[tokio::test]
async fn a_script_without_a_race_owes_nothing() {
    let mut played = Played::of(items(), items()).await;
    played.script.steps.remove(2);
    played.transcript.exchanges.remove(1);
    assert!(!played.accuses(2, json!({"nobody": "wrote this"})));
}
