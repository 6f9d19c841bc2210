//! A short script with literal expectations: what a named check consists of.

use serde::{Deserialize, Serialize};

use crate::expectation::Expected;
use crate::script::{Answer, Operation, Script};
use crate::survey::Survey;
use crate::transcript::{Outcome, Transcript};

/// A script, and what some of its operations have to answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// What the scenario shows when it fails: stable, and unique within its check.
    pub reason: String,
    /// What is done.
    pub script: Script,
    /// What has to be answered.
    pub expectations: Vec<Expectation>,
}

/// What one operation of a script has to answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    /// The cycle, counted from zero in the order in which cycles start.
    pub cycle: usize,
    /// The operation within the cycle, from zero.
    pub op: usize,
    /// What it has to answer.
    pub expected: Expected,
}

/// An operation, with or without an expectation: a line of a scenario.
pub struct Line {
    op: Operation,
    expected: Option<Expected>,
}

impl Operation {
    /// Expects nothing.
    pub fn unjudged(self) -> Line {
        Line { op: self, expected: None }
    }

    /// Expects this value.
    pub fn is(self, value: impl Into<sessionspec_reference::Value>) -> Line {
        self.answers(Expected::Answer(Answer::Ok(value.into())))
    }

    /// Expects that there is no such item.
    pub fn is_absent(self) -> Line {
        self.answers(Expected::Answer(Answer::Absent))
    }

    /// Expects true or false.
    pub fn is_boolean(self) -> Line {
        self.answers(Expected::Boolean)
    }

    /// Expects that it is done.
    pub fn is_done(self) -> Line {
        self.answers(Expected::Done)
    }

    /// Expects that it is refused, with a reason.
    pub fn is_refused(self) -> Line {
        self.answers(Expected::Refused)
    }

    /// Expects exactly these items, but for those that the framework keeps of its own.
    pub fn are(
        self,
        items: impl IntoIterator<Item = (&'static str, sessionspec_reference::Value)>,
        survey: &Survey,
    ) -> Line {
        let items = items.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        self.answers(Expected::Items { items, own_keys: survey.own_keys.clone() })
    }

    fn answers(self, expected: Expected) -> Line {
        Line { op: self, expected: Some(expected) }
    }
}

impl Scenario {
    /// A scenario in which nothing happens yet.
    #[must_use]
    pub fn new(reason: &str) -> Self {
        Self { reason: reason.to_owned(), script: Script::new(), expectations: Vec::new() }
    }

    /// Adds a cycle of this browser.
    #[must_use]
    pub fn cycle<const N: usize>(mut self, browser: &str, lines: [Line; N]) -> Self {
        let cycle = self.script.cycles().count();
        let mut ops = Vec::with_capacity(N);
        for (op, line) in lines.into_iter().enumerate() {
            self.expectations.extend(line.expected.map(|expected| Expectation { cycle, op, expected }));
            ops.push(line.op);
        }
        self.script = self.script.cycle(browser, ops);
        self
    }

    /// Judges what happened when the script was played.
    #[must_use]
    pub fn judge(&self, transcript: &Transcript) -> Judgement {
        let mut judgement = Judgement { comparisons: 0, finding: failed_request(transcript) };
        for expectation in &self.expectations {
            let exchange = transcript.exchanges.get(expectation.cycle);
            let Some(seen) = exchange.and_then(|exchange| exchange.answer(expectation.op)) else { continue };
            judgement.comparisons += 1;
            if judgement.finding.is_none() && !expectation.expected.accepts(seen) {
                judgement.finding = Some(Finding {
                    reason: self.reason.clone(),
                    cycle: expectation.cycle,
                    op: Some(expectation.op),
                    expected: expectation.expected.clone(),
                    seen: seen.to_string(),
                });
            }
        }
        judgement
    }
}

/// What was found when a transcript was judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// How many answers were compared with an expectation.
    pub comparisons: usize,
    /// The first difference.
    pub finding: Option<Finding>,
}

/// A difference between what was expected and what was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What went wrong, in a word or two that stay the same from run to run.
    pub reason: String,
    /// The cycle, counted from zero in the order in which cycles start.
    pub cycle: usize,
    /// The operation within the cycle; none where the request failed as a whole.
    pub op: Option<usize>,
    /// What was expected.
    pub expected: Expected,
    /// What was seen.
    pub seen: String,
}

/// The finding that a request failed for which nobody had asked.
pub(crate) fn failed_request(transcript: &Transcript) -> Option<Finding> {
    transcript.exchanges.iter().enumerate().find_map(|(cycle, exchange)| {
        let finding = |reason: &str, seen: String| Finding {
            reason: reason.to_owned(),
            cycle,
            op: None,
            expected: Expected::Done,
            seen,
        };
        if let Some(seen) = exchange.failed_request() {
            return Some(finding("request-failed", seen));
        }
        match &exchange.outcome {
            Outcome::Answered { save_error: Some(error), .. } => Some(finding("save-refused", error.clone())),
            _ => None,
        }
    })
}
