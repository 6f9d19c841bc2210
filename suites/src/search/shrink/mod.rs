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
use crate::play::SideBySide;

use budget::Budget;
pub use budget::ShrinkBounds;
pub(super) use item::Item;
pub(super) use script::GeneratedScript;

/// A value that can be made simpler.
pub(super) trait Shrink: Clone {
    /// How much there is to a value.
    type Weight: Ord;

    /// How much there is to this value. The loop goes on only to what weighs less, so that it ends.
    fn weight(&self) -> Self::Weight;

    /// The ways to make such a value simpler, the boldest first.
    fn ways() -> Vec<Way<Self>>;

    /// The part of the value up to the place where it failed, if its parts come one after the other.
    fn up_to(&self, _failure: &Finding) -> Option<Self> {
        None
    }

    /// What may be simpler than this value, in each of the ways.
    fn simpler(&self) -> Vec<Self> {
        Self::ways().into_iter().flat_map(|way| way(self)).collect()
    }
}

/// A way to make a value simpler: the values that may be simpler, the boldest first. The loop passes over those that do not
/// weigh less.
pub(super) type Way<T> = fn(&T) -> Vec<T>;

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

/// Plays simpler values until none fails for the same reason, or the budget is spent. As many as `width` are played side by
/// side; which of them is taken does not depend on that.
pub(super) async fn shrink<T: Shrink>(
    failing: Failing<T>,
    bounds: ShrinkBounds,
    width: usize,
    play: &impl AsyncFn(&T) -> Result<JudgedCase, BackendError>,
) -> Shrunk<T> {
    let mut smallest = failing;
    let mut budget = Budget::begin(bounds);
    let up_to = |failing: &Failing<T>| failing.value.up_to(&failing.case.finding).into_iter().collect();
    go_on(&mut smallest, &mut budget, up_to, width, play).await;
    let ways = T::ways();
    // The ways in a row that were tried to their end and lead no further from the smallest value.
    let mut exhausted = 0;
    for way in ways.iter().cycle() {
        if exhausted == ways.len() || budget.stopped.is_some() {
            break;
        }
        let has_shrunk = go_on(&mut smallest, &mut budget, |failing| way(&failing.value), width, play).await;
        exhausted = if has_shrunk { 1 } else { exhausted + 1 };
    }
    Shrunk { smallest, stopped: budget.stopped }
}

/// Goes on to the first candidate that fails for the same reason, and from there again, until there is none. The answer is
/// whether there was one.
///
/// After a success it goes on with the candidate in the same place, since those before it have just been tried. They are
/// tried again before it ends.
async fn go_on<T: Shrink>(
    smallest: &mut Failing<T>,
    budget: &mut Budget,
    candidates_of: impl Fn(&Failing<T>) -> Vec<T>,
    width: usize,
    play: &impl AsyncFn(&T) -> Result<JudgedCase, BackendError>,
) -> bool {
    let mut has_shrunk = false;
    let mut place = 0;
    loop {
        let candidates = from_place(candidates_of(smallest), place);
        let Some((at, failing)) = first_failing(candidates, smallest, budget, width, play).await else {
            return has_shrunk;
        };
        *smallest = failing;
        has_shrunk = true;
        place = at;
    }
}

/// The candidates with their places, from this place on, and then those before it.
fn from_place<T>(candidates: Vec<T>, place: usize) -> impl Iterator<Item = (usize, T)> {
    let mut placed: Vec<(usize, T)> = candidates.into_iter().enumerate().collect();
    let count = placed.len().max(1);
    placed.rotate_left(place % count);
    placed.into_iter()
}

/// The first of these candidates that weighs less and fails for the same reason, with its place.
async fn first_failing<T: Shrink>(
    candidates: impl Iterator<Item = (usize, T)>,
    smallest: &Failing<T>,
    budget: &mut Budget,
    width: usize,
    play: &impl AsyncFn(&T) -> Result<JudgedCase, BackendError>,
) -> Option<(usize, Failing<T>)> {
    let weight = smallest.value.weight();
    let mut lighter = candidates.filter(|(_, candidate)| candidate.weight() < weight).peekable();
    let mut begun = SideBySide::new();
    let mut found = None;
    loop {
        while begun.len() < width
            && budget.has_room_for(begun.len())
            && let Some((place, value)) = lighter.next()
        {
            begun.begin(async move {
                let played = play(&value).await;
                (place, value, played)
            });
        }
        // What is played ahead, and not looked at, is not counted.
        if (begun.len() == 0 && lighter.peek().is_none()) || !budget.may_play() {
            break;
        }
        let Some((place, value, played)) = begun.next().await else { break };
        match played.map(JudgedCase::failing) {
            Ok(Some(case)) if case.finding.reason == smallest.case.finding.reason => {
                found = Some((place, Failing { value, case }));
                break;
            }
            Ok(_) => {}
            Err(fault) => {
                budget.stop(&fault);
                break;
            }
        }
    }
    begun.all_ended().await;
    found
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
