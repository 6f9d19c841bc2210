//! One way in which a promise was broken.

use serde::{Deserialize, Serialize};

use super::ShownExchange;
use super::redact::{Redaction, Redactor};
use super::shown::shortened;
use crate::expect::{Expected, Finding, Scenario};
use crate::play::Transcript;

/// How much is told of what was expected, in characters: a script tells the rest.
const LONGEST: usize = 400;

/// One way in which a promise was broken.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// What went wrong, in a word or two that stay the same from run to run.
    pub reason: String,
    /// What was expected.
    pub expected: String,
    /// What was seen.
    pub seen: String,
    /// Where in the script it was seen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at: Option<Place>,
    /// What was done, where it was not a script.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub done: Option<String>,
    /// The smallest script that shows it, with its expectations.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scenario: Option<Scenario>,
    /// What happened when that script was played.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub transcript: Vec<ShownExchange>,
    /// The generated case that found it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub case: Option<u32>,
    /// How shrinking and confirming went, where there is something to say.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// Commands that show it again, as they would be typed.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub replay: Vec<String>,
}

/// A place in a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The cycle, counted from zero in the order in which cycles start.
    pub cycle: usize,
    /// The operation within the cycle; none where the request failed as a whole.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub op: Option<usize>,
}

impl Failure {
    /// The reason, with the situation in which a request failed where the check names several: a failed request alone does
    /// not say which item it was about.
    #[must_use]
    pub fn title(&self) -> String {
        let situation = self.scenario.as_ref().map(|scenario| scenario.reason.as_str());
        match situation
            .filter(|situation| self.case.is_none() && !situation.is_empty() && *situation != self.reason)
        {
            Some(situation) => format!("{} ({situation})", self.reason),
            None => self.reason.clone(),
        }
    }

    /// The scenario of its check that shows it, by its reason, as lists of known failures name it. What no named scenario shows
    /// goes by what went wrong.
    #[must_use]
    pub fn scenario_name(&self) -> &str {
        let named = self.scenario.as_ref().map(|scenario| scenario.reason.as_str());
        named.filter(|name| self.case.is_none() && !name.is_empty()).unwrap_or(&self.reason)
    }

    /// What was found when a scenario was played.
    pub(crate) fn found(
        finding: Finding,
        scenario: Scenario,
        transcript: &Transcript,
        redaction: Redaction<'_>,
    ) -> Self {
        let mut redact = Redactor::new(redaction);
        let shown = redact.transcript(transcript);
        let exchange = shown.get(finding.cycle);
        let answer = finding.op.and_then(|op| exchange?.ops.get(op)?.answer.clone());
        let expected = match (finding.op, &finding.expected) {
            // Nothing in particular was expected of a request that failed as a whole.
            (None, Expected::Done) => "the request is answered, and the session saved".to_owned(),
            (_, expected) => shortened(&expected.to_string(), LONGEST),
        };
        Self {
            reason: finding.reason,
            expected,
            seen: answer.unwrap_or_else(|| redact.text(&finding.seen)),
            at: Some(Place { cycle: finding.cycle, op: finding.op }),
            scenario: Some(scenario),
            transcript: shown,
            ..Self::default()
        }
    }
}
