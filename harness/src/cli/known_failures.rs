//! `sessionspec known-failures`: writes the list of what fails, for somebody to give the reasons.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use sessionspec::engine::report::{CheckReport, Failure, KnownFailureReport, KnownState, visible};
use sessionspec::{Report, Verdict};
use toml::Value;
use toml::value::Datetime;

use super::{CliError, terminal};
use crate::exit::Exit;
use crate::report_file;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The report, as `sessionspec run --report json=FILE` saved it; `-` is standard input.
    report: PathBuf,
}

pub(super) fn known_failures(arguments: &Arguments) -> Result<Exit, CliError> {
    let reports = report_file::read(&arguments.report).map_err(CliError::usage)?;
    terminal::print_file(&list(&reports));
    Ok(Exit::Conforms)
}

/// What fails, through whichever door. Entries that still hold are kept, and so are those of which nothing is known
/// now; the reasons of the others are for a person.
fn list(reports: &[Report]) -> String {
    let mut failing: BTreeMap<&str, Vec<Listed<'_>>> = BTreeMap::new();
    for report in reports {
        for check in report.checks.iter().filter(|check| is_listed(check)) {
            failing.entry(&check.id).or_default().push(Listed { report, check });
        }
    }
    if failing.is_empty() {
        return "# Nothing fails.\n".to_owned();
    }
    let mut toml = "# What is known to fail, for `sessionspec run --known-failures FILE`.\n\
                    # An entry needs a `reason`: what happens, and why. It may have an `issue`, a link, and `expires`,\n\
                    # the last day on which it counts, as in 2026-01-31, without quotes. Where it has `scenarios`, the check fails once\n\
                    # another of its scenarios does. One whose check passes has to go. Checks that only need one of these\n\
                    # need no entry.\n"
        .to_owned();
    for doors in failing.into_values() {
        toml.push_str(&entry(&doors));
    }
    toml
}

fn is_listed(check: &CheckReport) -> bool {
    match check.known_failure.as_ref().map(|known| known.state) {
        Some(KnownState::Stale) => false,
        Some(KnownState::Undecided) => true,
        _ => matches!(check.verdict, Verdict::Fail | Verdict::KnownFailure),
    }
}

/// A check that is listed, as one door shows it.
struct Listed<'a> {
    report: &'a Report,
    check: &'a CheckReport,
}

impl<'a> Listed<'a> {
    /// The entry that it has already, if that is kept.
    fn kept(&self) -> Option<&'a KnownFailureReport> {
        let is_kept = |state: KnownState| matches!(state, KnownState::Holds | KnownState::Undecided);
        self.check.known_failure.as_ref().filter(|known| is_kept(known.state))
    }

    /// Whether another run of the same backend has no other scenarios that fail. Generated ones depend on the seed, and those
    /// from which nothing was concluded, or which a run that was stopped has not judged, may fail as well.
    fn shows_all_that_fail(&self) -> bool {
        let is_generated = self.check.failures.iter().any(|failure| failure.case.is_some());
        let is_whole = self.check.unjudged.is_empty() && self.report.incomplete.is_none();
        is_whole && !is_generated && !self.check.failures.is_empty()
    }
}

/// The entry of a check, which is listed as these doors show it.
fn entry(doors: &[Listed<'_>]) -> String {
    let mut toml = String::from("\n");
    let first = doors[0].check;
    let mut failing: Vec<(&str, Option<&Failure>)> = Vec::new();
    for failure in doors.iter().flat_map(|door| &door.check.failures) {
        if !failing.iter().any(|(scenario, _)| *scenario == failure.scenario_name()) {
            failing.push((failure.scenario_name(), Some(failure)));
        }
    }
    let known = doors.iter().find_map(Listed::kept);
    let scenarios = if doors.iter().all(Listed::shows_all_that_fail) {
        failing
    } else {
        for failure in &first.failures {
            let told = format!("{}: expected {}, seen {}", failure.reason, failure.expected, failure.seen);
            let _ = writeln!(toml, "# {}", visible(&told));
        }
        // What the entry names is kept, since it may fail still.
        let named = known.map(|known| known.scenarios.as_slice()).unwrap_or_default();
        failing.retain(|(scenario, _)| !named.is_empty() && !named.iter().any(|name| name == scenario));
        named.iter().map(|name| (name.as_str(), None)).chain(failing).collect()
    };
    if let (Some(KnownState::Undecided), Some(because)) = (known.map(|known| known.state), &first.because) {
        let _ = writeln!(toml, "# {}: {}", first.verdict.as_str(), visible(because));
    }
    let _ = writeln!(toml, "[[known-failures]]\ncheck = {}", text(&first.id));
    toml.push_str(&list_of(&scenarios));
    let _ = writeln!(toml, "reason = {}", text(known.map_or("", |known| &known.reason)));
    if let Some(issue) = known.and_then(|known| known.issue.as_ref()) {
        let _ = writeln!(toml, "issue = {}", text(issue));
    }
    let day = known.and_then(|known| known.expires.as_ref()).and_then(|day| day.parse::<Datetime>().ok());
    if let Some(day) = day {
        let _ = writeln!(toml, "expires = {day}");
    }
    toml
}

/// The list of these scenarios, where there are any, each with what is seen of it.
fn list_of(scenarios: &[(&str, Option<&Failure>)]) -> String {
    if scenarios.is_empty() {
        return String::new();
    }
    let mut toml = String::from("scenarios = [\n");
    for (scenario, failure) in scenarios {
        let seen = failure.map(|failure| {
            let reason = if failure.reason == *scenario { "" } else { &format!("{}: ", failure.reason) };
            let told = format!("{reason}expected {}, seen {}", failure.expected, failure.seen);
            format!(" # {}", visible(&told))
        });
        let _ = writeln!(toml, "    {},{}", text(scenario), seen.unwrap_or_default());
    }
    toml + "]\n"
}

/// A text as TOML, in which nothing acts on the terminal of whoever prints it.
fn text(text: &str) -> String {
    if matches!(visible(text), Cow::Borrowed(_)) {
        return Value::String(text.to_owned()).to_string();
    }
    let spelt = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if matches!(visible(c.encode_utf8(&mut [0; 4])), Cow::Borrowed(_)) => c.to_string(),
        c => format!("\\U{:08X}", u32::from(c)),
    });
    format!("\"{}\"", spelt.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_toml_that_can_be_read() {
        for hostile in
            ["plain", "a \"b\" \\ 'c'", "\0\u{1b}[31m\u{9b}2J\u{202e}\u{ffff}\u{e0041} \"x\" \\n\nnext"]
        {
            let toml = format!("a = {}", text(hostile));
            assert!(matches!(visible(&toml), Cow::Borrowed(_)), "{toml:?}");
            let read: toml::Table = toml.parse().unwrap();
            assert_eq!(read["a"].as_str(), Some(hostile));
        }
    }
}
