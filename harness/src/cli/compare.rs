//! `sessionspec compare`: one table of several backends.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use sessionspec::engine::report::visible;
use sessionspec::{Level, Report, Verdict};

use super::{CliError, output};
use crate::exit::Exit;
use crate::render::code;
use crate::report_file;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The reports, as `sessionspec run --report json=FILE` saved them; one of several doors counts as several.
    #[arg(required = true, num_args = 2.., value_name = "REPORT")]
    reports: Vec<PathBuf>,
    /// The form of the table.
    #[arg(long, value_name = "FORM", default_value = "text")]
    format: Form,
    /// Also show the rows in which all are alike.
    #[arg(long)]
    all: bool,
}

/// A form of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// For a terminal: a column has a letter, and a key stands above the table.
    Text,
    /// For a page.
    Markdown,
}

pub(super) fn compare(arguments: &Arguments) -> Result<Exit, CliError> {
    let mut reports = Vec::new();
    for file in &arguments.reports {
        reports.extend(report_file::read(file).map_err(CliError::usage)?);
    }
    let table = Table::of(&reports, arguments.all);
    let text = match arguments.format {
        Form::Text => table.to_text(),
        Form::Markdown => table.to_markdown(),
    };
    output::write(&text, None)?;
    Ok(Exit::Conforms)
}

/// Rows of capabilities, checks and levels, with one cell for each report.
struct Table {
    names: Vec<String>,
    groups: Vec<(&'static str, Vec<Row>)>,
    /// How many rows are left out since all reports say the same in them.
    alike: usize,
}

struct Row {
    name: String,
    cells: Vec<String>,
}

/// What stands where a report says nothing.
const NOTHING: &str = "–";

impl Table {
    fn of(reports: &[Report], all: bool) -> Self {
        let doors: Vec<&str> = reports.iter().map(|report| report.backend.door.as_str()).collect();
        let several_doors = doors.windows(2).any(|pair| pair[0] != pair[1]);
        let mut names: Vec<String> = reports.iter().map(|report| name(report, several_doors)).collect();
        number_repeated(&mut names);
        let mut groups = vec![
            ("level", levels(reports)),
            (
                "observed",
                rows(reports, |report| {
                    report.survey.iter().map(|row| (row.name.clone(), row.observed.clone())).collect()
                }),
            ),
            (
                "check",
                rows(reports, |report| {
                    report.checks.iter().map(|check| (check.id.clone(), told(check.verdict))).collect()
                }),
            ),
        ];
        let mut alike = 0;
        for (group, rows) in &mut groups {
            if *group == "level" || all {
                continue;
            }
            let before = rows.len();
            rows.retain(|row| row.cells.windows(2).any(|pair| pair[0] != pair[1]));
            alike += before - rows.len();
        }
        Self { names, groups, alike }
    }

    fn to_text(&self) -> String {
        let mut text = String::new();
        let letters: Vec<String> = (1..=self.names.len()).map(|number| format!("[{number}]")).collect();
        for (letter, name) in letters.iter().zip(&self.names) {
            let _ = writeln!(text, "{letter} {}", visible(name));
        }
        for (group, rows) in &self.groups {
            if rows.is_empty() {
                continue;
            }
            let width = |column: usize| {
                let cells = rows.iter().map(|row| visible(&row.cells[column]).chars().count());
                cells.max().unwrap_or_default().max(letters[column].len())
            };
            let widths: Vec<usize> = (0..letters.len()).map(width).collect();
            let first =
                rows.iter().map(|row| row.name.chars().count()).max().unwrap_or_default().max(group.len());
            let mut line = |name: &str, cells: &[String]| {
                let mut line = format!("{name:<first$}");
                for (cell, width) in cells.iter().zip(&widths) {
                    let _ = write!(line, "  {:<width$}", visible(cell));
                }
                let _ = writeln!(text, "{}", line.trim_end());
            };
            line("", &[]);
            line(group, &letters);
            for row in rows {
                line(&visible(&row.name), &row.cells);
            }
        }
        if self.alike > 0 {
            let _ =
                writeln!(text, "\n{} rows in which all are alike are left out; --all shows them", self.alike);
        }
        text
    }

    fn to_markdown(&self) -> String {
        let mut text = String::new();
        for (group, rows) in &self.groups {
            if rows.is_empty() {
                continue;
            }
            let names: Vec<String> = self.names.iter().map(|name| code(&visible(name))).collect();
            let _ =
                writeln!(text, "| {group} | {} |\n|---{}|", names.join(" | "), "|---".repeat(names.len()));
            for row in rows {
                let cells: Vec<String> = row.cells.iter().map(|cell| code(&visible(cell))).collect();
                let _ = writeln!(text, "| {} | {} |", code(&visible(&row.name)), cells.join(" | "));
            }
            text.push('\n');
        }
        if self.alike > 0 {
            let _ = writeln!(text, "{} rows in which all are alike are left out.", self.alike);
        }
        text
    }
}

fn name(report: &Report, with_door: bool) -> String {
    let mut name = report.backend.name.clone();
    if let Some(version) = &report.backend.version {
        let _ = write!(name, " {version}");
    }
    if with_door {
        let _ = write!(name, ", {}", report.backend.door);
    }
    name
}

/// Two reports of one backend, as with two configurations, are told apart by their place.
fn number_repeated(names: &mut [String]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in names.iter() {
        *counts.entry(name.clone()).or_default() += 1;
    }
    for (index, name) in names.iter_mut().enumerate() {
        if counts.get(name).is_some_and(|count| *count > 1) {
            let _ = write!(name, " ({})", index + 1);
        }
    }
}

fn told(verdict: Verdict) -> String {
    verdict.as_str().to_owned()
}

fn levels(reports: &[Report]) -> Vec<Row> {
    let cell = |report: &Report, level| {
        report.verdict(level).map_or(NOTHING.to_owned(), |verdict| verdict.as_str().to_owned())
    };
    let row = |level: Level| Row {
        name: level.to_string(),
        cells: reports.iter().map(|report| cell(report, level)).collect(),
    };
    Level::ALL.into_iter().map(row).collect()
}

/// Each name that any report has, in the order in which it first appears, with what each report says of it.
fn rows(reports: &[Report], of: impl Fn(&Report) -> Vec<(String, String)>) -> Vec<Row> {
    let each: Vec<Vec<(String, String)>> = reports.iter().map(of).collect();
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in each.iter().flatten() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let cell = |said: &[(String, String)], name: &str| {
        let found = said.iter().find(|(other, _)| other == name);
        found.map_or(NOTHING.to_owned(), |(_, said)| said.clone())
    };
    let row =
        |name: &String| Row { name: name.clone(), cells: each.iter().map(|said| cell(said, name)).collect() };
    names.into_iter().map(row).collect()
}
