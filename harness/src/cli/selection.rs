//! What `--check` selects, and what that asks for.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use sessionspec::Level;
use sessionspec::engine::checks::{Check, catalogue};

use super::CliError;
use crate::near::hint;

/// What was asked for: patterns of checks, suites, and patterns of clauses. Nothing selects everything.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) checks: &'a [String],
    pub(super) suites: &'a [String],
    pub(super) clauses: &'a [String],
}

/// The level by which a run of these alone is judged: the highest that asks for a check which is named, by itself or by its
/// clause. Where whole suites are named, it is the lowest that asks for one of their checks, so that some of them decide; and
/// the lowest of all where nothing is named.
pub(super) fn level_of(asked: Asked<'_>) -> Level {
    let read = |patterns: &[String]| -> Vec<glob::Pattern> {
        patterns.iter().filter_map(|pattern| glob::Pattern::new(pattern).ok()).collect()
    };
    let suites: Vec<String> = asked.suites.iter().map(|suite| of_suite(suite)).collect();
    let (checks, clauses, suites) = (read(asked.checks), read(asked.clauses), read(&suites));
    let is_named = |check: &Check| {
        checks.iter().any(|pattern| pattern.matches(check.id))
            || clauses.iter().any(|pattern| pattern.matches(check.clause))
    };
    let is_of_suites = |check: &Check| suites.iter().any(|pattern| pattern.matches(check.id));
    let level = |check: Check| check.level;
    let named = catalogue().iter().copied().filter(is_named).map(level).max();
    let lowest = || catalogue().iter().copied().filter(is_of_suites).map(level).min();
    named.or_else(lowest).unwrap_or(Level::Minimum)
}

/// The pattern of all checks of a suite.
fn of_suite(suite: &str) -> String {
    format!("{suite}/*")
}

/// The complaint about a pattern that matches no clause which a check tests.
fn no_clause(pattern: &str) -> CliError {
    let checks = catalogue();
    let clauses = || checks.iter().map(|check| check.clause);
    let part = |clause: &'static str| clause.split_once('.').map_or(clause, |(part, _)| part);
    let hint = match pattern.strip_suffix(".*") {
        Some(of_part) => hint(of_part, clauses().map(part)),
        None => hint(pattern, clauses().chain(clauses().map(part))),
    };
    CliError::usage(format!(
        "no check tests a clause `{pattern}`; {hint}`sessionspec list --json` names the clause of each check"
    ))
}

fn pattern(text: &str) -> Result<glob::Pattern, CliError> {
    glob::Pattern::new(text).map_err(|error| CliError::usage(format!("`{text}`: {error}")))
}

/// The complaint about a pattern that matches no check, with what may have been meant. A suite is the pattern of all its
/// checks.
pub(super) fn no_match(pattern: &str) -> CliError {
    let checks = catalogue();
    let (ids, suites) = (checks.iter().map(|check| check.id), checks.iter().map(Check::suite));
    let hint = match pattern.strip_suffix("/*") {
        Some(suite) => hint(suite, suites),
        None => hint(pattern, ids),
    };
    CliError::usage(format!("no check matches `{pattern}`; {hint}`sessionspec list` names them all"))
}

/// What is wanted although nobody names it, since there is what it needs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Unasked {
    /// What is about several nodes.
    pub(super) of_nodes: bool,
    /// What is about another service beside this one.
    pub(super) of_beside: bool,
    /// What lets a request wait for longer than the backend is willing to.
    pub(super) of_patience: bool,
}

impl Unasked {
    /// The ids of all checks that are run where nobody names any.
    pub(super) fn all(self) -> Vec<String> {
        let is_wanted = |check: &Check| {
            (self.of_nodes && check.suite() == "nodes")
                || (self.of_beside && check.suite() == "beside")
                || (self.of_patience && check.outwaits())
        };
        let by_default = |check: &Check| !check.is_on_demand() || is_wanted(check);
        catalogue().iter().copied().filter(by_default).map(|check| check.id.to_owned()).collect()
    }
}

/// The checks that were asked for and are not left out; none where everything is wanted that needs nothing more.
pub(super) fn checks(
    asked: Asked<'_>,
    left_out: &[Exclusion],
    unasked: Unasked,
) -> Result<Option<Vec<String>>, CliError> {
    if left_out.is_empty() && !unasked.of_nodes && !unasked.of_beside {
        // What is wanted beside everything follows from the other options.
        return selected(asked);
    }
    let mut checks = selected(asked)?.unwrap_or_else(|| unasked.all());
    for exclusion in left_out {
        let pattern = pattern(&exclusion.pattern)?;
        if !catalogue().iter().any(|check| pattern.matches(check.id)) {
            return Err(no_match(&exclusion.pattern));
        }
        checks.retain(|id| !pattern.matches(id));
    }
    if checks.is_empty() {
        return Err(CliError::usage(
            "every check that was selected is excluded, so nothing is left to be run",
        ));
    }
    Ok(Some(checks))
}

/// Whether a check of one of these suites is named, by itself, by its suite or by its clause, and is not left out. What means
/// nothing names none: [`checks`] complains about it.
pub(super) fn names_one_of(suites: &[&str], asked: Asked<'_>, left_out: &[Exclusion]) -> bool {
    let left_out: Vec<glob::Pattern> =
        left_out.iter().filter_map(|exclusion| glob::Pattern::new(&exclusion.pattern).ok()).collect();
    let named = selected(asked).ok().flatten().unwrap_or_default();
    let is_of_suites = |check: &Check| suites.contains(&check.suite());
    catalogue().iter().filter(|check| is_of_suites(check)).any(|check| {
        named.iter().any(|id| id == check.id) && !left_out.iter().any(|pattern| pattern.matches(check.id))
    })
}

/// What `--exclude` leaves out, and why.
#[derive(Debug, Clone)]
pub(super) struct Exclusion {
    pattern: String,
    reason: Option<String>,
}

impl FromStr for Exclusion {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.split_once('=') {
            Some((pattern, reason)) => Self { pattern: pattern.to_owned(), reason: Some(reason.to_owned()) },
            None => Self { pattern: text.to_owned(), reason: None },
        })
    }
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Some(reason) => write!(f, "{} ({reason})", self.pattern),
            None => f.write_str(&self.pattern),
        }
    }
}

fn selected(asked: Asked<'_>) -> Result<Option<Vec<String>>, CliError> {
    let Asked { checks, suites, clauses } = asked;
    if suites.is_empty() && checks.is_empty() && clauses.is_empty() {
        return Ok(None);
    }
    let of_suites = suites.iter().map(|suite| of_suite(suite));
    let patterns: Vec<glob::Pattern> =
        checks.iter().cloned().chain(of_suites).map(|text| pattern(&text)).collect::<Result<_, _>>()?;
    let clauses: Vec<glob::Pattern> = clauses.iter().map(|text| pattern(text)).collect::<Result<_, _>>()?;
    let catalogue = catalogue();
    if let Some(idle) =
        patterns.iter().find(|pattern| !catalogue.iter().any(|check| pattern.matches(check.id)))
    {
        return Err(no_match(idle.as_str()));
    }
    if let Some(idle) =
        clauses.iter().find(|pattern| !catalogue.iter().any(|check| pattern.matches(check.clause)))
    {
        return Err(no_clause(idle.as_str()));
    }
    let is_selected = |check: &&Check| {
        patterns.iter().any(|pattern| pattern.matches(check.id))
            || clauses.iter().any(|pattern| pattern.matches(check.clause))
    };
    Ok(Some(catalogue.iter().filter(is_selected).map(|check| check.id.to_owned()).collect()))
}

/// Refuses to replay a case of a check that has none.
pub(super) fn properties_alone(selected: &[String]) -> Result<(), CliError> {
    let catalogue = catalogue();
    let properties: Vec<&str> =
        catalogue.iter().filter(|check| check.has_cases()).map(|check| check.id).collect();
    match selected.iter().find(|id| !properties.contains(&id.as_str())) {
        None => Ok(()),
        Some(other) => Err(CliError::usage(format!(
            "--case replays a case of a property, and {other} is none: the properties are {}",
            properties.join(", ")
        ))),
    }
}
