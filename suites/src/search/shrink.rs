//! Makes a failing script small, while it fails for the same reason.

use std::time::Duration;

use super::budget::Budget;
use super::case_runner::FailingCase;
use super::simpler::{
    Unit, join_cycles, merge_browsers, rename_browsers, simpler_keys, simpler_operations, simpler_writes,
    up_to, weight, without, without_pair,
};
use super::{CaseRunner, Property, Shape};
use crate::script::Script;

/// How long a failing script is made smaller, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShrinkBounds {
    /// How many scripts are played for it.
    pub runs: u32,
    /// How long it may take.
    pub time: Duration,
}

impl Default for ShrinkBounds {
    /// 2000 scripts and 30 seconds: in-process the first is never reached, over HTTP the second seldom.
    fn default() -> Self {
        Self { runs: 2000, time: Duration::from_secs(30) }
    }
}

/// The smallest script that was found.
pub(super) struct Shrunk {
    pub(super) smallest: FailingCase,
    /// Why it may not be the smallest there is.
    pub(super) stopped: Option<String>,
}

/// Tries simpler scripts until none fails for the same reason.
pub(super) async fn shrink(
    runner: &CaseRunner<'_>,
    property: Property,
    bounds: ShrinkBounds,
    failing: FailingCase,
) -> Shrunk {
    let mut shrinker = Shrinker { runner, property, budget: Budget::begin(bounds), smallest: failing };
    shrinker.shrink().await;
    Shrunk { smallest: shrinker.smallest, stopped: shrinker.budget.stopped }
}

struct Shrinker<'a> {
    runner: &'a CaseRunner<'a>,
    property: Property,
    budget: Budget,
    smallest: FailingCase,
}

/// Up to so many operations pairs of them are tried, too.
const FEW: usize = 12;

impl Shrinker<'_> {
    async fn shrink(&mut self) {
        let finding = &self.smallest.finding;
        let cut = up_to(self.script(), finding.cycle, finding.op);
        self.accept_smaller(cut).await;
        loop {
            let before = weight(self.script());
            self.delete_chunks(Unit::Steps).await;
            self.delete_chunks(Unit::Operations).await;
            self.delete_pairs().await;
            self.accept_first(join_cycles).await;
            self.accept_first(simpler_writes).await;
            match self.property.shape {
                Shape::OneCycle | Shape::SeveralCycles => self.accept_first(simpler_operations).await,
                // There the values say who wrote them.
                Shape::Overlapping | Shape::Parallel => self.accept_first(simpler_keys).await,
            }
            self.accept_first(merge_browsers).await;
            if self.budget.stopped.is_some() || weight(self.script()) == before {
                break;
            }
        }
        let renamed = rename_browsers(self.script());
        self.accept(renamed).await;
    }

    /// Halves, quarters, … down to single steps or operations.
    async fn delete_chunks(&mut self, unit: Unit) {
        let mut size = unit.count(self.script());
        while size > 1 {
            size = size.div_ceil(2);
            let mut start = 0;
            while start < unit.count(self.script()) {
                let candidate = without(self.script(), unit, start..start + size);
                if !self.accept_smaller(candidate).await {
                    start += size;
                }
            }
        }
    }

    /// Two operations that mean nothing without each other cannot go one by one.
    async fn delete_pairs(&mut self) {
        let count = Unit::Operations.count(self.script());
        if count > FEW {
            return;
        }
        let pairs = move |script: &Script| {
            let count = Unit::Operations.count(script);
            let pairs = (0..count).flat_map(|first| (first + 1..count).map(move |second| (first, second)));
            pairs.map(|(first, second)| without_pair(script, first, second)).collect()
        };
        self.accept_first(pairs).await;
    }

    /// Takes the first of the proposed scripts that fails, and asks again, until none does.
    async fn accept_first(&mut self, propose: impl Fn(&Script) -> Vec<Script>) {
        'smaller: loop {
            for candidate in propose(self.script()) {
                if self.accept_smaller(candidate).await {
                    continue 'smaller;
                }
            }
            return;
        }
    }

    /// As [`accept`](Self::accept), but only what is simpler: so there is an end to it.
    async fn accept_smaller(&mut self, candidate: Script) -> bool {
        weight(&candidate) < weight(self.script()) && self.accept(candidate).await
    }

    /// Plays the script, and keeps it if it fails for the same reason.
    async fn accept(&mut self, candidate: Script) -> bool {
        if candidate == *self.script() || !self.budget.may_play() {
            return false;
        }
        match self.runner.play(self.property, candidate).await {
            Ok(judged_case) => match judged_case.failing() {
                Some(failing) if failing.finding.reason == self.smallest.finding.reason => {
                    self.smallest = failing;
                    true
                }
                _ => false,
            },
            Err(fault) => {
                self.budget.stop(&fault);
                false
            }
        }
    }

    fn script(&self) -> &Script {
        &self.smallest.scenario.script
    }
}
