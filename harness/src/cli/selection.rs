//! Which checks are run.

use sessionspec::engine::checks::catalogue;

use super::CliError;

/// The checks that match these patterns, or are of these suites; all of them where there is neither.
pub(super) fn checks(patterns: &[String], suites: &[String]) -> Result<Option<Vec<String>>, CliError> {
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
        return Err(CliError::usage(format!("no check matches `{idle}`; `sessionspec list` names them all")));
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
