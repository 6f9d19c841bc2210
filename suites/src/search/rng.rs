//! The random source of one case. It answers every question, also about an empty range or an empty list.

use proptest::prelude::RngExt;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The random source of one case. The same seed gives the same answers.
pub(super) struct Rng(TestRunner);

impl Rng {
    pub(super) fn new(seed: [u8; 32]) -> Self {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let config = Config { failure_persistence: None, ..Config::default() };
        Self(TestRunner::new_with_rng(config, rng))
    }

    /// A number from zero to below this one; zero if there is none.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0.rng().random_range(0..end.max(1))
    }

    /// True once in so many times.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these, all equally often, unless there is none.
    pub(super) fn choose<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        choices.get(self.below(choices.len()))
    }

    /// One of these, each as often as its weight says, unless all weights are zero.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(u32, T)]) -> Option<T> {
        let total: u32 = choices.iter().map(|(weight, _)| weight).sum();
        let mut at = self.0.rng().random_range(0..total.max(1));
        for (weight, choice) in choices {
            match at.checked_sub(*weight) {
                Some(rest) => at = rest,
                None => return Some(*choice),
            }
        }
        None
    }

    /// A value of this strategy, unless it has none.
    pub(super) fn value<T: std::fmt::Debug>(&mut self, strategy: &impl Strategy<Value = T>) -> Option<T> {
        strategy.new_tree(&mut self.0).map(|tree| tree.current()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn an_empty_range_or_list_is_no_mistake() {
        let mut rng = Rng::new([7; 32]);
        assert_eq!(rng.below(0), 0);
        assert_eq!(rng.choose::<u8>(&[]), None);
        assert_eq!(rng.weighted::<u8>(&[]), None);
        assert_eq!(rng.weighted(&[(0, "never")]), None);
        assert_eq!(rng.weighted(&[(0, "never"), (1, "always")]), Some("always"));
    }
}
