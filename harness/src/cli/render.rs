//! `sessionspec render`: a saved report in another form.

use std::path::PathBuf;

use super::{CliError, output};
use crate::exit::Exit;
use crate::render::{Format, render as rendered};
use crate::report_file;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The report, as `sessionspec run --report json=FILE` saved it; `-` is standard input.
    report: PathBuf,
    /// The form.
    #[arg(long = "as", value_name = "FORM")]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn render(arguments: &Arguments) -> Result<Exit, CliError> {
    let reports = report_file::read(&arguments.report).map_err(CliError::usage)?;
    output::write(&rendered(arguments.format, &reports), arguments.output.as_deref())?;
    Ok(Exit::Conforms)
}
