//! What is generated of overlapping requests: within what a probe has to bear, explained on the reference, and telling.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::Memory;
use sessionspec_reference::modes::{self, Modes};

use crate::backend::in_process;
use crate::play::Player;
use crate::script::{Operation, Script, Step};
use crate::search::{
    CaseRunner, Cases, DeadSessions, Generator, Property, Shape, ShrinkBounds, case_seed, run_cases,
};
use crate::survey::{AtOnce, Survey};

const PATIENCE: Duration = Duration::from_secs(10);

fn property(shape: Shape) -> Property {
    Property { shape, dead_sessions: DeadSessions::Avoided }
}

async fn survey(modes: Modes) -> Survey {
    Survey::of(in_process(Memory::new(modes)), PATIENCE).await.unwrap()
}

fn scripts(survey: &Survey, shape: Shape, count: u32) -> Vec<Script> {
    let generator = Generator::new(property(shape), survey);
    (0..count).map(|case| generator.script(case_seed(0, "suite/check", case))).collect()
}

fn gate(op: &Operation) -> Option<&String> {
    match op {
        Operation::Hold { gate } => Some(gate),
        _ => None,
    }
}

/// The most requests that are held at once.
fn most_held(script: &Script) -> usize {
    let mut held: Vec<&String> = Vec::new();
    let mut most = 0;
    for step in &script.steps {
        match step {
            Step::Cycle(cycle) => held.extend(cycle.ops.iter().filter_map(gate)),
            Step::Release(gate) => held.retain(|held| *held != gate),
            _ => {}
        }
        most = most.max(held.len());
    }
    assert!(held.is_empty(), "each gate is opened");
    most
}

#[tokio::test]
async fn no_more_is_held_than_a_probe_has_to_bear() {
    let survey = survey(Modes::default()).await;
    let most = |shape| scripts(&survey, shape, 200).iter().map(most_held).max();
    assert_eq!(most(Shape::Overlapping), Some(3));
    assert_eq!(most(Shape::Parallel), Some(8));
}

#[tokio::test]
async fn where_requests_wait_for_each_other_one_of_a_session_is_held() {
    let survey = Survey { at_once: AtOnce::OnePerSession, ..survey(Modes::default()).await };
    for shape in [Shape::Overlapping, Shape::Parallel] {
        let scripts = scripts(&survey, shape, 100);
        assert!(scripts.iter().any(|script| script.steps.iter().any(|step| matches!(step, Step::Start(_)))));
        for script in scripts {
            let mut held: Vec<(&String, &String)> = Vec::new();
            for step in &script.steps {
                match step {
                    Step::Cycle(cycle) => {
                        assert!(held.iter().all(|(browser, _)| **browser != cycle.browser), "{script:?}");
                        let gates = cycle.ops.iter().filter_map(gate);
                        held.extend(gates.map(|gate| (&cycle.browser, gate)));
                    }
                    Step::Release(gate) => held.retain(|(_, held)| *held != gate),
                    _ => {}
                }
            }
        }
    }
}

/// So that a value says who wrote it.
#[tokio::test]
async fn every_write_is_one_of_a_kind() {
    let survey = survey(Modes::default()).await;
    for script in scripts(&survey, Shape::Overlapping, 100) {
        let mut seen = BTreeSet::new();
        for op in script.cycles().flat_map(|cycle| &cycle.ops) {
            if let Operation::Set { value, .. } = op {
                assert!(seen.insert(value.to_string()));
            }
        }
    }
}

#[tokio::test]
async fn eight_requests_are_really_at_work_at_once() {
    let survey = survey(Modes::default()).await;
    let script = scripts(&survey, Shape::Parallel, 1).remove(0);
    let player = Player::new(in_process(Memory::default()), PATIENCE);
    let transcript = tokio::task::LocalSet::new().run_until(player.play(&script)).await;
    assert_eq!(transcript.at_once, 8);
}

#[tokio::test]
async fn the_histories_of_the_reference_are_explained_in_every_mode() {
    for emptied in [modes::Emptied::Removed, modes::Emptied::Kept] {
        for shape in [Shape::Overlapping, Shape::Parallel] {
            let modes = Modes { emptied, ..Modes::default() };
            let survey = survey(modes.clone()).await;
            let backend = in_process(Memory::new(modes));
            let runner = CaseRunner {
                backend: Rc::clone(&backend),
                survey: &survey,
                patience: PATIENCE,
                lanes: Rc::default(),
                excused: Default::default(),
            };
            let wanted = Cases {
                check: "suite/check",
                property: property(shape),
                run_seed: 0,
                cases: 300,
                only_case: None,
                bounds: ShrinkBounds::default(),
                seen: &|_, _, _| {},
            };
            let hunted = run_cases(&runner, &wanted, &|_, _| {});
            let (evidence, counterexample) = tokio::task::LocalSet::new().run_until(hunted).await.unwrap();
            assert!(
                counterexample.is_none(),
                "{:?}",
                counterexample.map(|counterexample| counterexample.smallest.finding)
            );
            assert!(evidence.comparisons > 2 * evidence.scripts);
        }
    }
}
