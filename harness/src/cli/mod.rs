//! The command line.

mod badge;
mod compare;
mod completions;
mod diff;
mod doctor;
mod explain;
mod fail_fast;
mod headers;
mod init;
mod interruption;
mod known_failures;
mod list;
mod listening_elsewhere;
mod man;
mod nodes;
mod output;
mod panics;
mod passed_scripts;
mod progress;
mod project;
mod render;
mod replay;
mod rerun_commands;
mod run;
mod selection;
mod serve;
mod service;
mod target;
mod terminal;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::exit::{self, Exit};
use interruption::Interruption;
use terminal::{say, tell};

/// A conformance suite for web-session backends.
#[derive(Debug, Parser)]
#[command(name = "sessionspec", version, about, after_help = exit::HELP, term_width = 80)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When text has colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: output::Color,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge a backend; without a target the embedded reference, through both doors.
    #[command(after_help = exit::HELP)]
    Run(Box<run::Arguments>),
    /// Play a script that once failed, and say whether it still does.
    #[command(after_help = exit::HELP)]
    Replay(replay::Arguments),
    /// List the checks, with their levels and promises, or the embedded backends.
    List(list::Arguments),
    /// Explain a check, a clause of the contract, a suite, a capability or a verdict.
    Explain(explain::Arguments),
    /// Show a saved report in another form.
    Render(render::Arguments),
    /// Say what changed between two saved reports, and fail if anything got worse.
    #[command(after_help = diff::HELP)]
    Diff(diff::Arguments),
    /// Compare several saved reports in one table.
    Compare(compare::Arguments),
    /// Write what a badge service reads, from a saved report.
    Badge(badge::Arguments),
    /// Write a sessionspec.toml for this folder, from what is in it.
    Init(init::Arguments),
    /// Write the list of known failures from a saved report, with reasons to be filled in.
    KnownFailures(known_failures::Arguments),
    /// Serve an embedded backend as a probe.
    Serve(serve::Arguments),
    /// Write what a shell needs to complete this command line.
    Completions(completions::Arguments),
    /// Write the manual, a page for each command.
    Man(man::Arguments),
    /// Look at a probe that somebody is writing: what works, what is missing.
    #[command(after_help = doctor::HELP)]
    Doctor(doctor::Arguments),
}

/// Why a command could not do what it was asked to: one line for standard error, and the exit code.
#[derive(Debug)]
pub(crate) struct CliError {
    exit: Exit,
    message: String,
}

impl CliError {
    pub(crate) fn usage(message: impl ToString) -> Self {
        Self { exit: Exit::Usage, message: message.to_string() }
    }

    pub(crate) fn not_verified(message: impl ToString) -> Self {
        Self { exit: Exit::NotVerified, message: message.to_string() }
    }

    /// The same complaint in other words.
    pub(crate) fn map(self, reword: impl FnOnce(String) -> String) -> Self {
        Self { exit: self.exit, message: reword(self.message) }
    }
}

/// Reads the arguments of the process and does what they ask for.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match project::parse() {
        Ok(cli) => cli,
        Err(complaint) => return complain(&complaint).into(),
    };
    cli.color.apply();
    // One thread for everything: backends are local to it, and small loopback requests are faster so.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return complain(&CliError::not_verified(format!("there is no runtime: {error}"))).into();
        }
    };
    panics::tell_them();
    let work = || runtime.block_on(tokio::task::LocalSet::new().run_until(dispatch(cli.command)));
    let exit = panics::caught("the harness itself", work).and_then(|exit| exit);
    let exit = exit.unwrap_or_else(|complaint| complain(&complaint));
    match terminal::lost() {
        None => exit.into(),
        Some(error) => {
            complain(&terminal::unprinted(error));
            exit.with_loss().into()
        }
    }
}

async fn dispatch(command: Command) -> Result<Exit, CliError> {
    // Signals are listened to where something was started that has to be stopped. Whatever only reads and writes files is
    // ended by them, as by default: a pipe that nobody writes to could not be awaited otherwise.
    match command {
        Command::Run(arguments) => run::run(*arguments, &Interruption::listen()?).await,
        Command::Replay(arguments) => {
            let case = arguments.read()?;
            replay::replay(arguments, case, &Interruption::listen()?).await
        }
        Command::List(arguments) => list::list(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments).await,
        Command::Render(arguments) => render::render(&arguments),
        Command::Diff(arguments) => diff::diff(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Badge(arguments) => badge::badge(&arguments),
        Command::Init(arguments) => init::init(&arguments),
        Command::Completions(arguments) => completions::completions(&arguments),
        Command::Man(arguments) => man::man(&arguments),
        Command::KnownFailures(arguments) => known_failures::known_failures(&arguments),
        Command::Serve(arguments) => serve::serve(arguments, &Interruption::listen()?).await,
        Command::Doctor(arguments) => doctor::doctor(arguments, &Interruption::listen()?).await,
    }
}

fn complain(complaint: &CliError) -> Exit {
    tell(format_args!("sessionspec: {}", complaint.message));
    complaint.exit
}
