//! Generated scenarios, each with literal expectations: what is drawn is an item or a forgery, and a scenario is made of
//! it.

use std::fmt;

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sessionspec_reference::Value;

use super::any_forgery::forgeries;
use super::any_item::items;
use super::effort::Effort;
use super::hunt::corner;
use super::shrink::Shrunk;
use super::trial::Failing;
use super::{Caught, Hunt, Trial};
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
pub(crate) async fn hunt_generated(
    trial: &Trial<'_>,
    hunt: &Hunt<'_, Generated>,
    played: &dyn Fn(u32, u32),
) -> Result<(Evidence, Option<Caught>), BackendError> {
    let draw = |case| hunt.property.draw(hunt.seed(case));
    let play = async |case| trial.play_scenario(draw(case).current()).await;
    let (evidence, failing) = hunt.first_failing(played, play).await?;
    let Some((case, failing)) = failing else { return Ok((evidence, None)) };
    let shrunk = shrink(trial, Effort::begin(hunt.bounds), draw(case), failing).await;
    let again = async |smallest: &Failing| trial.play_scenario(smallest.scenario.clone()).await;
    Ok((evidence, Some(corner(case, shrunk, again).await)))
}

/// Simplifies what fails for the same reason, until nothing simpler does.
async fn shrink(
    trial: &Trial<'_>,
    mut effort: Effort,
    mut drawn: Box<dyn ValueTree<Value = Scenario>>,
    failing: Failing,
) -> Shrunk {
    let mut smallest = failing;
    let mut is_there = drawn.simplify();
    while is_there && effort.may_play() {
        let tried = match trial.play_scenario(drawn.current()).await {
            Ok(tried) => tried,
            Err(fault) => {
                effort.stop(&fault);
                break;
            }
        };
        let failing = tried.failing().filter(|failing| failing.finding.reason == smallest.finding.reason);
        is_there = match failing {
            Some(failing) => {
                smallest = failing;
                drawn.simplify()
            }
            None => drawn.complicate(),
        };
    }
    Shrunk { smallest, stopped: effort.stopped }
}

#[cfg(test)]
mod tests;
