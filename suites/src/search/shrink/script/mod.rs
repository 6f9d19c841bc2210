//! What is simpler than a script: fewer steps and operations, plainer operations, simpler keys and values, fewer
//! browsers.

mod browsers;
mod deletions;
mod operations;
mod spellings;

use sessionspec_reference::Map;
use sessionspec_reference::value::PathStep;

use super::{Shrink, Way};
use crate::expect::Finding;
use crate::script::{Operation, Script, Step};
use crate::search::Shape;

use browsers::{merge_browsers, misnamed, names, rename_browsers};
use deletions::{Unit, join_cycles, up_to, without_chunks, without_pairs};
use operations::{simpler_contents, simpler_keys, simpler_writes};
use spellings::usual_spellings;

/// A script that was generated, or follows from one by shrinking.
#[derive(Debug, Clone)]
pub(in crate::search) struct GeneratedScript<'a> {
    pub(in crate::search) script: Script,
    pub(in crate::search) shape: Shape,
    /// The keys that it may use, the simplest first.
    pub(in crate::search) keys: &'a [String],
}

impl Shrink for GeneratedScript<'_> {
    /// Steps, then operations, then what is in them and how they are spelled, then browsers, then those that have not the first
    /// names.
    type Weight = (usize, usize, u64, usize, usize);

    fn weight(&self) -> Self::Weight {
        let ops = self.script.cycles().flat_map(|cycle| &cycle.ops);
        let contents: u64 = ops.map(|op| weight_of_operation(op, self.keys)).sum();
        let spelled: u64 = self.script.cycles().map(|cycle| cycle.ops.spelled() as u64).sum();
        let browsers = names(&self.script).len();
        (self.script.steps.len(), self.script.len(), contents + spelled, browsers, misnamed(&self.script))
    }

    fn ways() -> Vec<Way<Self>> {
        vec![
            |it| it.with(without_chunks(&it.script, Unit::Steps)),
            |it| it.with(without_chunks(&it.script, Unit::Operations)),
            |it| it.with(without_pairs(&it.script)),
            |it| it.with(join_cycles(&it.script)),
            |it| it.with(usual_spellings(&it.script)),
            |it| it.with(simpler_writes(&it.script)),
            |it| it.with(simpler_keys(&it.script, it.keys)),
            |it| match it.shape {
                Shape::OneCycle | Shape::SeveralCycles | Shape::AnyScript | Shape::AnyLife => {
                    it.with(simpler_contents(&it.script))
                }
                // The values of these scripts say who wrote them, so they stay.
                Shape::Overlapping | Shape::Parallel | Shape::AnyRace => Vec::new(),
            },
            |it| it.with(merge_browsers(&it.script)),
            |it| it.with(vec![it.script.clone()]),
        ]
    }

    fn up_to(&self, failure: &Finding) -> Option<Self> {
        self.with(vec![up_to(&self.script, failure.cycle, failure.op)]).pop()
    }
}

impl GeneratedScript<'_> {
    /// These scripts, with the first names for their browsers: names do not reach the backend, so they change nothing.
    fn with(&self, scripts: Vec<Script>) -> Vec<Self> {
        scripts.into_iter().map(|script| Self { script: rename_browsers(script), ..*self }).collect()
    }
}

fn weight_of_operation(op: &Operation, keys: &[String]) -> u64 {
    let of_key = |key: &str| weight_of_key(key, keys);
    match op {
        Operation::Get { key } | Operation::Contains { key } | Operation::Delete { key } => of_key(key),
        Operation::Pop { key } => 1 + of_key(key),
        Operation::Set { key, value } => of_key(key) + value.weight(),
        Operation::Setdefault { key, value } => 1 + of_key(key) + value.weight(),
        Operation::Update { items } => weight_of_items(items, keys),
        Operation::SetIn { path, value } => {
            let key = match path.first() {
                Some(PathStep::Key(key)) => of_key(key),
                Some(PathStep::Index(_)) | None => 0,
            };
            let steps = path.iter().map(|_| 1_u64).sum::<u64>();
            key + steps + value.weight()
        }
        Operation::SetPermanent { value } => u64::from(*value),
        _ => 0,
    }
}

fn weight_of_items(items: &Map, keys: &[String]) -> u64 {
    items.iter().map(|(key, value)| 1 + weight_of_key(key, keys) + value.weight()).sum()
}

/// The number of keys that are simpler.
fn weight_of_key(key: &str, keys: &[String]) -> u64 {
    keys.iter().take_while(|known| *known != key).map(|_| 1).sum()
}

/// The operations of each cycle that is waited for, with the place of its step.
fn operations_of_steps(script: &Script) -> impl Iterator<Item = (usize, &[Operation])> {
    script.steps.iter().enumerate().filter_map(|(step, it)| match it {
        Step::Cycle(cycle) => Some((step, cycle.ops.as_slice())),
        _ => None,
    })
}

/// The script with another operation in place of these.
fn replaced(script: &Script, step: usize, range: std::ops::Range<usize>, by: Operation) -> Script {
    let mut candidate = script.clone();
    if let Step::Cycle(cycle) = &mut candidate.steps[step] {
        cycle.ops.replace(range, by);
    }
    candidate
}

#[cfg(test)]
mod tests;
