//! What `--check` selects, and what that asks for.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use sessionspec::Level;
use sessionspec::engine::checks::{Check, catalogue};

use super::CliError;
use crate::near::hint;

/// The level by which a run of these checks alone is judged: the highest that asks for one of them. Where none is named,
/// it is the lowest level of all.
pub(super) fn level_of_checks(patterns: &[String]) -> Level {
    let patterns: Vec<glob::Pattern> =
        patterns.iter().filter_map(|pattern| glob::Pattern::new(pattern).ok()).collect();
    let is_selected = |check: &Check| patterns.iter().any(|pattern| pattern.matches(check.id));
    let levels = catalogue().into_iter().filter(is_selected).map(|check| check.level);
    levels.max().unwrap_or(Level::Minimum)
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

/// The checks that match these patterns, or are of these suites, and are not left out; all of them where nothing is
/// selected.
pub(super) fn checks(
    patterns: &[String],
    suites: &[String],
    left_out: &[Exclusion],
) -> Result<Option<Vec<String>>, CliError> {
    if left_out.is_empty() {
        return selected(patterns, suites);
    }
    let all = || catalogue().iter().map(|check| check.id.to_owned()).collect();
    let mut checks = selected(patterns, suites)?.unwrap_or_else(all);
    for exclusion in left_out {
        let pattern = glob::Pattern::new(&exclusion.pattern)
            .map_err(|error| CliError::usage(format!("`{}`: {error}", exclusion.pattern)))?;
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

fn selected(patterns: &[String], suites: &[String]) -> Result<Option<Vec<String>>, CliError> {
    if suites.is_empty() && patterns.is_empty() {
        return Ok(None);
    }
    let patterns: Vec<glob::Pattern> = (patterns.iter().cloned())
        .chain(suites.iter().map(|suite| format!("{suite}/*")))
        .map(|pattern| {
            glob::Pattern::new(&pattern).map_err(|error| CliError::usage(format!("`{pattern}`: {error}")))
        })
        .collect::<Result<_, _>>()?;
    let ids: Vec<&str> = catalogue().iter().map(|check| check.id).collect();
    if let Some(idle) = patterns.iter().find(|pattern| !ids.iter().any(|id| pattern.matches(id))) {
        return Err(no_match(idle.as_str()));
    }
    let selected = ids.into_iter().filter(|id| patterns.iter().any(|pattern| pattern.matches(id)));
    Ok(Some(selected.map(str::to_owned).collect()))
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
