//! What a run found, as plain data. Rendering is elsewhere; everything here is the same in two identical runs.

mod normal;
mod text;

pub(crate) use normal::shown_transcript;
pub use text::failure_text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check::Level;
use crate::scenario::Scenario;

/// The version of the report's form.
pub const SCHEMA_VERSION: u32 = 1;

/// What a run found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The version of this form.
    pub schema: u32,
    /// The version of the suite.
    pub suite_version: String,
    /// What was tested.
    pub backend: Subject,
    /// The seed of everything that was generated.
    pub seed: u64,
    /// How many scripts each umbrella check was given.
    pub cases: u32,
    /// What the levels come to.
    pub levels: Vec<LevelReport>,
    /// What the backend can do, as observed.
    pub survey: Vec<CapabilityReport>,
    /// Each check, in the order of the catalogue.
    pub checks: Vec<CheckReport>,
    /// Why the run ended before its time; absent where it did not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub incomplete: Option<String>,
}

/// What was tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The name that the backend gives itself.
    pub name: String,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<String>,
    /// How it was reached: `in-process` or `http`.
    pub door: String,
}

/// What a level comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelReport {
    /// The level.
    pub level: Level,
    /// What it comes to.
    pub verdict: LevelVerdict,
    /// How many checks of this level and of those below it fail as is known.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub known_failures: usize,
    /// What the probe stood in for: it was not judged.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub stand_ins: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// What a level comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LevelVerdict {
    /// Every check of this level and of those below it passed, or does not apply.
    Conforms,
    /// A check failed, or a known failure is out of date.
    Fails,
    /// Nothing failed, but something could not be verified.
    NotVerified,
}

/// One row of the survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapabilityReport {
    /// What was observed.
    pub name: String,
    /// How it was observed.
    pub how: String,
    /// What was seen.
    pub observed: String,
    /// What the backend claims.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub declared: Option<String>,
}

/// What became of one check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    /// `suite/slug`.
    pub id: String,
    /// The level that asks for it.
    pub level: Level,
    /// The clause of the contract.
    pub clause: String,
    /// What is promised.
    pub promise: String,
    /// What became of it.
    pub verdict: Verdict,
    /// Why, where it is neither pass nor fail.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub because: Option<String>,
    /// What the verdict rests on.
    pub evidence: Evidence,
    /// What was found.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub failures: Vec<Failure>,
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The promise was kept.
    Pass,
    /// It was broken.
    Fail,
    /// It was broken, as was known before.
    KnownFailure,
    /// The backend does not have what the promise is about.
    NotApplicable,
    /// Nothing was compared, or a check that this one needs has failed.
    Unverified,
    /// It could not be decided, for instance because time ran out.
    Inconclusive,
    /// The service did not answer as a probe does.
    Error,
}

impl Verdict {
    /// The verdict in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::KnownFailure => "known failure",
            Self::NotApplicable => "not applicable",
            Self::Unverified => "unverified",
            Self::Inconclusive => "inconclusive",
            Self::Error => "error",
        }
    }
}

/// What a verdict rests on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// How many scripts were played.
    pub scripts: usize,
    /// How many answers were compared.
    pub comparisons: usize,
}

/// One way in which a promise was broken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

/// One request of a transcript, with ids and secrets replaced by stable names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShownExchange {
    /// The browser that sent it.
    pub browser: String,
    /// The cookies that it sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cookie: Option<String>,
    /// Each operation with its answer.
    pub ops: Vec<ShownOperation>,
    /// The status of the response, or what came instead of one.
    pub status: String,
    /// The cookies that the response sets.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub set_cookie: Vec<String>,
    /// What a browser would have dropped, and why.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub dropped: Vec<String>,
}

/// One operation of a transcript.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShownOperation {
    /// The operation, as the protocol spells it.
    pub op: sessionspec_reference::Value,
    /// What it answered, if the answer arrived.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub answer: Option<String>,
}

impl Report {
    /// The verdict of this level.
    #[must_use]
    pub fn verdict(&self, level: Level) -> Option<LevelVerdict> {
        self.levels.iter().find(|report| report.level == level).map(|report| report.verdict)
    }

    /// How many checks there are of each verdict.
    #[must_use]
    pub fn totals(&self) -> BTreeMap<Verdict, usize> {
        let mut totals = BTreeMap::new();
        for check in &self.checks {
            *totals.entry(check.verdict).or_default() += 1;
        }
        totals
    }

    /// What each level comes to: it fails with a check of its own or of a lower level.
    #[must_use]
    pub(crate) fn judge_levels(checks: &[CheckReport], stand_ins: &[String]) -> Vec<LevelReport> {
        let judge = |level: Level| {
            let of_level = || checks.iter().filter(|check| check.level <= level);
            let any = |verdicts: &[Verdict]| of_level().any(|check| verdicts.contains(&check.verdict));
            let verdict = if any(&[Verdict::Fail]) {
                LevelVerdict::Fails
            } else if any(&[Verdict::Error, Verdict::Inconclusive, Verdict::Unverified])
                || !any(&[Verdict::Pass, Verdict::KnownFailure])
            {
                LevelVerdict::NotVerified
            } else {
                LevelVerdict::Conforms
            };
            let known_failures = of_level().filter(|check| check.verdict == Verdict::KnownFailure).count();
            LevelReport { level, verdict, known_failures, stand_ins: stand_ins.to_vec() }
        };
        // A level that asks for nothing of its own says nothing either.
        let asked = |level: &Level| checks.iter().any(|check| check.level == *level);
        Level::ALL.into_iter().filter(asked).map(judge).collect()
    }
}
