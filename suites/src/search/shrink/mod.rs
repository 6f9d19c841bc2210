//! Makes what failed small.
//!
//! There is one loop for everything that is generated. It asks the failing value for simpler ones, plays them, and takes
//! the first that fails for the same reason, until nothing simpler does. [`Shrink`] says what is simpler.

mod budget;
mod forgery;
mod item;
mod script;

use super::case_runner::{FailingCase, JudgedCase};
use crate::backend::BackendError;
use crate::expect::Finding;

use budget::Budget;
pub use budget::ShrinkBounds;
pub(super) use script::GeneratedScript;

/// A value that can be made simpler.
pub(super) trait Shrink: Clone {
    /// How much there is to a value.
    type Weight: Ord;

    /// How much there is to this value. The loop goes on only to what weighs less, so that it ends.
    fn weight(&self) -> Self::Weight;

    /// The values that may be simpler, the boldest first. The loop passes over those that do not weigh less.
    fn simpler(&self) -> Vec<Self>;

    /// The part of the value up to the place where it failed, if its parts come one after the other.
    fn up_to(&self, _failure: &Finding) -> Option<Self> {
        None
    }
}

/// A value, and how it failed when it was played.
pub(super) struct Failing<T> {
    pub(super) value: T,
    pub(super) case: FailingCase,
}

/// The result of shrinking.
pub(super) struct Shrunk<T> {
    /// The smallest value that was found.
    pub(super) smallest: Failing<T>,
    /// Why it may not be the smallest there is, if shrinking was stopped.
    pub(super) stopped: Option<String>,
}

/// Plays simpler values until none fails for the same reason, or the budget is spent.
///
/// After a success the loop goes on with what is as bold, since everything bolder has just been tried. It returns to the
/// boldest before it ends: at the end, every simpler value was tried and none failed.
pub(super) async fn shrink<T: Shrink>(
    failing: Failing<T>,
    bounds: ShrinkBounds,
    play: &impl AsyncFn(&T) -> Result<JudgedCase, BackendError>,
) -> Shrunk<T> {
    let mut smallest = failing;
    let mut budget = Budget::begin(bounds);
    let mut simpler = simpler_than(&smallest);
    let mut untried = simpler.len();
    let mut at = 0;
    while untried > 0 && budget.may_play() {
        at %= simpler.len();
        match play(&simpler[at]).await.map(JudgedCase::failing) {
            Ok(Some(case)) if case.finding.reason == smallest.case.finding.reason => {
                smallest = Failing { value: simpler.swap_remove(at), case };
                simpler = simpler_than(&smallest);
                untried = simpler.len();
            }
            Ok(_) => {
                at += 1;
                untried -= 1;
            }
            Err(fault) => {
                budget.stop(&fault);
                break;
            }
        }
    }
    Shrunk { smallest, stopped: budget.stopped }
}

/// The values that the loop may go on to from this one.
fn simpler_than<T: Shrink>(failing: &Failing<T>) -> Vec<T> {
    let Failing { value, case } = failing;
    let weight = value.weight();
    let values = value.up_to(&case.finding).into_iter().chain(value.simpler());
    values.filter(|simpler| simpler.weight() < weight).collect()
}

/// The list without one of its elements, for each of them.
fn without_one<T: Clone>(list: &[T]) -> impl Iterator<Item = Vec<T>> {
    (0..list.len()).map(|gone| {
        let mut without = list.to_vec();
        without.remove(gone);
        without
    })
}

/// The list with one of its elements made simpler, for each element and each of its simpler values.
fn with_one_simpler<T: Clone>(list: &[T], simpler: impl Fn(&T) -> Vec<T>) -> impl Iterator<Item = Vec<T>> {
    list.iter().enumerate().flat_map(move |(at, element)| {
        simpler(element).into_iter().map(move |element| {
            let mut with = list.to_vec();
            with[at] = element;
            with
        })
    })
}

#[cfg(test)]
mod tests;
