//! The operations of one cycle. The script, the request and the transcript have the same ones, and share them.

use std::collections::BTreeMap;
use std::ops::{Deref, Range};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use sessionspec_reference::Value;
use sessionspec_reference::description::WITHOUT_BODY;

use super::operation::SPELLING;
use super::spelled::SpelledOperation;
use super::{Operation, OperationKind};

/// The operations of one cycle, in order. A clone shares them until one of both is changed.
///
/// Some of them may be asked in another spelling. Whoever judges them need not know: it is the same operation.
///
/// They can be sent to other threads, since a handler may run in one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Operations {
    operations: Arc<Vec<Operation>>,
    /// The spellings of those that have another one than the usual, by their places.
    spellings: BTreeMap<usize, Arc<str>>,
}

impl Operations {
    /// The spelling in which the operation at this place is asked, where it is another than the usual one.
    #[must_use]
    pub fn spelling(&self, at: usize) -> Option<&str> {
        self.spellings.get(&at).map(|spelling| &**spelling)
    }

    /// How many are asked in another spelling than the usual one.
    #[must_use]
    pub fn spelled(&self) -> usize {
        self.spellings.len()
    }

    /// Asks the operation at this place in this spelling, or in the usual one. One that is not on items has only that.
    pub fn spell(&mut self, at: usize, spelling: Option<&str>) {
        let is_on_items = self.operations.get(at).is_some_and(|op| op.kind().is_on_items());
        match spelling.filter(|_| is_on_items) {
            Some(spelling) => drop(self.spellings.insert(at, spelling.into())),
            None => drop(self.spellings.remove(&at)),
        }
    }

    /// Asks all of them in the usual spelling.
    pub(crate) fn spell_as_usual(&mut self) {
        self.spellings.clear();
    }

    /// The operation at this place as the protocol spells it, except that a `hold` has the name of its gate and no URL.
    ///
    /// # Panics
    ///
    /// Where there is none.
    #[must_use]
    pub fn to_json(&self, at: usize) -> Value {
        let mut json = self.operations[at].to_json();
        if let Some(spelling) = self.spelling(at) {
            json[SPELLING] = json!(spelling);
        }
        json
    }

    /// Adds an operation.
    pub fn push(&mut self, operation: Operation) {
        Arc::make_mut(&mut self.operations).push(operation);
    }

    /// Leaves the first ones, so many of them.
    pub fn truncate(&mut self, count: usize) {
        self.keep(|at| at < count);
    }

    /// Leaves those at these places.
    pub fn keep(&mut self, is_kept: impl Fn(usize) -> bool) {
        let kept: Vec<SpelledOperation> =
            self.each().enumerate().filter(|(at, _)| is_kept(*at)).map(|(_, op)| op).collect();
        *self = kept.into_iter().collect();
    }

    /// Leaves those of which this is true.
    pub fn retain(&mut self, is_kept: impl Fn(&Operation) -> bool) {
        let kept: Vec<bool> = self.iter().map(is_kept).collect();
        self.keep(|at| kept[at]);
    }

    /// The status without a body with which the handler is asked to end, if that is how it is asked to end.
    #[must_use]
    pub fn status_without_body(&self) -> Option<u16> {
        let ending = self.iter().rev().find_map(|op| match op {
            Operation::Respond { status } => Some(Some(*status)),
            Operation::Raise => Some(None),
            _ => None,
        });
        ending.flatten().filter(|status| WITHOUT_BODY.contains(status))
    }

    /// These, and then those.
    #[must_use]
    pub fn and(&self, others: &Self) -> Self {
        self.each().chain(others.each()).collect()
    }

    /// Puts an operation in the place of these. It has the spelling of the one that was there, if it is of its kind.
    pub fn replace(&mut self, range: Range<usize>, by: Operation) {
        let mut operations: Vec<SpelledOperation> = self.each().collect();
        let before = operations.get(range.start).filter(|before| before.operation.kind() == by.kind());
        let spelling = before.filter(|_| range.len() == 1).and_then(|before| before.spelling.clone());
        operations.splice(range, [SpelledOperation { operation: by, spelling }]);
        *self = operations.into_iter().collect();
    }

    /// Changes what the operations are about, and not which ones they are.
    pub(crate) fn each_mut(&mut self) -> impl Iterator<Item = &mut Operation> {
        Arc::make_mut(&mut self.operations).iter_mut()
    }

    /// The place of the last operation of this kind.
    pub(crate) fn last_of(&self, kind: OperationKind) -> Option<usize> {
        self.iter().rposition(|op| op.kind() == kind)
    }

    fn each(&self) -> impl Iterator<Item = SpelledOperation> {
        self.operations.iter().enumerate().map(|(at, operation)| SpelledOperation {
            operation: operation.clone(),
            spelling: self.spelling(at).map(str::to_owned),
        })
    }
}

impl Deref for Operations {
    type Target = Vec<Operation>;

    fn deref(&self) -> &Vec<Operation> {
        &self.operations
    }
}

impl From<Vec<Operation>> for Operations {
    fn from(operations: Vec<Operation>) -> Self {
        Self { operations: Arc::new(operations), spellings: BTreeMap::new() }
    }
}

impl FromIterator<Operation> for Operations {
    fn from_iter<I: IntoIterator<Item = Operation>>(operations: I) -> Self {
        Vec::from_iter(operations).into()
    }
}

impl FromIterator<SpelledOperation> for Operations {
    fn from_iter<I: IntoIterator<Item = SpelledOperation>>(operations: I) -> Self {
        let mut spelled = Vec::new();
        let mut all = Vec::new();
        for (at, SpelledOperation { operation, spelling }) in operations.into_iter().enumerate() {
            spelled.extend(spelling.map(|spelling| (at, spelling)));
            all.push(operation);
        }
        let mut all = Self::from(all);
        spelled.into_iter().for_each(|(at, spelling)| all.spell(at, Some(&spelling)));
        all
    }
}

impl<'a> IntoIterator for &'a Operations {
    type Item = &'a Operation;
    type IntoIter = std::slice::Iter<'a, Operation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Operations {
    type Item = Operation;
    type IntoIter = std::vec::IntoIter<Operation>;

    /// The operations alone, without their spellings.
    fn into_iter(self) -> Self::IntoIter {
        Arc::unwrap_or_clone(self.operations).into_iter()
    }
}

impl Serialize for Operations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.spellings.is_empty() {
            return self.operations.as_slice().serialize(serializer);
        }
        serializer.collect_seq((0..self.len()).map(|at| self.to_json(at)))
    }
}

impl<'de> Deserialize<'de> for Operations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let operations: Vec<SpelledOperation> = Vec::deserialize(deserializer)?;
        Ok(operations.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::ops::{clear, get, pop, set, update};

    #[test]
    fn what_is_changed_in_a_clone_stays_as_it_was_elsewhere() {
        let told = Operations::from(vec![get("colour")]);
        let mut changed = told.clone();
        changed.push(clear());
        assert_eq!((told.len(), changed.len()), (1, 2));
        assert_eq!(serde_json::to_value(&told).unwrap(), json!([{"op": "get", "key": "colour"}]));
    }

    /// Three operations, the last of which has a spelling of its own.
    fn spelled() -> Operations {
        let mut ops = Operations::from(vec![get("colour"), Operation::Raise, update([("a", json!(1))])]);
        ops.spell(1, Some("throw"));
        ops.spell(2, Some("|="));
        ops
    }

    #[test]
    fn a_spelling_survives_its_json_and_belongs_to_operations_on_items() {
        let json = json!([
            {"op": "get", "key": "colour"},
            {"op": "raise"},
            {"op": "update", "items": {"a": 1}, "spelling": "|="},
        ]);
        assert_eq!(serde_json::to_value(spelled()).unwrap(), json);
        assert_eq!(serde_json::from_value::<Operations>(json).unwrap(), spelled());
        for spelling in [json!(1), json!(null), json!(""), json!("a b")] {
            let json = json!([{"op": "clear", "spelling": spelling}]);
            let error = serde_json::from_value::<Operations>(json).unwrap_err().to_string();
            assert!(error.contains("`spelling` has to be the name of a spelling"), "{error}");
        }
    }

    #[test]
    fn the_last_status_says_whether_there_is_a_body() {
        let of = |statuses: &[u16]| -> Operations {
            statuses.iter().map(|status| Operation::Respond { status: *status }).collect()
        };
        assert_eq!(of(&[]).status_without_body(), None);
        assert_eq!(of(&[302, 304]).status_without_body(), Some(304));
        assert_eq!(of(&[204, 200]).status_without_body(), None);
        assert_eq!(of(&[204]).and(&vec![Operation::Raise].into()).status_without_body(), None);
    }

    #[test]
    fn a_spelling_moves_with_its_operation() {
        let spelling_of_last = |ops: &Operations| ops.spelling(ops.len() - 1).map(str::to_owned);
        let mut shorter = spelled();
        shorter.keep(|at| at != 0);
        assert_eq!((shorter.len(), spelling_of_last(&shorter).as_deref()), (2, Some("|=")));
        shorter.truncate(1);
        assert_eq!((shorter.len(), shorter.spelled()), (1, 0));
        let both = shorter.and(&spelled());
        assert_eq!((both.len(), both.spelled(), spelling_of_last(&both).as_deref()), (4, 1, Some("|=")));
        let mut simpler = spelled();
        simpler.replace(2..3, update([]));
        assert_eq!(simpler.spelling(2), Some("|="));
        simpler.replace(2..3, set("a", 1));
        assert_eq!((simpler.len(), simpler.spelled()), (3, 0));
        let mut joined = spelled();
        joined.replace(1..3, pop("a"));
        assert_eq!((joined.len(), joined.spelled()), (2, 0));
    }
}
