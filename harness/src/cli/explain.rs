//! `sessionspec explain`: one check.

use sessionspec::{catalogue, contract};

use super::Complaint;
use crate::exit::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The check, as `sessionspec list` names it.
    check: String,
}

pub(super) fn explain(arguments: &Arguments) -> Result<Exit, Complaint> {
    let checks = catalogue();
    let Some(check) = checks.iter().find(|check| check.id == arguments.check) else {
        let message = format!("there is no check `{}`; `sessionspec list` names them all", arguments.check);
        return Err(Complaint::usage(message));
    };
    println!("{} ({})\n", check.id, check.level);
    println!("{}\n", check.promise);
    println!("Contract, {}:", check.clause);
    println!("{}\n", contract::clause(check.clause).unwrap_or_default());
    println!("Source: {}", check.source);
    if !check.needs.is_empty() {
        println!("Needs: {}", check.needs.join(", "));
    }
    if check.is_umbrella() {
        println!(
            "An umbrella: it compares everything on generated scripts, so it may fail beside a check that names the defect."
        );
    }
    println!("\nRun it alone: sessionspec run --check {} URL", check.id);
    Ok(Exit::Conforms)
}
