//! What a request changes, as something that can be done to other items than those that it has read.

use sessionspec_reference::{Map, Value};

use crate::script::{Answer, Operation};

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    Set(String, Value),
    Remove(String),
    /// Everything that the request has seen.
    Clear(Vec<String>),
}

/// Whether the checker knows what the operation does.
pub(super) fn is_known(op: &Operation) -> bool {
    !op.writes()
        || matches!(
            op,
            Operation::Set { .. }
                | Operation::Delete { .. }
                | Operation::Pop { .. }
                | Operation::Setdefault { .. }
                | Operation::Update { .. }
                | Operation::Clear
                | Operation::Destroy
        )
}

/// What the operation changes in a session with these items, where it answered this. An item that the request has not seen
/// may have been there to delete.
pub(super) fn changes_of(op: &Operation, items: &Map, answer: Option<&Answer>) -> Vec<Change> {
    match op {
        Operation::Set { key, value } => vec![Change::Set(key.clone(), value.clone())],
        Operation::Setdefault { key, value } if !items.contains_key(key) => {
            vec![Change::Set(key.clone(), value.clone())]
        }
        Operation::Update { items } => {
            items.iter().map(|(key, value)| Change::Set(key.clone(), value.clone())).collect()
        }
        Operation::Delete { key } | Operation::Pop { key }
            if items.contains_key(key) || answer.is_some_and(Answer::is_done) =>
        {
            vec![Change::Remove(key.clone())]
        }
        Operation::Clear | Operation::Destroy => vec![Change::Clear(items.keys().cloned().collect())],
        _ => Vec::new(),
    }
}

/// What it takes to make these items of those.
pub(super) fn net_changes(before: &Map, after: &Map) -> Vec<Change> {
    let removed = before.keys().filter(|key| !after.contains_key(*key));
    let set = after.iter().filter(|(key, value)| before.get(*key) != Some(value));
    let removed = removed.map(|key| Change::Remove(key.clone()));
    removed.chain(set.map(|(key, value)| Change::Set(key.clone(), value.clone()))).collect()
}

/// These items after these changes.
pub(super) fn changed<'a>(mut items: Map, changes: impl IntoIterator<Item = &'a Change>) -> Map {
    for change in changes {
        match change {
            Change::Set(key, value) => drop(items.insert(key.clone(), value.clone())),
            Change::Remove(key) => drop(items.remove(key)),
            Change::Clear(seen) => items.retain(|key, _| !seen.contains(key)),
        }
    }
    items
}
