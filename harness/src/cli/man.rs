//! `sessionspec man`: the manual, a page for each command.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::CommandFactory;

use super::{Cli, CliError, say};
use crate::exit::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Where the pages are written, as in ~/.local/share/man/man1. The folder is made where it is missing.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

pub(super) fn man(arguments: &Arguments) -> Result<Exit, CliError> {
    let folder = &arguments.folder;
    let written = write_to(folder)
        .map_err(|error| CliError::usage(format!("cannot write to {}: {error}", folder.display())))?;
    say(format_args!("wrote {written} pages to {}", folder.display()));
    Ok(Exit::Conforms)
}

/// Writes a page for the command itself, and one for each of its commands.
fn write_to(folder: &Path) -> io::Result<usize> {
    fs::create_dir_all(folder)?;
    let mut command = Cli::command();
    command.build();
    let of_commands = command.get_subcommands().filter(|command| command.get_name() != "help");
    // A page is called as `man` looks for it: sessionspec-run(1).
    let named = of_commands.map(|command| {
        let name = format!("sessionspec-{}", command.get_name());
        command.clone().display_name(name)
    });
    let mut written = 0;
    for page in named.chain([command.clone()]).map(clap_mangen::Man::new) {
        let mut text = Vec::new();
        page.render(&mut text)?;
        fs::write(folder.join(page.get_filename()), text)?;
        written += 1;
    }
    Ok(written)
}
