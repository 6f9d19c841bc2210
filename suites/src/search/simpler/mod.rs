//! What is simpler than a given script: without some of its steps, with smaller values, with fewer browsers.

mod browsers;
mod contents;
mod deletions;
mod writes;

use sessionspec_reference::value::PathStep;
use sessionspec_reference::{Map, Value};

use super::values::KEYS;
use crate::script::{Cycle, Operation, Script, Step};

pub(super) use browsers::{merge_browsers, rename_browsers};
pub(super) use contents::{simpler_keys, simpler_operations};
pub(super) use deletions::{Unit, join_cycles, up_to, without, without_pair};
pub(super) use writes::simpler_writes;

/// How much there is to a script: steps, then operations, then what is in them, then browsers. Every simplification
/// makes it less, so that they come to an end.
pub(super) fn weight(script: &Script) -> (usize, usize, usize, usize) {
    let contents = script.cycles().flat_map(|cycle| &cycle.ops).map(weight_of_operation).sum();
    (script.steps.len(), script.len(), contents, browsers::names(script).len())
}

fn weight_of_operation(op: &Operation) -> usize {
    match op {
        Operation::Get { key } | Operation::Contains { key } | Operation::Delete { key } => {
            weight_of_key(key)
        }
        Operation::Pop { key } => 1 + weight_of_key(key),
        Operation::Set { key, value } => weight_of_key(key) + weight_of_value(value),
        Operation::Setdefault { key, value } => 1 + weight_of_key(key) + weight_of_value(value),
        Operation::Update { items } => weight_of_items(items),
        Operation::SetIn { path, value } => {
            let key = path.first().map_or(0, |step| match step {
                PathStep::Key(key) => weight_of_key(key),
                PathStep::Index(_) => 0,
            });
            key + path.len() + weight_of_value(value)
        }
        Operation::SetPermanent { value } => usize::from(*value),
        _ => 0,
    }
}

/// The first keys of the alphabet are the simplest.
fn weight_of_key(key: &str) -> usize {
    KEYS.iter().position(|known| *known == key).unwrap_or(KEYS.len())
}

fn weight_of_items(items: &Map) -> usize {
    items.iter().map(|(key, value)| 1 + weight_of_key(key) + weight_of_value(value)).sum()
}

fn weight_of_value(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Bool(_) | Value::Null => 2,
        Value::Number(number) => {
            if number.as_i64().is_some_and(|number| (0..2).contains(&number)) {
                2
            } else {
                3
            }
        }
        Value::Array(elements) => {
            4 + elements.iter().map(|element| 1 + weight_of_value(element)).sum::<usize>()
        }
        Value::Object(members) => 4 + weight_of_items(members),
    }
}

fn cycles_mut(script: &mut Script) -> impl Iterator<Item = &mut Cycle> {
    script.steps.iter_mut().filter_map(|step| match step {
        Step::Cycle(cycle) | Step::Start(cycle) => Some(cycle),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
