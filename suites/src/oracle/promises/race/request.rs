//! One request of a race: what it was asked to do, and what it leaves.

use sessionspec_reference::Map;

use crate::oracle::promises::open::{Ending, Kept};
use crate::oracle::sequential::was_refused;
use crate::play::{Exchange, Outcome};
use crate::script::{Answer, Operation};
use crate::survey::Survey;

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

    /// How it was asked to end.
    fn ending(&self) -> Ending {
        let ending = |op: &Operation| match op {
            Operation::Respond { status } => Some(Ending::Status(*status)),
            Operation::Raise => Some(Ending::Raised),
            _ => None,
        };
        self.ops.iter().rev().find_map(ending).unwrap_or(Ending::Status(200))
    }

    /// Whether it ended in a redirect.
    pub(super) fn redirects(&self) -> bool {
        matches!(self.ending(), Ending::Status(300..400))
    }

    /// Whether it ended as a request that fails.
    pub(super) fn fails(&self) -> bool {
        !self.ending().is_success()
    }

    /// Whether each operation was done, and is certainly kept.
    pub(super) fn is_kept(&self, survey: &Survey) -> bool {
        self.is_done() && self.ending().kept(survey) == Kept::Yes
    }

    /// Whether all that it changed was saved before it ended, so that what others write then may come after it.
    pub(super) fn saves_early(&self) -> bool {
        let last = self.ops.iter().rposition(|op| *op == Operation::Save);
        last.is_some_and(|last| !self.ops[last..].iter().any(Operation::writes))
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
        self.ops.iter().flat_map(|op| -> Vec<&String> {
            match op {
                Operation::Set { key, .. }
                | Operation::Delete { key }
                | Operation::Pop { key }
                | Operation::Setdefault { key, .. } => vec![key],
                Operation::Update { items } => items.keys().collect(),
                _ => Vec::new(),
            }
        })
    }

    /// Whether it changes the inside of a value, and tells nobody.
    pub(super) fn changes_inside(&self) -> bool {
        self.ops.iter().any(|op| matches!(op, Operation::SetIn { .. }))
    }

    pub(super) fn changes(&self, items: &Map) -> bool {
        self.writes() || (self.ends() && !items.is_empty())
    }

    /// What it leaves of these items. What it changes inside of a value is forgotten.
    pub(super) fn applied(&self, mut items: Map) -> Map {
        for op in self.ops {
            match op {
                Operation::Set { key, value } => drop(items.insert(key.clone(), value.clone())),
                Operation::Setdefault { key, value } => {
                    items.entry(key.clone()).or_insert_with(|| value.clone());
                }
                Operation::Update { items: others } => items.extend(others.clone()),
                Operation::Delete { key } | Operation::Pop { key } => drop(items.remove(key)),
                Operation::Clear | Operation::Destroy => items.clear(),
                _ => {}
            }
        }
        items
    }
}
