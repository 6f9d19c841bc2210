//! The same operations with simpler keys and values.

use sessionspec_reference::value::PathStep;
use sessionspec_reference::{Map, Value};

use super::{cycles_mut, weight_of_key};
use crate::script::{Operation, Script, Step};
use crate::search::values::KEYS;

/// Scripts with a simpler key throughout, or with one simpler operation.
pub(in crate::search) fn simpler_operations(script: &Script) -> Vec<Script> {
    let mut candidates = simpler_keys(script);
    for (step, cycle) in script.steps.iter().enumerate() {
        let Step::Cycle(cycle) = cycle else { continue };
        for (at, op) in cycle.ops.iter().enumerate() {
            for simpler in simpler_operation(op) {
                let mut candidate = script.clone();
                if let Step::Cycle(cycle) = &mut candidate.steps[step] {
                    cycle.ops[at] = simpler;
                }
                candidates.push(candidate);
            }
        }
    }
    candidates
}

fn simpler_operation(op: &Operation) -> Vec<Operation> {
    match op {
        Operation::Set { key, value } => simpler_values(value)
            .into_iter()
            .map(|value| Operation::Set { key: key.clone(), value })
            .collect(),
        Operation::Setdefault { key, value } => simpler_values(value)
            .into_iter()
            .map(|value| Operation::Setdefault { key: key.clone(), value })
            .collect(),
        Operation::Update { items } => {
            simpler_members(items).into_iter().map(|items| Operation::Update { items }).collect()
        }
        Operation::SetIn { path, value } => {
            let values = simpler_values(value).into_iter();
            let paths = shorter_paths(path).into_iter();
            let with_value = values.map(|value| Operation::SetIn { path: path.clone(), value });
            let with_path = paths.map(|path| Operation::SetIn { path, value: value.clone() });
            with_path.chain(with_value).collect()
        }
        Operation::SetPermanent { value: true } => vec![Operation::SetPermanent { value: false }],
        _ => Vec::new(),
    }
}

/// Not as far into the value: without the last step, or without one on the way.
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

/// Simpler values, the boldest first. Not all are simpler; the caller weighs them.
fn simpler_values(value: &Value) -> Vec<Value> {
    let mut simpler: Vec<Value> = ["", "x"].map(Value::from).to_vec();
    match value {
        Value::String(text) => {
            let half = text.chars().count() / 2;
            simpler.push(text.chars().take(half).collect::<String>().into());
            simpler.push(text.chars().skip(half).collect::<String>().into());
        }
        Value::Number(_) => simpler.extend([0, 1].map(Value::from)),
        Value::Array(elements) => {
            simpler.extend(elements.iter().cloned());
            simpler.extend(simpler_elements(elements).into_iter().map(Value::Array));
        }
        Value::Object(members) => {
            simpler.extend(members.values().cloned());
            simpler.extend(simpler_members(members).into_iter().map(Value::Object));
        }
        Value::Bool(_) | Value::Null => {}
    }
    simpler
}

/// Without an element, or with a simpler one.
fn simpler_elements(elements: &[Value]) -> Vec<Vec<Value>> {
    let mut simpler = Vec::new();
    for at in 0..elements.len() {
        let mut without = elements.to_vec();
        without.remove(at);
        simpler.push(without);
    }
    for (at, element) in elements.iter().enumerate() {
        for element in simpler_values(element) {
            let mut with = elements.to_vec();
            with[at] = element;
            simpler.push(with);
        }
    }
    simpler
}

/// Without a member, or with a simpler one.
fn simpler_members(members: &Map) -> Vec<Map> {
    let mut simpler = Vec::new();
    for key in members.keys() {
        let mut without = members.clone();
        without.remove(key);
        simpler.push(without);
    }
    for (key, member) in members {
        for member in simpler_values(member) {
            let mut with = members.clone();
            with.insert(key.clone(), member);
            simpler.push(with);
        }
    }
    simpler
}

/// Scripts in which one key is replaced throughout by one that comes before it in the alphabet.
/// Scripts with a simpler key throughout.
pub(in crate::search) fn simpler_keys(script: &Script) -> Vec<Script> {
    let mut candidates = Vec::new();
    for key in keys(script) {
        for simpler in &KEYS[..weight_of_key(key)] {
            let mut candidate = script.clone();
            let ops = cycles_mut(&mut candidate).flat_map(|cycle| &mut cycle.ops);
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
