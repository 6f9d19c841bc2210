//! Where reports go, and in which forms.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anstream::ColorChoice;
use clap::ValueEnum;
use sessionspec::Report;

use super::CliError;
use crate::render::{Format, render};

/// The options of a command that writes a report.
#[derive(Debug, clap::Args)]
pub(super) struct Output {
    /// Write the report in this form, to a file or to standard output; may be repeated. Forms: text, json, junit, tap,
    /// markdown, html. Where none goes to standard output, the text does.
    #[arg(long, value_name = "FORM[=FILE]")]
    report: Vec<Destination>,
    /// Short for one `--report`: its form.
    #[arg(long, value_name = "FORM", conflicts_with = "report")]
    format: Option<Format>,
    /// Short for one `--report`: its file.
    #[arg(long, value_name = "FILE", conflicts_with = "report")]
    output: Option<PathBuf>,
}

/// A form, and the file that it goes to; none is standard output.
#[derive(Debug, Clone)]
struct Destination {
    format: Format,
    file: Option<PathBuf>,
}

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (form, file) = match text.split_once('=') {
            Some((_, "")) => return Err("name a file after the `=`".to_owned()),
            Some((form, file)) => (form, Some(file).filter(|file| *file != "-").map(PathBuf::from)),
            None => (text, None),
        };
        let format = Format::from_str(form, false).map_err(|_| {
            format!("there is no form `{form}`; choose text, json, junit, tap, markdown or html")
        })?;
        Ok(Self { format, file })
    }
}

impl Output {
    /// Where everything goes. To be asked before a long run, so that a mistake costs no time.
    pub(super) fn plan(&self) -> Result<Plan, CliError> {
        let mut destinations = self.report.clone();
        if destinations.is_empty() {
            let format = self.format.unwrap_or(Format::Text);
            destinations.push(Destination { format, file: self.output.clone() });
        } else if destinations.iter().all(|destination| destination.file.is_some()) {
            destinations.push(Destination { format: Format::Text, file: None });
        }
        if destinations.iter().filter(|destination| destination.file.is_none()).count() > 1 {
            return Err(CliError::usage("only one report can go to standard output; give the others a file"));
        }
        for file in destinations.iter().filter_map(|destination| destination.file.as_deref()) {
            let folder =
                file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            if !folder.is_dir() {
                let message =
                    format!("cannot write {}: there is no folder {}", file.display(), folder.display());
                return Err(CliError::usage(message));
            }
        }
        Ok(Plan(destinations))
    }
}

/// Where everything goes.
pub(super) struct Plan(Vec<Destination>);

impl Plan {
    pub(super) fn write(&self, reports: &[Report]) -> Result<(), CliError> {
        for Destination { format, file } in &self.0 {
            write(&render(*format, reports), file.as_deref())?;
        }
        Ok(())
    }
}

/// Writes a rendered report. Colours reach only a terminal that wants them.
pub(super) fn write(text: &str, file: Option<&Path>) -> Result<(), CliError> {
    let Some(file) = file else {
        anstream::print!("{text}");
        return Ok(());
    };
    let plain = anstream::adapter::strip_str(text).to_string();
    std::fs::write(file, plain)
        .map_err(|error| CliError::usage(format!("cannot write {}: {error}", file.display())))
}

/// When text has colours.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set; elsewhere where CLICOLOR_FORCE is.
    #[default]
    Auto,
    /// Wherever it goes, but for files.
    Always,
    /// Nowhere.
    Never,
}

impl Color {
    /// Makes it the rule of this process.
    pub(super) fn apply(self) {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
        .write_global();
    }
}

/// Whether somebody watches standard error.
pub(super) fn is_watched() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
