//! Generates scripts with proptest's strategies: small alphabets, so that operations meet each other.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;
use sessionspec_reference::{Map, Value};

use super::Shape;
use crate::script::{Cycle, Operation, Script, Step};
use crate::survey::{Nested, Permanent, Survey, Values};

/// A script of this shape, for the backend that was surveyed. The same seed gives the same script.
pub(crate) fn generate(shape: Shape, survey: &Survey, seed: u64) -> Script {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng);
    let tree = scripts(shape, survey).new_tree(&mut runner).expect("no strategy here rejects anything");
    tree.current()
}

fn scripts(shape: Shape, survey: &Survey) -> BoxedStrategy<Script> {
    let turns = turns(survey);
    match shape {
        Shape::OneCycle => vec(turns, 1..8).prop_map(|turns| script([("ann", turns)])).boxed(),
        Shape::SeveralCycles => {
            vec((prop::sample::select(vec!["ann", "ann", "bob"]), vec(turns, 0..4)), 2..6)
                .prop_map(script)
                .boxed()
        }
    }
}

/// One or two operations that belong together.
type Turn = Vec<Operation>;

fn script(cycles: impl IntoIterator<Item = (&'static str, Vec<Turn>)>) -> Script {
    let steps = cycles.into_iter().map(|(browser, turns)| {
        // Every cycle ends with a look at everything, so that nothing that went wrong stays hidden.
        let ops = turns.into_iter().flatten().chain([Operation::Items]).collect();
        Step::Cycle(Cycle { browser: browser.to_owned(), ops })
    });
    Script { steps: steps.collect() }
}

fn turns(survey: &Survey) -> BoxedStrategy<Turn> {
    let value = values(survey.values);
    let one = |op: BoxedStrategy<Operation>| op.prop_map(|op| vec![op]).boxed();
    let pair = || (keys(), value.clone());
    let mut turns: Vec<(&'static str, u32, BoxedStrategy<Turn>)> = vec![
        ("get", 2, one(keys().prop_map(|key| Operation::Get { key }).boxed())),
        ("contains", 1, one(keys().prop_map(|key| Operation::Contains { key }).boxed())),
        ("len", 1, Just(vec![Operation::Items, Operation::Len]).boxed()),
        ("set", 6, one(pair().prop_map(|(key, value)| Operation::Set { key, value }).boxed())),
        ("delete", 2, one(keys().prop_map(|key| Operation::Delete { key }).boxed())),
        ("pop", 2, one(keys().prop_map(|key| Operation::Pop { key }).boxed())),
        ("setdefault", 2, one(pair().prop_map(|(key, value)| Operation::Setdefault { key, value }).boxed())),
        (
            "update",
            2,
            one(vec(pair(), 0..3)
                .prop_map(|items| Operation::Update { items: items.into_iter().collect::<Map>() })
                .boxed()),
        ),
        ("clear", 1, one(Just(Operation::Clear).boxed())),
    ];
    if survey.permanent.observed() == Some(Permanent::InData) {
        turns.push(("permanent", 1, one(Just(Operation::Permanent).boxed())));
        turns.push((
            "set_permanent",
            1,
            one(any::<bool>().prop_map(|value| Operation::SetPermanent { value }).boxed()),
        ));
    }
    if matches!(survey.nested, Nested::Tracked | Nested::Untracked | Nested::WrittenBack) {
        turns.push(("set_in", 2, nested_change(value.clone())));
    }
    turns.retain(|(name, ..)| !survey.unsupported.iter().any(|unsupported| unsupported == name));
    prop::strategy::Union::new_weighted(turns.into_iter().map(|(_, weight, turn)| (weight, turn)).collect())
        .boxed()
}

/// A change inside of a value, which the session is told about: whether it notices by itself is a capability.
fn nested_change(value: BoxedStrategy<Value>) -> BoxedStrategy<Turn> {
    (keys(), value)
        .prop_map(|(key, value)| {
            vec![
                Operation::Set { key: key.clone(), value: json!({"n": value.clone()}) },
                Operation::SetIn { path: vec![key.as_str().into(), "n".into()], value: json!([value]) },
                Operation::SetModified,
            ]
        })
        .boxed()
}

fn keys() -> BoxedStrategy<String> {
    prop::sample::select(vec!["a", "b", "c", "d", "Colour_2"]).prop_map(str::to_owned).boxed()
}

/// Values within what level `minimum` allows (CONTRACT.md, values).
fn values(kept: Values) -> BoxedStrategy<Value> {
    let strings = prop::sample::select(vec!["", "x", "a longer text", "grüße 🐢", "%3D;\"", "1", "true"])
        .prop_map(Value::from)
        .boxed();
    if kept == Values::Strings {
        return strings;
    }
    let scalars = prop_oneof![
        3 => strings,
        1 => any::<bool>().prop_map(Value::from),
        2 => prop::sample::select(vec![0, 1, -1, 2_147_483_647, -2_147_483_648]).prop_map(Value::from),
    ];
    scalars
        .prop_recursive(2, 6, 3, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..3).prop_map(Value::from),
                vec((keys(), inner), 0..3).prop_map(|items| Value::Object(items.into_iter().collect())),
            ]
        })
        .boxed()
}
