//! `sessionspec badge`: what a report comes to, in the form that badge services read.

use std::path::PathBuf;

use serde_json::json;
use sessionspec::engine::checks::{Check, catalogue};
use sessionspec::engine::report::{CheckReport, visible_json};
use sessionspec::{Level, LevelVerdict, Report, Verdict};

use super::{CliError, output};
use crate::exit::Exit;
use crate::report_file;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The report, as `sessionspec run --report json=FILE` saved it; `-` is standard input.
    report: PathBuf,
    /// What stands in the left half.
    #[arg(long, default_value = "sessions", value_name = "TEXT")]
    label: String,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn badge(arguments: &Arguments) -> Result<Exit, CliError> {
    let reports = report_file::read(&arguments.report).map_err(CliError::usage)?;
    let (message, color) = message(&reports);
    // The form of an endpoint of shields.io, version 1.
    let badge = json!({ "schemaVersion": 1, "label": arguments.label, "message": message, "color": color });
    output::write(&format!("{}\n", visible_json(&format!("{badge:#}"))), arguments.output.as_deref())?;
    Ok(Exit::Conforms)
}

/// The highest level that is honoured; or else what the level comes to that was asked for.
fn message(reports: &[Report]) -> (String, &'static str) {
    let verdict = |level: Level| {
        let said = reports.iter().map(|report| verdict(report, level));
        said.max_by_key(|verdict| match verdict {
            LevelVerdict::Conforms => 0,
            LevelVerdict::Fails => 2,
            _ => 1,
        })
    };
    let honoured = Level::ALL.into_iter().take_while(|level| verdict(*level) == Some(LevelVerdict::Conforms));
    if let Some(level) = honoured.last() {
        let listed: usize = reports.iter().map(|report| known(report, level)).max().unwrap_or_default();
        let but = match listed {
            0 => String::new(),
            1 => ", but for 1 known failure".to_owned(),
            several => format!(", but for {several} known failures"),
        };
        return (format!("{level}{but}"), colour(level, listed > 0));
    }
    // The list is at fault then, and no check.
    let checks = || reports.iter().flat_map(|report| &report.checks);
    let fails = |check: &CheckReport| check.verdict == Verdict::Fail && !check.is_listed_in_vain();
    if checks().any(CheckReport::entry_is_outdated) && !checks().any(fails) {
        return ("known failures are out of date".to_owned(), "orange");
    }
    let asked = reports.iter().find_map(|report| report.asked_level).unwrap_or(Level::Minimum);
    match verdict(asked) {
        Some(LevelVerdict::Fails) => (format!("{asked} fails"), "red"),
        _ => (format!("{asked} not verified"), "lightgrey"),
    }
}

/// A level is never brighter than a higher one, nor than itself without known failures; what fails is darker than all of them.
fn colour(level: Level, has_known_failures: bool) -> &'static str {
    match (level, has_known_failures) {
        (Level::Hardened, false) => "brightgreen",
        (Level::Hardened, true) | (Level::Recommended, false) => "green",
        (Level::Recommended, true) | (Level::Minimum, false) => "yellowgreen",
        (Level::Minimum, true) => "yellow",
    }
}

/// A level is honoured only where all of its checks were run.
fn verdict(report: &Report, level: Level) -> LevelVerdict {
    let exit = Exit::of(report, level);
    let was_run = |id: &str| report.checks.iter().any(|check| check.id == id);
    let is_asked = |check: &&Check| check.level <= level && !check.is_on_demand();
    let complete = catalogue().iter().filter(is_asked).all(|check| was_run(check.id));
    match exit {
        Exit::Fails => LevelVerdict::Fails,
        Exit::Conforms if complete => LevelVerdict::Conforms,
        _ => LevelVerdict::NotVerified,
    }
}

fn known(report: &Report, level: Level) -> usize {
    report.levels.iter().find(|judged| judged.level == level).map_or(0, |judged| judged.known_failures)
}

#[cfg(test)]
mod tests {
    use sessionspec::backend::in_process;
    use sessionspec::engine::report::{KnownFailureReport, KnownState};
    use sessionspec::reference::Memory;

    use super::*;

    /// The colours of shields.io, from the brightest.
    const COLOURS: [&str; 7] =
        ["brightgreen", "green", "yellowgreen", "yellow", "orange", "red", "lightgrey"];

    async fn conforming() -> Report {
        let options = sessionspec::Options { cases: 1, ..sessionspec::Options::default() };
        sessionspec::run(in_process(Memory::default()), options).await.unwrap()
    }

    /// The same, in which the last check of this level came to this, and so did the levels that ask for it.
    fn with(report: &Report, level: Level, verdict: Verdict, known: Option<KnownState>) -> Report {
        let mut report = report.clone();
        report.asked_level = Some(Level::Minimum);
        let check = report.checks.iter_mut().rfind(|check| check.level == level).unwrap();
        check.verdict = verdict;
        let entry = |state: KnownState| {
            serde_json::from_value::<KnownFailureReport>(json!({ "reason": "r", "state": state })).unwrap()
        };
        check.known_failure = known.map(entry);
        for judged in report.levels.iter_mut().filter(|judged| judged.level >= level) {
            if verdict == Verdict::Fail {
                judged.verdict = LevelVerdict::Fails;
            } else {
                judged.known_failures += 1;
            }
        }
        report
    }

    #[tokio::test]
    async fn the_colour_grows_darker_as_less_is_honoured() {
        use Level::{Hardened, Minimum, Recommended};
        let all = conforming().await;
        let (fails, known) = (Verdict::Fail, Verdict::KnownFailure);
        let holds = Some(KnownState::Holds);
        let to_recommended = with(&all, Hardened, fails, None);
        let to_minimum = with(&all, Recommended, fails, None);
        let (stale, expired) = (Some(KnownState::Stale), Some(KnownState::Expired));
        let reports = [
            all.clone(),
            with(&all, Hardened, known, holds),
            to_recommended.clone(),
            with(&to_recommended, Recommended, known, holds),
            to_minimum.clone(),
            with(&to_minimum, Minimum, known, holds),
            with(&all, Hardened, fails, stale),
            with(&all, Minimum, fails, None),
            with(&all, Minimum, fails, expired),
        ];
        let told = reports.map(|report| message(&[report]));
        let dark = |colour: &str| COLOURS.iter().position(|known| *known == colour).unwrap();
        assert!(told.is_sorted_by_key(|(_, colour)| dark(colour)), "{told:?}");
        let told = told.map(|(message, colour)| format!("{colour}: {message}")).join("\n");
        insta::assert_snapshot!(told, @"
        brightgreen: hardened
        green: hardened, but for 1 known failure
        green: recommended
        yellowgreen: recommended, but for 1 known failure
        yellowgreen: minimum
        yellow: minimum, but for 1 known failure
        orange: known failures are out of date
        red: minimum fails
        red: minimum fails
        ");
    }
}
