//! Simpler operations: two writes as one `update`, `pop` as `delete`, simpler keys and values.

use sessionspec_reference::value::PathStep;
use sessionspec_reference::{Map, Value};

use super::{operations_of_steps, replaced};
use crate::script::{Operation, Script};
use crate::search::shrink::Shrink;
use crate::search::shrink::item::simpler_members;
use crate::search::values::is_allowed;

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

/// The items that the operation writes to a session that has none of them yet.
fn written(op: &Operation) -> Option<Map> {
    match op {
        Operation::Set { key, value } | Operation::Setdefault { key, value } => {
            Some(Map::from_iter([(key.clone(), value.clone())]))
        }
        Operation::Update { items } => Some(items.clone()),
        _ => None,
    }
}

/// Scripts with one simpler operation.
pub(super) fn simpler_contents(script: &Script) -> Vec<Script> {
    let ops = operations_of_steps(script)
        .flat_map(|(step, ops)| ops.iter().enumerate().map(move |(at, op)| (step, at, op)));
    let simpler = ops.flat_map(|(step, at, op)| {
        let simpler = simpler_operation(op).into_iter();
        simpler.map(move |simpler| replaced(script, step, at..at + 1, simpler))
    });
    simpler.collect()
}

fn simpler_operation(op: &Operation) -> Vec<Operation> {
    match op {
        Operation::Set { key, value } => {
            simpler_values(value).map(|value| Operation::Set { key: key.clone(), value }).collect()
        }
        Operation::Setdefault { key, value } => {
            simpler_values(value).map(|value| Operation::Setdefault { key: key.clone(), value }).collect()
        }
        Operation::Update { items } => {
            let items = simpler_members(items).into_iter().filter(|items| items.values().all(is_allowed));
            items.map(|items| Operation::Update { items }).collect()
        }
        Operation::SetIn { path, value } => {
            let values = simpler_values(value);
            let paths = shorter_paths(path).into_iter();
            let with_value = values.map(|value| Operation::SetIn { path: path.clone(), value });
            let with_path = paths.map(|path| Operation::SetIn { path, value: value.clone() });
            with_path.chain(with_value).collect()
        }
        Operation::SetPermanent { value: true } => vec![Operation::SetPermanent { value: false }],
        _ => Vec::new(),
    }
}

/// The path without its last step, or without one on the way.
fn shorter_paths(path: &[PathStep]) -> Vec<Vec<PathStep>> {
    if path.len() <= 2 {
        return Vec::new();
    }
    let without = (1..path.len()).rev().map(|gone| {
        let mut shorter = path.to_vec();
        shorter.remove(gone);
        shorter
    });
    without.collect()
}

/// The simpler values that the level allows.
fn simpler_values(value: &Value) -> impl Iterator<Item = Value> {
    value.simpler().into_iter().filter(is_allowed)
}

/// Scripts in which one key is replaced throughout by a simpler one.
pub(super) fn simpler_keys(script: &Script, alphabet: &[String]) -> Vec<Script> {
    let mut candidates = Vec::new();
    for key in keys(script) {
        for simpler in alphabet.iter().take_while(|known| *known != key) {
            let mut candidate = script.clone();
            let ops = candidate.cycles_mut().flat_map(|cycle| cycle.ops.each_mut());
            ops.for_each(|op| rename_key(op, key, simpler));
            candidates.push(candidate);
        }
    }
    candidates
}

fn keys(script: &Script) -> Vec<&String> {
    let mut keys: Vec<&String> = script.cycles().flat_map(|cycle| &cycle.ops).flat_map(keys_of).collect();
    keys.sort();
    keys.dedup();
    keys
}

fn keys_of(op: &Operation) -> Vec<&String> {
    match op {
        Operation::Get { key }
        | Operation::Contains { key }
        | Operation::Delete { key }
        | Operation::Pop { key }
        | Operation::Set { key, .. }
        | Operation::Setdefault { key, .. } => vec![key],
        Operation::Update { items } => items.keys().collect(),
        Operation::SetIn { path, .. } => match path.first() {
            Some(PathStep::Key(key)) => vec![key],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn rename_key(op: &mut Operation, from: &str, to: &str) {
    match op {
        Operation::Get { key }
        | Operation::Contains { key }
        | Operation::Delete { key }
        | Operation::Pop { key }
        | Operation::Set { key, .. }
        | Operation::Setdefault { key, .. }
            if key == from =>
        {
            to.clone_into(key);
        }
        Operation::Update { items } => {
            if let Some(value) = items.remove(from) {
                items.insert(to.to_owned(), value);
            }
        }
        Operation::SetIn { path, .. } => {
            if let Some(PathStep::Key(key)) = path.first_mut().filter(|step| **step == PathStep::from(from)) {
                to.clone_into(key);
            }
        }
        _ => {}
    }
}
