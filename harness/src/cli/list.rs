//! `sessionspec list`: all checks, or those of some suites and levels.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sessionspec::Level;
use sessionspec::engine::checks::{Check, catalogue};

use super::{CliError, say};
use crate::exit::Exit;
use crate::near::hint;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The checks of this suite alone; may be repeated.
    #[arg(long, value_name = "SUITE")]
    suite: Vec<String>,
    /// The checks that this level asks for and those below it do not; may be repeated.
    #[arg(long, value_name = "LEVEL")]
    level: Vec<Level>,
    /// Everything about each check, as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn list(arguments: &Arguments) -> Result<Exit, CliError> {
    let checks = arguments.wanted(catalogue())?;
    if arguments.json {
        let json: Vec<Value> = checks.iter().map(as_json).collect();
        say(format_args!("{:#}", Value::Array(json)));
        return Ok(Exit::Conforms);
    }
    let widest = |word: fn(&Check) -> &'static str| checks.iter().map(|check| word(check).len()).max();
    let id = widest(|check| check.id).unwrap_or_default();
    let level = widest(|check| check.level.as_str()).unwrap_or_default();
    for check in checks {
        say(format_args!("{:<id$}  {:<level$}  {}", check.id, check.level, check.promise));
    }
    Ok(Exit::Conforms)
}

impl Arguments {
    fn wanted(&self, mut checks: Vec<Check>) -> Result<Vec<Check>, CliError> {
        let suites: BTreeSet<&str> = checks.iter().map(Check::suite).collect();
        if let Some(unknown) = self.suite.iter().find(|suite| !suites.contains(suite.as_str())) {
            let names: Vec<&str> = suites.iter().copied().collect();
            let hint = hint(unknown, names.iter().copied());
            let message = format!("there is no suite `{unknown}`; {hint}the suites are {}", names.join(", "));
            return Err(CliError::usage(message));
        }
        checks.retain(|check| self.suite.is_empty() || self.suite.iter().any(|suite| suite == check.suite()));
        checks.retain(|check| self.level.is_empty() || self.level.contains(&check.level));
        Ok(checks)
    }
}

fn as_json(check: &Check) -> Value {
    json!({
        "id": check.id,
        "suite": check.suite(),
        "level": check.level,
        "clause": check.clause,
        "promise": check.promise,
        "source": check.source,
        "harm": check.harm,
        "applies": check.applies.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "relies": check.relies.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "umbrella": check.is_umbrella(),
        "has_cases": check.has_cases(),
    })
}
