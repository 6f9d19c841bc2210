//! What is compared: rows with one cell for each report.

use std::collections::BTreeMap;
use std::fmt::Write;

use sessionspec::{Level, Report, Verdict};

/// Rows of capabilities, checks and levels, with one cell for each report.
pub(super) struct Table {
    pub(super) names: Vec<String>,
    pub(super) groups: Vec<(&'static str, Vec<Row>)>,
    /// How many rows are left out since all reports say the same in them.
    pub(super) alike: usize,
}

pub(super) struct Row {
    pub(super) name: String,
    pub(super) cells: Vec<String>,
}

/// What stands where a report says nothing.
const NOTHING: &str = "–";

impl Table {
    pub(super) fn of(reports: &[Report], all: bool) -> Self {
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
