//! What proptest gives by itself: a vector of operations that know nothing of each other.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sessionspec::engine::script::Operation;
use sessionspec::engine::search::case_seed;
use sessionspec::reference::Value;

/// Generates vectors with as many operations as our scripts have on average; how many.
pub(crate) fn generate() -> impl FnMut() -> usize {
    let scripts = super::scripts();
    let mean = scripts.iter().map(sessionspec::engine::script::Script::len).sum::<usize>() / scripts.len();
    let strategy = vec(operation(), mean / 2..=mean + mean / 2);
    let mut case = 0;
    move || {
        for _ in 0..200 {
            case += 1;
            let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &case_seed(0, "plain", case));
            let mut runner = TestRunner::new_with_rng(Config::default(), rng);
            let tree = strategy.new_tree(&mut runner).expect("nothing is rejected");
            divan::black_box(tree.current());
        }
        200
    }
}

fn operation() -> BoxedStrategy<Operation> {
    let key = || prop::sample::select(vec!["a", "b", "c", "d"]).prop_map(str::to_owned);
    let value = || {
        prop_oneof![
            prop::sample::select(vec!["", "x", "grüße"]).prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
        ]
    };
    prop_oneof![
        key().prop_map(|key| Operation::Get { key }),
        key().prop_map(|key| Operation::Delete { key }),
        key().prop_map(|key| Operation::Pop { key }),
        (key(), value()).prop_map(|(key, value)| Operation::Set { key, value }),
        (key(), value()).prop_map(|(key, value)| Operation::Setdefault { key, value }),
        Just(Operation::Items),
        Just(Operation::Clear),
    ]
    .boxed()
}
