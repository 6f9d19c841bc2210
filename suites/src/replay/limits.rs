//! Limits for case files. A case file may come from anybody, and it must not take all time and memory of whoever plays
//! it.

use super::CaseFile;
use crate::script::{Forgery, Operation, Script, Step, StoreFault};

/// How much of a case is played. The cases that a run saves stay far below these limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most steps.
    pub steps: usize,
    /// The most operations, in all cycles together.
    pub operations: usize,
    /// The most holds. Each may take as long as a request may.
    pub holds: usize,
    /// The most forgeries that are applied to the same cookies, each to the result of the one before it.
    pub forgeries: usize,
    /// The length of the longest forged value, in bytes.
    pub forged_length: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: 1_000, operations: 10_000, holds: 100, forgeries: 6, forged_length: 64 * 1024 }
    }
}

/// A demand of a case that is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// There is too much of something.
    #[error("this case has {asked} {what}, and at most {allowed} are played")]
    TooMany {
        /// The name of what there is too much of.
        what: &'static str,
        /// The number that the case has.
        asked: usize,
        /// The most that is played.
        allowed: usize,
    },
    /// A number of seconds that no clock can count.
    #[error(
        "this case has a {what} of {seconds} s, which is no time: give 0 or more, and at most a thousand years"
    )]
    NoTime {
        /// The use of that time: a wait or a lifetime.
        what: &'static str,
        /// The number of seconds in the case.
        seconds: f64,
    },
}

/// A thousand years, in seconds. No clock counts further.
const LONGEST: f64 = 1000.0 * 366.0 * 24.0 * 60.0 * 60.0;

impl CaseFile {
    /// Checks that this case stays within limits.
    ///
    /// # Errors
    ///
    /// [`LimitError::TooMany`] names the first thing of which there is too much.
    pub fn check_limits(&self, limits: &Limits) -> Result<(), LimitError> {
        let script = &self.scenario.script;
        let operations = || script.cycles().flat_map(|cycle| &cycle.ops);
        let holds = operations().filter(|op| matches!(op, Operation::Hold { .. })).count();
        let forgeries = || script.steps.iter().filter_map(forgery_of);
        at_most("steps", script.steps.len(), limits.steps)?;
        at_most("operations", operations().count(), limits.operations)?;
        at_most("holds", holds, limits.holds)?;
        at_most("forgeries of one cookie", forgeries().map(parts).max().unwrap_or(0), limits.forgeries)?;
        let longest = forgeries().map(length).max().unwrap_or(0);
        at_most("bytes in a forged value", longest, limits.forged_length)
    }

    /// Checks that every time in this case is one that a clock can count.
    ///
    /// # Errors
    ///
    /// [`LimitError::NoTime`] names the first time that is not.
    pub fn check_times(&self) -> Result<(), LimitError> {
        let script = &self.scenario.script;
        for step in &script.steps {
            match step {
                Step::Wait { seconds } => is_time("wait", *seconds)?,
                Step::Launch { lifetime } => is_time("lifetime", *lifetime)?,
                Step::Break { fault } => {
                    let (asked, allowed) = (fault.delay() as usize, StoreFault::LONGEST_DELAY as usize);
                    at_most("milliseconds of delay", asked, allowed)?;
                }
                _ => {}
            }
        }
        // All waits together have to be such a time, too.
        is_time("wait", script.seconds())?;
        for op in script.cycles().flat_map(|cycle| &cycle.ops) {
            if let Operation::SetLifetime { seconds } = op {
                // A lifetime may be negative, since checks try such lifetimes.
                is_time("lifetime", seconds.abs())?;
            }
        }
        Ok(())
    }
}

impl Script {
    /// The sum of all waits, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let waits =
            self.steps.iter().map(|step| if let Step::Wait { seconds } = step { *seconds } else { 0.0 });
        waits.sum()
    }
}

fn at_most(what: &'static str, asked: usize, allowed: usize) -> Result<(), LimitError> {
    if asked <= allowed { Ok(()) } else { Err(LimitError::TooMany { what, asked, allowed }) }
}

fn is_time(what: &'static str, seconds: f64) -> Result<(), LimitError> {
    if (0.0..=LONGEST).contains(&seconds) { Ok(()) } else { Err(LimitError::NoTime { what, seconds }) }
}

fn forgery_of(step: &Step) -> Option<&Forgery> {
    match step {
        Step::Forge { forgery, .. } => Some(forgery),
        _ => None,
    }
}

/// The number of forgeries in this one. Each may make a value longer.
fn parts(forgery: &Forgery) -> usize {
    match forgery {
        Forgery::Composed(composed) => composed.iter().map(parts).sum(),
        Forgery::Only { forgery, .. } => parts(forgery),
        _ => 1,
    }
}

/// The length to which this forgery brings a value, if it does.
fn length(forgery: &Forgery) -> usize {
    match forgery {
        Forgery::Length(length) => *length,
        Forgery::Composed(composed) => composed.iter().map(length).max().unwrap_or(0),
        Forgery::Only { forgery, .. } => length(forgery),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::Scenario;
    use crate::script::ops::{get, hold};

    fn complaint(script: Script) -> String {
        let scenario = Scenario { script, ..Scenario::new("x") };
        let case =
            CaseFile { version: 1, check: "x/y".to_owned(), reason: "x".to_owned(), backend: None, scenario };
        let within = case.check_limits(&Limits::default()).and_then(|()| case.check_times());
        within.map_or_else(|error| error.to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn a_case_that_asks_for_too_much_is_told_of_what() {
        let many = |steps: usize, ops: usize| {
            (0..steps).fold(Script::new(), |script, _| script.cycle("ann", vec![get("a"); ops]))
        };
        assert_eq!(complaint(many(1_000, 10)), "fine");
        assert_eq!(complaint(many(1_001, 1)), "this case has 1001 steps, and at most 1000 are played");
        assert_eq!(
            complaint(many(1, 10_001)),
            "this case has 10001 operations, and at most 10000 are played"
        );
        let holds = Script::new().cycle("ann", vec![hold("gate"); 101]);
        assert_eq!(complaint(holds), "this case has 101 holds, and at most 100 are played");
        let forged = |forgery| complaint(Script::new().forge("ann", "bob", forgery));
        assert_eq!(forged(Forgery::Composed(vec![Forgery::Replayed; 6])), "fine");
        assert_eq!(
            forged(Forgery::Composed(vec![Forgery::Composed(vec![Forgery::Replayed; 4]); 2])),
            "this case has 8 forgeries of one cookie, and at most 6 are played"
        );
        assert_eq!(
            forged(Forgery::Only { cookie: 0, forgery: Box::new(Forgery::Length(usize::MAX)) }),
            format!("this case has {} bytes in a forged value, and at most 65536 are played", usize::MAX)
        );
    }

    #[test]
    fn a_time_that_is_none_is_told() {
        assert_eq!(complaint(Script::new().wait(1e9).wait(0.0)), "fine");
        for seconds in [-1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert!(complaint(Script::new().wait(seconds)).starts_with("this case has a wait of "));
            assert!(complaint(Script::new().launch(seconds)).starts_with("this case has a lifetime of "));
        }
        assert!(complaint(Script::new().wait(3e10).wait(3e10)).starts_with("this case has a wait of 6"));
        let lifetime = |seconds| complaint(Script::new().cycle("ann", [Operation::SetLifetime { seconds }]));
        assert_eq!(lifetime(-1.0), "fine");
        assert!(lifetime(1e300).starts_with("this case has a lifetime of "));
    }
}
