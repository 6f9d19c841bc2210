//! Generated scenarios, each with literal expectations.
//!
//! What is drawn is an item or a forgery, and a scenario is made of it. Shrinking makes the item or the forgery simpler,
//! and makes the scenario anew.

mod any_forgery;
mod any_item;

use std::fmt;
use std::rc::Rc;

use proptest::strategy::BoxedStrategy;
use sessionspec_reference::Value;

use super::rng::Rng;
use super::shrink::{Item, Shrink};
use super::{CaseRunner, Cases, Counterexample};
use crate::backend::BackendError;
use crate::expect::Scenario;
use crate::play::Evidence;
use crate::script::Forgery;
use crate::survey::Survey;

use any_forgery::forgeries;
use any_item::items;

/// Generated scenarios, each with literal expectations.
#[derive(Clone)]
pub struct Generated(Kind);

#[derive(Clone)]
enum Kind {
    Items(Source<Item>),
    Forgeries(Source<Forgery>),
}

/// What is drawn, and the scenario that is made of it.
#[derive(Clone)]
struct Source<T> {
    strategy: BoxedStrategy<T>,
    scenario: Rc<dyn Fn(&T) -> Scenario>,
}

impl Generated {
    /// Scenarios about any item that a backend like this one has to keep, or to refuse: its key and its value.
    pub(crate) fn items(survey: &Survey, scenario: fn(&str, &Value) -> Scenario) -> Self {
        let scenario = move |item: &Item| scenario(&item.key, &item.value);
        Self(Kind::Items(Source { strategy: items(survey), scenario: Rc::new(scenario) }))
    }

    /// Scenarios about any forgery of the cookies of a backend like this one.
    pub(crate) fn forgeries(survey: &Survey, scenario: fn(&Survey, Forgery) -> Scenario) -> Self {
        let surveyed = survey.clone();
        let scenario = move |forgery: &Forgery| scenario(&surveyed, forgery.clone());
        Self(Kind::Forgeries(Source { strategy: forgeries(survey), scenario: Rc::new(scenario) }))
    }

    /// The scenario of this seed (see [`case_seed`](super::case_seed)).
    #[cfg(test)]
    fn scenario(&self, seed: [u8; 32]) -> Scenario {
        match &self.0 {
            Kind::Items(source) => (source.scenario)(&source.draw(seed)),
            Kind::Forgeries(source) => (source.scenario)(&source.draw(seed)),
        }
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
    match &wanted.property.0 {
        Kind::Items(source) => source.run_cases(runner, wanted, played).await,
        Kind::Forgeries(source) => source.run_cases(runner, wanted, played).await,
    }
}

impl<T: Shrink + fmt::Debug> Source<T> {
    async fn run_cases(
        &self,
        runner: &CaseRunner<'_>,
        wanted: &Cases<'_, Generated>,
        played: &dyn Fn(u32, u32),
    ) -> Result<(Evidence, Option<Counterexample>), BackendError> {
        let play = async |drawn: &T, room| runner.play_scenario((self.scenario)(drawn), room).await;
        wanted.run(&runner.lanes, played, |seed| self.draw(seed), &play).await
    }

    fn draw(&self, seed: [u8; 32]) -> T {
        Rng::new(seed).value(&self.strategy).expect("these strategies reject nothing")
    }
}

#[cfg(test)]
mod tests;
