//! What a run found, as plain data. Rendering is elsewhere; everything here is the same in two identical runs, but for
//! [`Report::this_run`].

mod advice;
mod blocked;
mod check;
mod command;
mod evidence;
mod failure;
mod known;
mod level;
mod redact;
mod schedule;
mod shown;
mod text;
mod this_run;
mod verdict;
mod visible;
mod wrap;

pub use advice::advice;
pub use blocked::{Blocked, UnjudgedScenario};
pub use check::CheckReport;
pub use command::{quoted, wrapped_command};
pub use evidence::Evidence;
pub use failure::{Failure, Place};
pub use known::{KnownFailure, KnownFailureReport, KnownState};
pub use level::{LevelReport, LevelVerdict};
pub(crate) use redact::{Redaction, message, shown};
pub use schedule::schedule;
pub(crate) use shown::shortened;
pub use shown::{ShownExchange, ShownOperation};
pub use text::{LEGEND, failure_text, failure_texts, script_text};
pub use this_run::ThisRun;
pub(crate) use this_run::Watch;
pub use verdict::Verdict;
pub use visible::{visible, visible_json};
pub use wrap::{WIDTH, continued, wrapped};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::level::Level;
use crate::survey::Survey;
use level::Gaps;

/// The version of the report's form. It changes when a reader of the older form would misunderstand the newer one.
pub const SCHEMA_VERSION: u32 = 1;

/// The report's form, as a JSON Schema (draft 2020-12).
pub const SCHEMA: &str = include_str!("../../report.schema.json");

/// What a run found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// The version of this form.
    pub schema: u32,
    /// The version of the suite.
    pub suite_version: String,
    /// What was tested.
    pub backend: Subject,
    /// The seed of everything that was generated.
    pub seed: u64,
    /// How many scripts each check was given whose scripts are generated.
    pub cases: u32,
    /// The only case that each of these was given, where one was to be replayed alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub case: Option<u32>,
    /// The level that decides, where somebody asked for one: what fails above it is told, and does not count.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub asked_level: Option<Level>,
    /// What the levels come to.
    pub levels: Vec<LevelReport>,
    /// What the backend can do, as observed.
    pub survey: Vec<CapabilityReport>,
    /// Each check, in the order of the catalogue.
    pub checks: Vec<CheckReport>,
    /// Why the run ended before its time; absent where it did not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub incomplete: Option<String>,
    /// All that differs between identical runs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub this_run: Option<ThisRun>,
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
    /// Whether what was seen bears the claim out; absent where nothing was claimed, or nothing was seen that could.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub borne_out: Option<bool>,
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

    /// Whether the verdict of this check decides about the run: it is of the level that was asked for, or of a lower one.
    /// Where none was asked for, every level is. An entry of the known failures that is out of date counts at any level.
    #[must_use]
    pub fn counts(&self, check: &CheckReport) -> bool {
        check.entry_is_outdated() || self.asked_level.is_none_or(|asked| check.level <= asked)
    }

    /// How many answers this check has compared, as far as the report says so.
    #[must_use]
    pub fn compared(&self, check: &CheckReport) -> Option<usize> {
        let in_this_run = || self.this_run.as_ref()?.compared.get(&check.id).copied();
        check.evidence.comparisons.or_else(in_this_run)
    }

    /// The report without [`this_run`](Self::this_run): two runs of the same thing give the same, to the byte.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), sessionspec::PreflightError> {
    /// use sessionspec::Options;
    /// use sessionspec::backend::in_process;
    /// use sessionspec::reference::Memory;
    ///
    /// let first = sessionspec::run(in_process(Memory::default()), Options::default()).await?;
    /// let second = sessionspec::run(in_process(Memory::default()), Options::default()).await?;
    /// assert_eq!(first.repeatable(), second.repeatable());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn repeatable(&self) -> Self {
        Self { this_run: None, ..self.clone() }
    }

    /// What each level comes to.
    pub(crate) fn judge_levels(checks: &[CheckReport], survey: &Survey) -> Vec<LevelReport> {
        level::judge(checks, &Gaps::of(survey))
    }
}
