//! `sessionspec badge`: what a report comes to, in the form that badge services read.

use std::path::PathBuf;

use serde_json::json;
use sessionspec::engine::checks::{Check, catalogue};
use sessionspec::engine::report::visible_json;
use sessionspec::{Level, LevelVerdict, Report};

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
        return (format!("{level}{but}"), if listed == 0 { "brightgreen" } else { "green" });
    }
    let asked = reports.iter().find_map(|report| report.asked_level).unwrap_or(Level::Minimum);
    match verdict(asked) {
        Some(LevelVerdict::Fails) => (format!("{asked} fails"), "red"),
        _ => (format!("{asked} not verified"), "lightgrey"),
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
