//! Who observes: it sends cycles of fresh browsers to the backend, and notes what the probe has not done.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::Description;

use super::Attribute;
use crate::backend::Backend;
use crate::play::Player;
use crate::script::{Answer, Operation};

/// A string that every backend can keep.
pub(super) const TEXT: &str = "kept";

/// Every key that the survey and the preflight write. Where sessions leak into each other, these are no own keys.
pub(super) const WRITTEN: [&str; 6] = ["text", "other", "box", "number", "flag", "first"];

pub(super) struct Observer<'a> {
    pub(super) backend: Rc<dyn Backend>,
    patience: Duration,
    pub(super) description: &'a Description,
    /// Operations that the probe answers as done, and has not done.
    pub(super) not_done: RefCell<BTreeSet<&'static str>>,
    /// What came of `hold`, where no request was held.
    pub(super) hold_said: RefCell<Option<String>>,
}

impl<'a> Observer<'a> {
    pub(super) fn new(backend: &Rc<dyn Backend>, description: &'a Description, patience: Duration) -> Self {
        let (not_done, hold_said) = (RefCell::default(), RefCell::default());
        Self { backend: Rc::clone(backend), patience, description, not_done, hold_said }
    }

    /// Plays cycles of one fresh browser and returns their answers.
    pub(super) async fn observe<const N: usize>(&self, cycles: [Vec<Operation>; N]) -> [Vec<Answer>; N] {
        let mut player = self.player();
        let mut answers = [const { Vec::new() }; N];
        for (cycle, ops) in cycles.into_iter().enumerate() {
            let exchange = player.cycle("surveyor", ops).await;
            answers[cycle] = player.transcript().exchanges[exchange].answers().to_vec();
        }
        answers
    }

    pub(super) fn player(&self) -> Player {
        Player::new(Rc::clone(&self.backend), self.patience)
    }

    pub(super) fn attribute<T: Copy>(&self, op: &str, mode: Option<T>) -> Attribute<T> {
        match mode {
            _ if self.description.derived.iter().any(|derived| derived == op) => Attribute::Derived,
            Some(mode) => Attribute::Observed(mode),
            None => Attribute::Missing,
        }
    }
}

/// The answer of this number, if it is true or false.
pub(super) fn boolean(answers: &[Answer], index: usize) -> Option<bool> {
    answers.get(index).and_then(Answer::as_bool)
}
