//! What is generated: within the level's limits, judged throughout, and deep enough.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use serde_json::json;
use sessionspec_reference::modes::{self, Modes};
use sessionspec_reference::value::PathStep;
use sessionspec_reference::{Map, Memory, Value};

use super::case_runner::Room;
use super::values::{KEYS, MORE_KEYS, fits, other_keys};
use super::{
    CaseRunner, Cases, DeadSessions, Generator, Property, Shape, ShrinkBounds, case_seed, run_cases,
};
use crate::backend::in_process;
use crate::expect::Expected;
use crate::script::{Operation, OperationKind, Script, Step};
use crate::survey::Survey;

const SEVERAL: Property = Property { shape: Shape::SeveralCycles, dead_sessions: DeadSessions::Avoided };

async fn survey() -> Survey {
    Survey::of(in_process(Memory::default()), Duration::from_secs(10)).await.unwrap()
}

fn scripts(survey: &Survey, property: Property, count: u32) -> Vec<Script> {
    let generator = Generator::new(property, survey);
    (0..count).map(|case| generator.script(case_seed(0, "suite/check", case))).collect()
}

fn on_the_reference(survey: &Survey, modes: Modes) -> CaseRunner<'_> {
    CaseRunner {
        backend: in_process(Memory::new(modes)),
        survey,
        patience: Duration::from_secs(10),
        lanes: Rc::default(),
        excused: Default::default(),
    }
}

#[test]
fn the_seed_of_a_case_is_what_it_is_documented_to_be() {
    let mut expected = [0; 32];
    expected[0] = 7;
    // FNV-1a of "a", from its authors' test vectors.
    expected[8..16].copy_from_slice(&0xaf63_dc4c_8601_ec8c_u64.to_le_bytes());
    expected[16] = 3;
    assert_eq!(case_seed(7, "a", 3), expected);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_script_and_another_one_another() {
    let survey = survey().await;
    let first = scripts(&survey, SEVERAL, 200);
    assert_eq!(first, scripts(&survey, SEVERAL, 200));
    let distinct: BTreeSet<String> =
        first.iter().map(|script| serde_json::to_string(script).unwrap()).collect();
    assert!(distinct.len() > 190, "{} of 200", distinct.len());
}

#[tokio::test]
async fn in_a_hundred_cases_every_pair_of_situations_is_met_that_can_be() {
    let memory = in_process(Memory::default()).on_virtual_time().await.unwrap();
    let survey = Survey::of(memory, Duration::from_secs(10)).await.unwrap();
    for (shape, check) in [(Shape::AnyScript, "promises/any-script"), (Shape::AnyLife, "promises/any-life")] {
        let generator = Generator::new(Property { shape, ..SEVERAL }, &survey);
        for run_seed in [0, 1, 211] {
            let seeds = |cases| (0..cases).map(move |case| case_seed(run_seed, check, case));
            let pairs = generator.pairs_met(seeds(100)).unwrap();
            assert_eq!(pairs.met, pairs.of, "{check} with the seed {run_seed}");
            assert!(generator.pairs_met(seeds(10)).unwrap().met < pairs.met);
        }
    }
}

/// Everything else is asked as before.
#[tokio::test]
async fn statuses_without_a_body_are_those_that_are_declared() {
    let mut survey = survey().await;
    let asked = |survey: &Survey| -> BTreeSet<u16> {
        let shapes = [Shape::AnyScript, Shape::AnyLife];
        let scripts =
            shapes.into_iter().flat_map(|shape| scripts(survey, Property { shape, ..SEVERAL }, 100));
        let of_script = |script: Script| -> Vec<u16> {
            script.cycles().filter_map(|cycle| cycle.ops.status_without_body()).collect()
        };
        scripts.flat_map(of_script).collect()
    };
    assert_eq!(asked(&survey), BTreeSet::from([204, 304]));
    survey.description.without_body = vec![304];
    assert_eq!(asked(&survey), BTreeSet::from([304]));
    survey.description.without_body.clear();
    assert_eq!(asked(&survey), BTreeSet::new());
}

#[tokio::test]
async fn keys_and_values_are_within_the_limits_of_the_level() {
    let survey = survey().await;
    for script in scripts(&survey, SEVERAL, 500) {
        for op in script.cycles().flat_map(|cycle| &cycle.ops) {
            match op {
                Operation::Set { key, value } | Operation::Setdefault { key, value } => {
                    assert_item(key, value);
                }
                Operation::Update { items } => items.iter().for_each(|(key, value)| assert_item(key, value)),
                Operation::SetIn { value, .. } => assert_item("path", value),
                _ => {}
            }
        }
    }
}

fn assert_item(key: &str, value: &Value) {
    assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{key}");
    assert!(!key.starts_with(|first: char| first.is_ascii_digit()), "{key}");
    match value {
        Value::Null => panic!("null is no value of level `minimum`"),
        Value::Bool(_) => {}
        Value::Number(number) => assert!(number.as_i64().unwrap().abs() <= 1 << 31, "{number}"),
        Value::String(text) => assert!(!text.contains(char::is_control), "{text:?}"),
        Value::Array(elements) => elements.iter().for_each(|element| assert_item("element", element)),
        Value::Object(members) => members.iter().for_each(|(key, value)| assert_item(key, value)),
    }
}

fn keys_of(op: &Operation) -> Vec<&str> {
    match op {
        Operation::Get { key }
        | Operation::Contains { key }
        | Operation::Delete { key }
        | Operation::Pop { key }
        | Operation::Set { key, .. }
        | Operation::Setdefault { key, .. } => vec![key],
        Operation::Update { items } => items.keys().map(String::as_str).collect(),
        Operation::SetIn { path, .. } => match path.first() {
            Some(PathStep::Key(key)) => vec![key],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

const SHAPES: [Shape; 4] = [Shape::OneCycle, Shape::SeveralCycles, Shape::Overlapping, Shape::Parallel];

#[tokio::test]
async fn keys_of_the_framework_are_left_alone_even_if_it_has_all_the_usual_ones() {
    let few = BTreeSet::from(["a", "b", "c"].map(str::to_owned));
    let usual: BTreeSet<String> = KEYS.into_iter().chain(MORE_KEYS).map(str::to_owned).collect();
    let with_others: BTreeSet<String> = usual.iter().cloned().chain(other_keys().take(10)).collect();
    for own_keys in [few, usual, with_others] {
        let survey = Survey { own_keys: own_keys.clone(), ..survey().await };
        for shape in SHAPES {
            let scripts = scripts(&survey, Property { shape, ..SEVERAL }, 100);
            let ops = scripts.iter().flat_map(Script::cycles).flat_map(|cycle| &cycle.ops);
            let used: BTreeSet<&str> = ops.flat_map(keys_of).collect();
            assert!(used.len() >= 3, "{shape:?}: {used:?}");
            assert!(used.iter().all(|key| !own_keys.contains(*key)), "{shape:?}: {used:?}");
        }
    }
}

#[tokio::test]
async fn scripts_are_generated_even_if_every_operation_is_unsupported() {
    let unsupported = OperationKind::ALL.map(|kind| kind.as_str().to_owned()).to_vec();
    let survey = Survey { unsupported, ..survey().await };
    for shape in SHAPES {
        for script in scripts(&survey, Property { shape, ..SEVERAL }, 100) {
            assert!(script.cycles().next().is_some(), "{shape:?}");
        }
    }
}

/// Plays generated scripts on the reference and judges them by itself.
#[tokio::test]
async fn every_cycle_is_judged_and_no_session_is_too_large() {
    let survey = survey().await;
    let runner = on_the_reference(&survey, Modes::default());
    for script in scripts(&survey, SEVERAL, 500) {
        let judged_case = runner.play(SEVERAL, script, Room::BesideOthers).await.unwrap();
        assert_eq!(judged_case.judgement.finding, None);
        for (index, cycle) in judged_case.scenario.script.cycles().enumerate() {
            let of_cycle = || {
                judged_case.scenario.expectations.iter().filter(move |expectation| expectation.cycle == index)
            };
            assert!(of_cycle().next().is_some(), "{cycle:?}");
            for expectation in of_cycle() {
                if let Expected::Items { items, .. } = &expectation.expected {
                    assert!(Value::Object(items.clone()).to_string().len() <= 1500, "{items:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn deep_states_are_reached() {
    let survey = survey().await;
    let scripts = scripts(&survey, SEVERAL, 1000);
    let share = |name: &str, reaches: fn(&Script) -> bool| {
        let reached = scripts.iter().filter(|script| reaches(script)).count();
        assert!(reached >= 20, "only {reached} of 1000 scripts reach: {name}");
    };
    share("a lone delete in a later cycle", |script| {
        script
            .cycles()
            .skip(1)
            .any(|cycle| matches!(cycle.ops.as_slice(), [Operation::Delete { .. }, Operation::Items, ..]))
    });
    share("a nested change that is told, with no set in its cycle", |script| {
        script.cycles().skip(1).any(|cycle| {
            let has = |wanted: fn(&Operation) -> bool| cycle.ops.iter().any(wanted);
            has(|op| matches!(op, Operation::SetIn { .. }))
                && has(|op| matches!(op, Operation::SetModified))
                && !has(|op| matches!(op, Operation::Set { .. }))
        })
    });
    share("a change inside of a list", |script| {
        let leads_into_a_list = |op: &Operation| {
            let Operation::SetIn { path, .. } = op else { return false };
            path.iter().any(|step| matches!(step, PathStep::Index(_)))
        };
        script.cycles().any(|cycle| cycle.ops.iter().any(leads_into_a_list))
    });
    share("clear, then set in the same cycle", |script| {
        script.cycles().any(|cycle| {
            let cleared = cycle.ops.iter().position(|op| matches!(op, Operation::Clear));
            cleared.is_some_and(|at| cycle.ops[at..].iter().any(|op| matches!(op, Operation::Set { .. })))
        })
    });
    share("regenerate", |script| script.cycles().any(|cycle| cycle.ops.contains(&Operation::Regenerate)));
    share("a cycle after destroy", |script| {
        let destroys = script.cycles().position(|cycle| cycle.ops.contains(&Operation::Destroy));
        destroys.is_some_and(|at| at + 1 < script.cycles().count())
    });
    share("a shared session", |script| {
        script.steps.iter().any(|step| matches!(step, Step::CopyCookies { .. }))
    });
    share("three browsers", |script| {
        script.cycles().map(|cycle| &cycle.browser).collect::<BTreeSet<_>>().len() == 3
    });
}

#[tokio::test]
async fn dead_sessions_on_purpose_accuse_the_reference_in_no_mode() {
    for emptied in [modes::Emptied::Removed, modes::Emptied::Kept] {
        let modes = Modes { emptied, ..Modes::default() };
        let backend = in_process(Memory::new(modes.clone()));
        let survey = Survey::of(Rc::clone(&backend), Duration::from_secs(10)).await.unwrap();
        let property = Property { dead_sessions: DeadSessions::OnPurpose, ..SEVERAL };
        let runner = on_the_reference(&survey, modes);
        let wanted = Cases {
            check: "suite/check",
            property,
            run_seed: 0,
            cases: 500,
            only_case: None,
            bounds: ShrinkBounds::default(),
            seen: &|_, _, _| {},
        };
        let (evidence, counterexample) = run_cases(&runner, &wanted, &|_, _| {}).await.unwrap();
        assert!(counterexample.is_none());
        assert!(evidence.comparisons > evidence.scripts);
    }
}

#[tokio::test]
async fn what_took_longer_than_a_session_lives_is_not_judged() {
    let surveyed = survey().await;
    let with_lifetimes = |permanent: Option<f64>, browser: Option<f64>| {
        let mut survey = surveyed.clone();
        survey.description.lifetime_seconds = permanent;
        survey.description.browser_lifetime_seconds = Some(browser);
        survey
    };
    for (survey, is_judged) in [
        // A second is left for clocks that count in seconds, so these are over before anything was done.
        (with_lifetimes(Some(0.5), None), false),
        (with_lifetimes(Some(3600.0), Some(1.0)), false),
        (with_lifetimes(Some(3600.0), Some(3600.0)), true),
        (with_lifetimes(None, None), true),
    ] {
        let runner = on_the_reference(&survey, Modes::default());
        for script in scripts(&survey, SEVERAL, 3) {
            let compared =
                runner.play(SEVERAL, script, Room::BesideOthers).await.unwrap().judgement.comparisons;
            assert_eq!(compared > 0, is_judged, "{:?}", survey.description);
        }
    }
}

/// In the longest of the usual forms of JSON: an escape for each unit of UTF-16 beyond ASCII.
#[test]
fn what_fits_into_a_session_is_counted_to_the_byte() {
    let fits = |value: Value| fits(&Map::new(), "a", &value);
    for (char, most) in [("x", 1293), ("\"", 646), ("\\", 646), ("é", 215), ("🐢", 107)] {
        assert!(fits(char.repeat(most).into()), "{char}");
        assert!(!fits(char.repeat(most + 1).into()), "{char}");
    }
    assert!(fits(json!(vec!["x"; 323])) && !fits(json!(vec!["x"; 324])));
    assert!(fits(json!({"n": "x".repeat(1286)})) && !fits(json!({"n": "x".repeat(1287)})));
    assert!(fits(json!(vec![1; 107])) && !fits(json!(vec![1; 108])));
}
