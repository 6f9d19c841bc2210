//! What the oracle expects, and what it leaves alone since nobody can say.

use std::time::Duration;

use serde_json::json;
use sessionspec_reference::Memory;

use super::scenario;
use crate::backend::in_process;
use crate::expect::{Expected, Scenario};
use crate::oracle::DeadSessions;
use crate::play::{Outcome, Player, Transcript};
use crate::script::ops::{get, items, set, set_in};
use crate::script::{Answer, Operation, Script};
use crate::survey::Survey;

const PATIENCE: Duration = Duration::from_secs(10);

/// What is expected of a backend that played this as the reference does, but for what is spoilt.
async fn expected(script: Script, spoil: impl FnOnce(&mut Transcript)) -> (Scenario, Transcript) {
    let survey = Survey::of(in_process(Memory::default()), PATIENCE).await.unwrap();
    let mut transcript = Player::new(in_process(Memory::default()), PATIENCE).play(&script).await;
    spoil(&mut transcript);
    (scenario(script, &survey, DeadSessions::Avoided, &transcript).await, transcript)
}

fn of_cycle(scenario: &Scenario, cycle: usize) -> Vec<&Expected> {
    let of_cycle = scenario.expectations.iter().filter(|expectation| expectation.cycle == cycle);
    of_cycle.map(|expectation| &expectation.expected).collect()
}

fn refused() -> Outcome {
    Outcome::NoAnswers { status: 413, said: "too much".to_owned() }
}

#[tokio::test]
async fn after_a_refused_request_that_wrote_nothing_is_expected_of_the_session() {
    let script = Script::new().cycle("ann", [set("a", 1)]).cycle("ann", [items()]).cycle("bob", [items()]);
    let (scenario, _) = expected(script, |transcript| transcript.exchanges[0].outcome = refused()).await;
    assert!(of_cycle(&scenario, 1).is_empty(), "it may have been saved or not: {scenario:?}");
    assert_eq!(of_cycle(&scenario, 2).len(), 1, "bob has a session of his own");
}

#[tokio::test]
async fn a_refused_request_that_only_read_has_changed_nothing() {
    let script = Script::new().cycle("ann", [set("a", 1)]).cycle("ann", [get("a")]).cycle("ann", [items()]);
    let (scenario, _) = expected(script, |transcript| transcript.exchanges[1].outcome = refused()).await;
    assert_eq!(of_cycle(&scenario, 2).len(), 1);
}

#[tokio::test]
async fn whether_a_session_can_be_ended_or_rotated_is_no_matter_of_data() {
    for op in [Operation::Destroy, Operation::Regenerate] {
        let script =
            Script::new().cycle("ann", [op.clone(), items()]).cycle("ann", [items()]).cycle("bob", [items()]);
        let refuse = |transcript: &mut Transcript| {
            let Outcome::Answered { results, .. } = &mut transcript.exchanges[0].outcome else { return };
            results[0] = Answer::Error("there is no session".to_owned());
        };
        let (scenario, transcript) = expected(script.clone(), refuse).await;
        assert_eq!(scenario.judge(&transcript).finding, None, "{op:?}");
        assert!(of_cycle(&scenario, 1).is_empty(), "it may be there or not: {scenario:?}");
        assert_eq!(of_cycle(&scenario, 2).len(), 1, "bob has a session of his own");
        let (scenario, _) = expected(script, |_| {}).await;
        assert_eq!(of_cycle(&scenario, 0)[0], &Expected::Done, "{op:?}");
    }
}

#[tokio::test]
async fn a_path_that_leads_nowhere_has_to_be_refused() {
    let nowhere = set_in(["a".into(), "n".into()], 2);
    let script = Script::new().cycle("ann", [set("a", json!([])), nowhere]);
    let (scenario, transcript) = expected(script.clone(), |_| {}).await;
    assert_eq!(of_cycle(&scenario, 0), [&Expected::Done, &Expected::Refused]);
    assert_eq!(scenario.judge(&transcript).finding, None);

    let accept = |transcript: &mut Transcript| {
        let Outcome::Answered { results, .. } = &mut transcript.exchanges[0].outcome else { return };
        results[1] = results[0].clone();
    };
    let (scenario, transcript) = expected(script, accept).await;
    let finding = scenario.judge(&transcript).finding.expect("nothing refused it");
    assert_eq!((finding.reason.as_str(), finding.op), ("set_in-differs", Some(1)));
}
