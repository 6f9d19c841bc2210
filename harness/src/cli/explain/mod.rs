//! `sessionspec explain`: one check.

use sessionspec::engine::checks::catalogue;
use sessionspec::engine::contract;

use super::{CliError, say};
use crate::exit::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The check, as `sessionspec list` names it.
    check: String,
}

pub(super) fn explain(arguments: &Arguments) -> Result<Exit, CliError> {
    let checks = catalogue();
    let Some(check) = checks.iter().find(|check| check.id == arguments.check) else {
        let message = format!("there is no check `{}`; `sessionspec list` names them all", arguments.check);
        return Err(CliError::usage(message));
    };
    say(format_args!("{} ({})\n", check.id, check.level));
    say(format_args!("{}\n", check.promise));
    say(format_args!("Contract, {}:", check.clause));
    say(format_args!("{}\n", contract::clause(check.clause).unwrap_or_default()));
    say(format_args!("Source: {}", check.source));
    if !check.needs.is_empty() {
        say(format_args!("Needs: {}", check.needs.join(", ")));
    }
    if check.is_umbrella() {
        say(
            "An umbrella: it compares everything on generated scripts, so it may fail beside a check that names the defect.",
        );
    } else if check.has_cases() {
        say("Its scripts are generated: --cases says how many, and --case replays one alone.");
    }
    say(format_args!("\nRun it alone: sessionspec run --check {} URL", check.id));
    Ok(Exit::Conforms)
}
