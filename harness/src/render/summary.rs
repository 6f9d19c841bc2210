//! What a report comes to, for programs that would not count for themselves. All of it follows from the rest of the
//! report, and nothing reads it back.

use std::collections::BTreeMap;

use serde::Serialize;
use sessionspec::engine::report::failure_texts;
use sessionspec::{Level, LevelVerdict, Report, Verdict};

use super::plain::plain;
use crate::exit::Exit;

/// What a report comes to.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    /// The level that decides.
    level: Level,
    /// What the backend comes to at this level.
    verdict: LevelVerdict,
    /// How the command ends that finds this.
    exit_code: u8,
    /// How many checks there are of each verdict that occurs.
    totals: BTreeMap<Verdict, usize>,
    /// What was found, check by check, in the order of the report.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failures: Vec<Failed>,
}

/// A check with what was found.
#[derive(Debug, Serialize)]
struct Failed {
    check: String,
    verdict: Verdict,
    /// Whether it decides about the run: it is of the level that decides, or of a lower one, or its entry in the list of
    /// known failures is out of date.
    counts: bool,
    reasons: Vec<String>,
    /// What was found in words, as the text report shows it.
    text: String,
}

impl Summary {
    /// What this report comes to, at the level that was asked for, or else at the lowest.
    pub(super) fn of(report: &Report) -> Self {
        let level = report.asked_level.unwrap_or(Level::Minimum);
        let exit = Exit::of(report, level);
        let verdict = match exit {
            Exit::Conforms => LevelVerdict::Conforms,
            Exit::Fails => LevelVerdict::Fails,
            Exit::NotVerified | Exit::Usage => LevelVerdict::NotVerified,
        };
        // Whatever a service said is shown, and nowhere acted upon.
        let shown = plain(report);
        let failures = shown.checks.iter().filter(|check| !check.failures.is_empty()).map(|check| Failed {
            check: check.id.clone(),
            verdict: check.verdict,
            counts: check.entry_is_outdated() || check.level <= level,
            reasons: check.failures.iter().map(|failure| failure.reason.clone()).collect(),
            text: failure_texts(check).join("\n"),
        });
        Self { level, verdict, exit_code: exit as u8, totals: report.totals(), failures: failures.collect() }
    }
}
