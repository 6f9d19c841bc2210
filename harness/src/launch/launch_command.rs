//! A command that starts a service, or does something to its store.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The command of a [`Recipe`](super::Recipe).
#[derive(Debug, Clone)]
pub enum LaunchCommand {
    /// As one writes it in a shell, in this folder and environment.
    Shell(String),
    /// A program.
    Program {
        /// The program, and its arguments.
        arguments: Vec<String>,
        /// Where it is started.
        folder: PathBuf,
        /// What it gets in its environment, beside this one; `{lifetime}` may stand here, too.
        environment: BTreeMap<String, String>,
    },
}
