//! `sessionspec compare`: one table of several backends.

mod html;
mod markdown;
mod table;
mod text;

use std::path::PathBuf;

use super::{CliError, output};
use crate::exit::Exit;
use crate::report_file;
use table::Table;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The reports, as `sessionspec run --report json=FILE` saved them; one of several doors counts as several.
    #[arg(required = true, num_args = 2.., value_name = "REPORT")]
    reports: Vec<PathBuf>,
    /// The form of the table.
    #[arg(long, value_name = "FORM", default_value = "text")]
    format: Form,
    /// Also show the rows in which all are alike.
    #[arg(long)]
    all: bool,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A form of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// For a terminal: a column has a letter, and a key stands above the table.
    Text,
    /// For a page.
    Markdown,
    /// For a browser: one file that needs nothing else.
    Html,
}

pub(super) fn compare(arguments: &Arguments) -> Result<Exit, CliError> {
    let mut reports = Vec::new();
    for file in &arguments.reports {
        reports.extend(report_file::read(file).map_err(CliError::usage)?);
    }
    let table = Table::of(&reports, arguments.all);
    let text = match arguments.format {
        Form::Text => table.to_text(),
        Form::Markdown => table.to_markdown(),
        Form::Html => table.to_html(),
    };
    output::write(&text, arguments.output.as_deref())?;
    Ok(Exit::Conforms)
}
