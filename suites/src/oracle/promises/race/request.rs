//! One request of a race: what it was asked to do, and what it leaves.

use sessionspec_reference::Map;

use crate::oracle::sequential::was_refused;
use crate::play::{Exchange, Outcome};
use crate::script::{Answer, Operation};

/// A request of the browser, with its number.
pub(super) struct Request<'a> {
    pub(super) cycle: usize,
    pub(super) ops: &'a [Operation],
    pub(super) seen: &'a Exchange,
}

impl Request<'_> {
    /// Whether each operation was done.
    pub(super) fn is_done(&self) -> bool {
        let is_saved = !matches!(self.seen.outcome, Outcome::Answered { save_error: Some(_), .. });
        is_saved
            && !was_refused(self.seen)
            && (0..self.ops.len())
                .all(|op| self.seen.answer(op).is_some_and(|answer| !matches!(answer, Answer::Error(_))))
    }

    pub(super) fn ends(&self) -> bool {
        self.ops.iter().any(|op| matches!(op, Operation::Destroy | Operation::Clear))
    }

    pub(super) fn rotates(&self) -> bool {
        self.ops.contains(&Operation::Regenerate)
    }

    pub(super) fn writes(&self) -> bool {
        self.keys().next().is_some()
    }

    pub(super) fn permanent(&self) -> Option<bool> {
        self.ops.iter().rev().find_map(|op| match op {
            Operation::SetPermanent { value } => Some(*value),
            _ => None,
        })
    }

    /// The keys that it sets or removes.
    pub(super) fn keys(&self) -> impl Iterator<Item = &String> {
        self.ops.iter().filter_map(|op| match op {
            Operation::Set { key, .. } | Operation::Delete { key } => Some(key),
            _ => None,
        })
    }

    pub(super) fn changes(&self, items: &Map) -> bool {
        self.writes() || (self.ends() && !items.is_empty())
    }

    /// What it leaves of these items.
    pub(super) fn applied(&self, mut items: Map) -> Map {
        for op in self.ops {
            match op {
                Operation::Set { key, value } => drop(items.insert(key.clone(), value.clone())),
                Operation::Delete { key } => drop(items.remove(key)),
                Operation::Clear | Operation::Destroy => items.clear(),
                _ => {}
            }
        }
        items
    }
}
