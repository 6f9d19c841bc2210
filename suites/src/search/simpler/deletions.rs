//! Less of a script: the part up to the failure, without some steps or operations, with cycles joined.

use std::ops::Range;

use super::cycles_mut;
use crate::script::{Cycle, Script, Step};

/// What is deleted from a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::search) enum Unit {
    Steps,
    /// Operations, counted through all cycles.
    Operations,
}

impl Unit {
    pub(in crate::search) fn count(self, script: &Script) -> usize {
        match self {
            Self::Steps => script.steps.len(),
            Self::Operations => script.len(),
        }
    }
}

/// The script up to this operation, which is the last one that matters.
pub(in crate::search) fn up_to(script: &Script, cycle: usize, op: Option<usize>) -> Script {
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

/// The script without these steps or operations.
pub(in crate::search) fn without(script: &Script, unit: Unit, gone: Range<usize>) -> Script {
    match unit {
        Unit::Steps => {
            let kept = script.steps.iter().enumerate().filter(|(index, _)| !gone.contains(index));
            Script { steps: kept.map(|(_, step)| step.clone()).collect() }
        }
        Unit::Operations => keep_operations(script, |index| !gone.contains(&index)),
    }
}

/// The script without these two operations.
pub(in crate::search) fn without_pair(script: &Script, first: usize, second: usize) -> Script {
    keep_operations(script, |index| index != first && index != second)
}

fn keep_operations(script: &Script, keep: impl Fn(usize) -> bool) -> Script {
    let mut kept = script.clone();
    let mut index = 0;
    for cycle in cycles_mut(&mut kept) {
        cycle.ops.retain(|_| {
            index += 1;
            keep(index - 1)
        });
    }
    kept
}

/// Scripts in which two cycles of one browser, with nothing between them, are one.
pub(in crate::search) fn join_cycles(script: &Script) -> Vec<Script> {
    let mut joined = Vec::new();
    for (index, pair) in script.steps.windows(2).enumerate() {
        let [Step::Cycle(first), Step::Cycle(second)] = pair else { continue };
        if first.browser == second.browser {
            let mut candidate = script.clone();
            let ops = first.ops.iter().chain(&second.ops).cloned().collect();
            candidate.steps[index] = Step::Cycle(Cycle { browser: first.browser.clone(), ops });
            candidate.steps.remove(index + 1);
            joined.push(candidate);
        }
    }
    joined
}
