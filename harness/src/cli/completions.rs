//! `sessionspec completions`: what a shell needs to complete the command line.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::{Cli, CliError, terminal};
use crate::exit::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The shell.
    shell: Shell,
}

pub(super) fn completions(arguments: &Arguments) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut Cli::command(), "sessionspec", &mut script);
    terminal::print_file(&String::from_utf8_lossy(&script));
    Ok(Exit::Conforms)
}
