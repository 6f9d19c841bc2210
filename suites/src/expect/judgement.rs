//! What comes of a scenario: its expectations are compared with what happened when its script was played.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Expectation, Expected, Scenario, gap_of_probe};
use crate::backend::BackendError;
use crate::play::{Outcome, Transcript};

/// Why nothing can be concluded where a request did not wait.
const EARLY: &str = "a request that was held was answered before its gate was opened, so that nothing overlapped: the probe's \
                     `hold` must have no timeout below 60 s, and wait for the answer";

/// Why nothing can be concluded where a request that nobody kept waiting came too late to its gate.
const LATE: &str = "a request that was to be held came too late to its gate, so that nothing overlapped: the service is too slow for \
                    this, or its `hold` does not ask for the gate before anything else";

/// Why nothing can be concluded where the time is over.
pub(crate) const OVER: &str = "the moment in which the answer decides was over before the answer came: the lifetime is too short for its \
                    grace, or the service too slow";

impl Scenario {
    /// Why nothing can be concluded from what happened: it is spoilt, or the moment was over in which the answer decides.
    pub(crate) fn why_it_tells_nothing(&self, transcript: &Transcript) -> Option<BackendError> {
        let over = || self.is_over(transcript).then(|| BackendError::TellsNothing(OVER.to_owned()));
        self.why_it_is_spoilt(transcript).or_else(over)
    }

    /// Why what happened is not what the script is about: somebody has refused a request that nobody may refuse, or the probe
    /// has not done its part.
    pub(crate) fn why_it_is_spoilt(&self, transcript: &Transcript) -> Option<BackendError> {
        let early = || transcript.left_early.then(|| EARLY.to_owned());
        let late = || transcript.held_late.then(|| LATE.to_owned());
        let gap = || gap_of_probe(transcript);
        let why = self.refusal(transcript).or_else(gap).or_else(early).or_else(late);
        why.map(BackendError::TellsNothing)
    }

    /// Whether the answers decide that have to come within some time, and all of them came later: what was compared
    /// beside them only prepares for that.
    pub(crate) fn is_over(&self, transcript: &Transcript) -> bool {
        let conditional = self
            .expectations
            .iter()
            .filter_map(|expectation| Some((expectation, expectation.only_if.as_ref()?)));
        let mut timed = conditional.filter(|(_, condition)| condition.is_of_time()).peekable();
        timed.peek().is_some()
            && timed.all(|(expectation, condition)| condition.is_over(transcript, expectation.cycle))
    }

    /// Judges what happened when the script was played.
    #[must_use]
    pub fn judge(&self, transcript: &Transcript) -> Judgement {
        if self.why_it_tells_nothing(transcript).is_some() {
            return Judgement { comparisons: 0, finding: None };
        }
        let mut judgement =
            Judgement { comparisons: 0, finding: failed_request(transcript, &self.refusable) };
        for expectation in &self.expectations {
            let Some(result) = expectation.judge(transcript) else { continue };
            judgement.comparisons += 1;
            if let (None, Err(seen)) = (&judgement.finding, result) {
                judgement.finding = Some(Finding {
                    reason: self.reason_for(expectation, transcript),
                    cycle: expectation.cycle,
                    op: expectation.op,
                    expected: expectation.expected.clone(),
                    seen,
                });
            }
        }
        judgement
    }

    /// The reason of a finding. A request that was refused has not shown what the scenario is named after.
    fn reason_for(&self, expectation: &Expectation, transcript: &Transcript) -> String {
        let exchange = transcript.exchanges.get(expectation.cycle);
        let is_refused = exchange.is_some_and(|exchange| exchange.refused().is_some());
        match expectation.expected.asks_to_be_served() && is_refused {
            true => "request-refused".to_owned(),
            false => self.reason.clone(),
        }
    }
}

impl Expectation {
    /// Compares what was seen with what was expected. An error says what was seen instead; `None` says that nothing was
    /// seen that could be compared.
    pub(super) fn judge(&self, transcript: &Transcript) -> Option<Result<(), String>> {
        if self.only_if.as_ref().is_some_and(|condition| !condition.holds(transcript, self.cycle)) {
            return None;
        }
        if let Expected::Response(rule) = &self.expected {
            return rule.judge(transcript, self.cycle);
        }
        let seen = transcript.exchanges.get(self.cycle)?.answer(self.op?)?;
        Some(if self.expected.accepts(seen) { Ok(()) } else { Err(seen.to_string()) })
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

/// The finding that a request failed, although its script did not ask for that. A request that may be refused may fail,
/// but it has to be answered.
pub(crate) fn failed_request(transcript: &Transcript, refusable: &BTreeSet<usize>) -> Option<Finding> {
    transcript.exchanges.iter().enumerate().find_map(|(cycle, exchange)| {
        let finding = |reason: &str, seen: String| Finding {
            reason: reason.to_owned(),
            cycle,
            op: None,
            expected: Expected::Done,
            seen,
        };
        if refusable.contains(&cycle) && !matches!(exchange.outcome, Outcome::Broken(_)) {
            return None;
        }
        if let Some(seen) = exchange.failed_request() {
            let reason = if exchange.is_cut_off() { "response-cut-off" } else { "request-failed" };
            return Some(finding(reason, seen));
        }
        match &exchange.outcome {
            Outcome::Answered { save_error: Some(error), .. } if !exchange.disturbed => {
                Some(finding("save-refused", error.clone()))
            }
            _ => None,
        }
    })
}
