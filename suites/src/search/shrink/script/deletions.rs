//! Less of a script: the part up to the failure, the script without some steps or operations, or with cycles joined.

use std::ops::Range;

use crate::script::{Cycle, Script, Step};

/// Pairs of operations are deleted from scripts with up to so many.
const FEW: usize = 12;

/// What is deleted from a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Steps,
    /// Operations, counted through all cycles.
    Operations,
}

/// The script up to this operation, which is the last one that matters.
pub(super) fn up_to(script: &Script, cycle: usize, op: Option<usize>) -> Script {
    let is_cycle = |(_, step): &(usize, &Step)| matches!(step, Step::Cycle(_) | Step::Start(_));
    let mut cut = script.clone();
    if let Some((last, _)) = script.steps.iter().enumerate().filter(is_cycle).nth(cycle) {
        cut.steps.truncate(last + 1);
    }
    if let (Some(Step::Cycle(cycle) | Step::Start(cycle)), Some(op)) = (cut.steps.last_mut(), op) {
        cycle.ops.truncate(op + 1);
    }
    cut
}

/// The script without one of its halves, its quarters, and so on down to single steps or operations.
pub(super) fn without_chunks(script: &Script, unit: Unit) -> Vec<Script> {
    let count = match unit {
        Unit::Steps => script.steps.len(),
        Unit::Operations => script.len(),
    };
    let sizes = std::iter::successors(Some(count), |size| (*size > 1).then(|| size.div_ceil(2))).skip(1);
    let chunks = sizes.flat_map(|size| (0..count).step_by(size).map(move |start| start..start + size));
    chunks.map(|chunk| without(script, unit, &chunk)).collect()
}

fn without(script: &Script, unit: Unit, gone: &Range<usize>) -> Script {
    match unit {
        Unit::Steps => {
            let kept = script.steps.iter().enumerate().filter(|(index, _)| !gone.contains(index));
            Script { steps: kept.map(|(_, step)| step.clone()).collect() }
        }
        Unit::Operations => keep_operations(script, |index| !gone.contains(&index)),
    }
}

/// A short script without two of its operations: some mean nothing without each other, and cannot go one by one.
pub(super) fn without_pairs(script: &Script) -> Vec<Script> {
    let count = script.len();
    if count > FEW {
        return Vec::new();
    }
    let pairs = (0..count).flat_map(|first| (first + 1..count).map(move |second| [first, second]));
    pairs.map(|pair| keep_operations(script, |index| !pair.contains(&index))).collect()
}

fn keep_operations(script: &Script, keep: impl Fn(usize) -> bool) -> Script {
    let mut kept = script.clone();
    let mut index = 0;
    for cycle in kept.cycles_mut() {
        let first = index;
        index += cycle.ops.len();
        cycle.ops.keep(|at| keep(first + at));
    }
    kept
}

/// Scripts in which two cycles of one browser, with nothing between them, are one.
pub(super) fn join_cycles(script: &Script) -> Vec<Script> {
    let mut joined = Vec::new();
    for (index, pair) in script.steps.windows(2).enumerate() {
        let [Step::Cycle(first), Step::Cycle(second)] = pair else { continue };
        let way = |cycle: &Cycle| (cycle.browser.clone(), cycle.node, cycle.connection, cycle.beside);
        if way(first) == way(second) {
            let mut candidate = script.clone();
            let ops = first.ops.and(&second.ops);
            candidate.steps[index] = Step::Cycle(Cycle { ops, ..first.clone() });
            candidate.steps.remove(index + 1);
            joined.push(candidate);
        }
    }
    joined
}
