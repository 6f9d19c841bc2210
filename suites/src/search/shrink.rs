//! Makes a failing script small: proposes simpler scripts, one at a time.

use sessionspec_reference::Value;

use crate::script::{Operation, Script, Step};

/// Simpler scripts than a given one, the boldest first.
pub(crate) type Candidates = Vec<Script>;

/// Proposes scripts that are simpler than this one: without a cycle, without an operation, with a simpler value.
pub(crate) fn simpler(script: &Script) -> Candidates {
    let mut candidates = Vec::new();
    for step in 0..script.steps.len() {
        let mut without_step = script.clone();
        without_step.steps.remove(step);
        candidates.push(without_step);
    }
    for (step, ops) in cycles(script) {
        for op in 0..ops.len() {
            candidates.push(with_ops(script, step, |ops| drop(ops.remove(op))));
        }
    }
    for (step, ops) in cycles(script) {
        for (at, op) in ops.iter().enumerate() {
            for simpler in simpler_operations(op) {
                candidates.push(with_ops(script, step, |ops| ops[at] = simpler));
            }
        }
    }
    candidates
}

fn cycles(script: &Script) -> impl Iterator<Item = (usize, &Vec<Operation>)> {
    script.steps.iter().enumerate().filter_map(|(index, step)| match step {
        Step::Cycle(cycle) => Some((index, &cycle.ops)),
        Step::Release(_) | Step::CopyCookies { .. } => None,
    })
}

fn with_ops(script: &Script, step: usize, change: impl FnOnce(&mut Vec<Operation>)) -> Script {
    let mut changed = script.clone();
    if let Step::Cycle(cycle) = &mut changed.steps[step] {
        change(&mut cycle.ops);
    }
    changed
}

fn simpler_operations(op: &Operation) -> Vec<Operation> {
    match op {
        Operation::Set { key, value } => simpler_values(value)
            .into_iter()
            .map(|value| Operation::Set { key: key.clone(), value })
            .collect(),
        Operation::Setdefault { key, value } => simpler_values(value)
            .into_iter()
            .map(|value| Operation::Setdefault { key: key.clone(), value })
            .collect(),
        Operation::Update { items } => items
            .keys()
            .map(|key| {
                let mut items = items.clone();
                items.remove(key);
                Operation::Update { items }
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn simpler_values(value: &Value) -> Vec<Value> {
    let simplest = Value::from("");
    if *value == simplest { Vec::new() } else { vec![simplest] }
}
