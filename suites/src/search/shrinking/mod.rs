//! Shrinks what was drawn, step by step, to something that has nothing simpler.
//!
//! proptest's own value trees shrink along the way on which a value was drawn: they make a list shorter, but never put
//! what is in it in its place.

mod forgery;
mod item;

use std::fmt::Debug;

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// What can be made simpler.
pub(super) trait Simpler: Sized {
    /// What is simpler, the boldest first. Whatever is repeated until there is nothing simpler comes to an end.
    fn simpler(&self) -> Vec<Self>;
}

/// Draws as another strategy does, and shrinks by what is [`Simpler`].
#[derive(Debug)]
pub(super) struct Shrinking<S>(pub(super) S);

impl<S: Strategy> Strategy for Shrinking<S>
where
    S::Value: Simpler + Clone,
{
    type Tree = Steps<S::Value>;
    type Value = S::Value;

    fn new_tree(&self, rng: &mut TestRunner) -> NewTree<Self> {
        Ok(Steps::from(self.0.new_tree(rng)?.current()))
    }
}

/// What was drawn, what is tried in its place, and what may be tried next.
#[derive(Debug, Clone)]
pub(super) struct Steps<T> {
    simplest: T,
    current: T,
    untried: std::vec::IntoIter<T>,
}

impl<T> Steps<T> {
    fn try_next(&mut self) -> bool
    where
        T: Clone,
    {
        let next = self.untried.next();
        let is_there = next.is_some();
        self.current = next.unwrap_or_else(|| self.simplest.clone());
        is_there
    }
}

impl<T: Clone> From<T> for Steps<T> {
    fn from(drawn: T) -> Self {
        Self { simplest: drawn.clone(), current: drawn, untried: Vec::new().into_iter() }
    }
}

impl<T: Simpler + Clone + Debug> ValueTree for Steps<T> {
    type Value = T;

    fn current(&self) -> T {
        self.current.clone()
    }

    /// The current one fails, too: from here on.
    fn simplify(&mut self) -> bool {
        self.simplest = self.current.clone();
        self.untried = self.current.simpler().into_iter();
        self.try_next()
    }

    /// The current one does not fail: the next one.
    fn complicate(&mut self) -> bool {
        self.try_next()
    }
}

#[cfg(test)]
mod tests;
