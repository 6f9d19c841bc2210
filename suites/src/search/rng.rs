//! What is left to chance, from the seed of one case.

use proptest::prelude::RngExt;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Chance, the same for the same seed.
pub(super) struct Rng(TestRunner);

impl Rng {
    pub(super) fn new(seed: [u8; 32]) -> Self {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let config = Config { failure_persistence: None, ..Config::default() };
        Self(TestRunner::new_with_rng(config, rng))
    }

    /// A number from zero to below this one; zero of zero.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0.rng().random_range(0..end.max(1))
    }

    /// True once in so many times.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these, each as often as its weight says.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(u32, T)]) -> T {
        let total: u32 = choices.iter().map(|(weight, _)| weight).sum();
        let mut at = self.0.rng().random_range(0..total);
        for (weight, choice) in choices {
            match at.checked_sub(*weight) {
                Some(rest) => at = rest,
                None => return *choice,
            }
        }
        unreachable!("the number is below the sum of the weights")
    }

    /// A value of this strategy, unless it has none.
    pub(super) fn value<T: std::fmt::Debug>(&mut self, strategy: &impl Strategy<Value = T>) -> Option<T> {
        strategy.new_tree(&mut self.0).map(|tree| tree.current()).ok()
    }
}
