//! `sessionspec known-failures`: writes the list of what fails, for somebody to give the reasons.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use sessionspec::engine::report::{CheckReport, KnownState, visible};
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
    let mut failing: BTreeMap<&str, &CheckReport> = BTreeMap::new();
    for check in reports.iter().flat_map(|report| &report.checks) {
        let state = check.known_failure.as_ref().map(|known| known.state);
        let is_listed = match state {
            Some(KnownState::Stale) => false,
            Some(KnownState::Undecided) => true,
            _ => matches!(check.verdict, Verdict::Fail | Verdict::KnownFailure),
        };
        if is_listed {
            failing.entry(&check.id).or_insert(check);
        }
    }
    if failing.is_empty() {
        return "# Nothing fails.\n".to_owned();
    }
    let mut toml = "# What is known to fail, for `sessionspec run --known-failures FILE`.\n\
                    # An entry needs a `reason`: what happens, and why. It may have an `issue`, a link, and `expires`,\n\
                    # the last day on which it counts, as in 2026-01-31. One whose check passes has to go. Checks that only\n\
                    # need one of these need no entry.\n"
        .to_owned();
    for check in failing.into_values() {
        toml.push_str(&entry(check));
    }
    toml
}

fn entry(check: &CheckReport) -> String {
    let mut toml = String::from("\n");
    for failure in &check.failures {
        let told = format!("{}: expected {}, seen {}", failure.reason, failure.expected, failure.seen);
        let _ = writeln!(toml, "# {}", visible(&told));
    }
    let kept = |state: KnownState| matches!(state, KnownState::Holds | KnownState::Undecided);
    let known = check.known_failure.as_ref().filter(|known| kept(known.state));
    if let (Some(KnownState::Undecided), Some(because)) = (known.map(|known| known.state), &check.because) {
        let _ = writeln!(toml, "# {}: {}", check.verdict.as_str(), visible(because));
    }
    let reason = known.map_or("", |known| &known.reason);
    let _ = writeln!(toml, "[[known-failures]]\ncheck = {}\nreason = {}", text(&check.id), text(reason));
    if let Some(issue) = known.and_then(|known| known.issue.as_ref()) {
        let _ = writeln!(toml, "issue = {}", text(issue));
    }
    let day = known.and_then(|known| known.expires.as_ref()).and_then(|day| day.parse::<Datetime>().ok());
    if let Some(day) = day {
        let _ = writeln!(toml, "expires = {day}");
    }
    toml
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
