//! `sessionspec list`: all checks, or those of some suites, levels and clauses; or the embedded backends.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sessionspec::Level;
use sessionspec::engine::checks::{Check, catalogue};
use sessionspec_backends::{Embedded, Kind, registry};

use super::{CliError, say, tell};
use crate::exit::Exit;
use crate::near::{hint, level};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The checks of this suite alone; may be repeated.
    #[arg(long, value_name = "SUITE")]
    suite: Vec<String>,
    /// The checks that this level asks for and those below it do not; may be repeated.
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    level: Vec<Level>,
    /// The embedded backends, as --backend names them, in place of the checks.
    #[arg(long, conflicts_with_all = ["suite", "level"])]
    backends: bool,
    /// Everything about each of them, as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn list(arguments: &Arguments) -> Result<Exit, CliError> {
    let listed = if arguments.backends {
        let backends = registry();
        match arguments.json {
            true => Listed::Json(backends.into_iter().map(backend_as_json).collect()),
            false => Listed::Lines(backends.into_iter().map(backend_as_line).collect()),
        }
    } else {
        let checks = arguments.wanted(catalogue().to_vec())?;
        match arguments.json {
            true => Listed::Json(checks.iter().map(as_json).collect()),
            false => Listed::Lines(checks.iter().map(as_line).collect()),
        }
    };
    match listed {
        Listed::Json(entries) => say(format_args!("{:#}", Value::Array(entries))),
        Listed::Lines(lines) if lines.is_empty() => {
            tell(
                "sessionspec: no check of these suites has one of these levels; without --level all of theirs are listed",
            );
        }
        Listed::Lines(lines) => in_columns(&lines),
    }
    Ok(Exit::Conforms)
}

/// Prints the level that decides a run, and everything about those of these checks that it or a lower one asks for.
pub(super) fn of_run(level: Level, ids: &[String]) {
    let decides = |check: &Check| check.level <= level && ids.iter().any(|id| id == check.id);
    let checks: Vec<Value> = catalogue().iter().filter(|check| decides(check)).map(as_json).collect();
    say(format_args!("{:#}", json!({ "level": level, "checks": checks })));
}

enum Listed {
    Json(Vec<Value>),
    Lines(Vec<[&'static str; 3]>),
}

fn in_columns(lines: &[[&str; 3]]) {
    let widest = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap_or_default();
    let (first, second) = (widest(0), widest(1));
    for [name, word, sentence] in lines {
        say(format_args!("{name:<first$}  {word:<second$}  {sentence}"));
    }
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

fn as_line(check: &Check) -> [&'static str; 3] {
    [check.id, check.level.as_str(), check.promise]
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
        "on_demand": check.is_on_demand(),
    })
}

fn backend_as_line(backend: &Embedded) -> [&'static str; 3] {
    [backend.name, kind(backend.kind), backend.description]
}

fn backend_as_json(backend: &Embedded) -> Value {
    json!({
        "name": backend.name,
        "kind": kind(backend.kind),
        "description": backend.description,
        // The highest level to which a conforming backend conforms; of a flawed one nothing is asked.
        "conforms": backend.expectation.conforms,
        "fails": backend.expectation.fails.iter().map(|(check, reason)| json!({ "check": check, "reason": reason }))
            .collect::<Vec<_>>(),
    })
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Reference => "reference",
        Kind::Conforming => "conforming",
        Kind::Flawed => "flawed",
        Kind::Hollow => "hollow",
    }
}
