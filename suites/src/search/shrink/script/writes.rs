//! The same changes by fewer or plainer operations: two writes as one `update`, `pop` as `delete`.

use sessionspec_reference::Map;

use super::{operations_of_steps, replaced};
use crate::script::{Operation, Script};

/// Scripts in which one or two operations write what they wrote in a simpler way.
pub(super) fn simpler_writes(script: &Script) -> Vec<Script> {
    let mut candidates = Vec::new();
    for (step, ops) in operations_of_steps(script) {
        for (at, pair) in ops.windows(2).enumerate() {
            if let (Some(mut items), Some(later)) = (written(&pair[0]), written(&pair[1])) {
                items.extend(later);
                candidates.push(replaced(script, step, at..at + 2, Operation::Update { items }));
            }
        }
        for (at, op) in ops.iter().enumerate() {
            candidates.extend(plainer(op).map(|plainer| replaced(script, step, at..at + 1, plainer)));
        }
    }
    candidates
}

fn plainer(op: &Operation) -> Option<Operation> {
    match op {
        Operation::Pop { key } => Some(Operation::Delete { key: key.clone() }),
        Operation::Setdefault { key, value } => {
            Some(Operation::Set { key: key.clone(), value: value.clone() })
        }
        Operation::Update { items } => match items.iter().next() {
            Some((key, value)) if items.len() == 1 => {
                Some(Operation::Set { key: key.clone(), value: value.clone() })
            }
            _ => None,
        },
        _ => None,
    }
}

/// What the operation writes, on a session that has nothing of the kind yet.
fn written(op: &Operation) -> Option<Map> {
    match op {
        Operation::Set { key, value } | Operation::Setdefault { key, value } => {
            Some(Map::from_iter([(key.clone(), value.clone())]))
        }
        Operation::Update { items } => Some(items.clone()),
        _ => None,
    }
}
