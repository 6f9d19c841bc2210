//! What `--check` selects, and what that asks for.

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
