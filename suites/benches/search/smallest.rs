//! How often the script that is reported is the smallest there is, for planted bugs whose smallest script is known.

use sessionspec::Options;
use sessionspec::backend::in_process;

use crate::planted::{Bug, Least, Planted};

const SEEDS: u64 = 100;
const CASES: u32 = 2000;

/// Prints a line for each bug: in how many runs it was found, and was as small as it can be.
pub(crate) fn print() {
    println!("planted bug                  least  found  smallest  median case  (of {SEEDS} seeds)");
    for bug in Bug::STABLE {
        let Least { cycles, operations } = bug.least();
        let mut cases: Vec<u32> = Vec::new();
        let mut smallest = 0;
        for (case, least) in (0..SEEDS).filter_map(|seed| reported(bug, seed)) {
            cases.push(case);
            smallest += usize::from(least == bug.least());
        }
        cases.sort_unstable();
        let found = cases.len();
        let median = cases.get(found / 2).map_or_else(|| "none".to_owned(), u32::to_string);
        let least = format!("{cycles}/{operations}");
        println!("{:<28} {least:>5}  {found:>5}  {smallest:>8}  {median:>11}", bug.name());
    }
    println!("least: cycles/operations of the smallest script; median case: that of the first failure");
}

/// The case that found the bug, and the size of what was reported.
fn reported(bug: Bug, seed: u64) -> Option<(u32, Least)> {
    let only = Some(vec!["minimum/persists".to_owned()]);
    let options = Options { seed, cases: CASES, only, ..Options::default() };
    let run = sessionspec::run(in_process(Planted::new(bug)), options);
    let report = super::runtime().block_on(run).expect("the planted backends answer");
    let failure = report.checks.first()?.failures.first()?;
    let script = &failure.scenario.as_ref()?.script;
    Some((failure.case?, Least { cycles: script.cycles().count(), operations: script.len() }))
}
