//! Generated scenarios, each with literal expectations: what is drawn is an item or a forgery, and a scenario is made of
//! it.

use std::fmt;

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sessionspec_reference::Value;

use super::any_forgery::forgeries;
use super::any_item::items;
use super::budget::Budget;
use super::case_runner::FailingCase;
use super::run_cases::confirmed;
use super::shrink::Shrunk;
use super::{CaseRunner, Cases, Counterexample};
use crate::backend::BackendError;
use crate::expect::Scenario;
use crate::play::Evidence;
use crate::script::Forgery;
use crate::survey::Survey;

/// Generated scenarios, each with literal expectations.
#[derive(Clone)]
pub struct Generated(BoxedStrategy<Scenario>);

impl Generated {
    /// Scenarios about any item that a backend like this one has to keep, or to refuse: its key and its value.
    pub(crate) fn items(survey: &Survey, scenario: fn(&str, &Value) -> Scenario) -> Self {
        Self(items(survey).prop_map(move |item| scenario(&item.key, &item.value)).boxed())
    }

    /// Scenarios about any forgery of the cookies of a backend like this one.
    pub(crate) fn forgeries(survey: &Survey, scenario: fn(&Survey, Forgery) -> Scenario) -> Self {
        let surveyed = survey.clone();
        Self(forgeries(survey).prop_map(move |forgery| scenario(&surveyed, forgery)).boxed())
    }

    /// The scenario of this seed (see [`case_seed`](super::case_seed)), and how it shrinks.
    pub(super) fn draw(&self, seed: [u8; 32]) -> Box<dyn ValueTree<Value = Scenario>> {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let config = Config { failure_persistence: None, ..Config::default() };
        let tree = self.0.new_tree(&mut TestRunner::new_with_rng(config, rng));
        tree.expect("nothing that is drawn is rejected")
    }
}

impl fmt::Debug for Generated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Generated")
    }
}

/// Plays generated scenarios until one fails, makes that one small, and sees whether it fails every time.
///
/// # Errors
///
/// A fault of the service that leaves nothing to judge. One that comes after a failure was found is in its note.
pub(crate) async fn run_generated_cases(
    runner: &CaseRunner<'_>,
    wanted: &Cases<'_, Generated>,
    played: &dyn Fn(u32, u32),
) -> Result<(Evidence, Option<Counterexample>), BackendError> {
    let draw = |case| wanted.property.draw(wanted.seed(case));
    let play = async |case| runner.play_scenario(draw(case).current()).await;
    let (evidence, failing) = wanted.first_failing(played, play).await?;
    let Some((case, failing)) = failing else { return Ok((evidence, None)) };
    let shrunk = shrink(runner, Budget::begin(wanted.bounds), draw(case), failing).await;
    let again = async |smallest: &FailingCase| runner.play_scenario(smallest.scenario.clone()).await;
    Ok((evidence, Some(confirmed(case, shrunk, again).await)))
}

/// Simplifies what fails for the same reason, until nothing simpler does.
async fn shrink(
    runner: &CaseRunner<'_>,
    mut budget: Budget,
    mut drawn: Box<dyn ValueTree<Value = Scenario>>,
    failing: FailingCase,
) -> Shrunk {
    let mut smallest = failing;
    let mut is_there = drawn.simplify();
    while is_there && budget.may_play() {
        let judged_case = match runner.play_scenario(drawn.current()).await {
            Ok(judged_case) => judged_case,
            Err(fault) => {
                budget.stop(&fault);
                break;
            }
        };
        let failing =
            judged_case.failing().filter(|failing| failing.finding.reason == smallest.finding.reason);
        is_there = match failing {
            Some(failing) => {
                smallest = failing;
                drawn.simplify()
            }
            None => drawn.complicate(),
        };
    }
    Shrunk { smallest, stopped: budget.stopped }
}

#[cfg(test)]
mod tests;
