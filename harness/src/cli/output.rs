//! Where reports go, and in which forms.

use std::fs::{File, OpenOptions};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anstream::ColorChoice;
use clap::ValueEnum;
use sessionspec::Report;

use super::{CliError, panics, terminal};
use crate::near::hint;
use crate::render::{Format, render_run};

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
            let forms = ["text", "json", "junit", "tap", "markdown", "html"];
            let hint = hint(form, forms);
            format!("there is no form `{form}`; {hint}choose text, json, junit, tap, markdown or html")
        })?;
        Ok(Self { format, file })
    }
}

impl Output {
    /// Prints more than the reports: behind the text, or, where another form goes to standard output, on standard error.
    pub(super) fn print_beside(&self, text: &str) {
        let goes_to_output = |destination: &Destination| destination.file.is_none();
        let other = self.report.iter().any(|it| goes_to_output(it) && it.format != Format::Text)
            || self.format.is_some_and(|format| format != Format::Text && self.output.is_none());
        if other {
            terminal::tell(text.trim_end());
        } else {
            terminal::print_report(&format!("\n{text}"));
        }
    }

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
        let mut opened: Vec<Opened> = Vec::new();
        for Destination { format, file } in destinations {
            if file.is_some() && opened.iter().any(|other| other.path == file) {
                let file = file.unwrap_or_default();
                let message = format!("{} is to hold two reports; give each a file", file.display());
                return Err(CliError::usage(message));
            }
            opened.push(Opened::new(format, file)?);
        }
        Ok(Plan(opened))
    }
}

/// Where everything goes.
pub(super) struct Plan(Vec<Opened>);

/// Where one report goes. What was there before stays there until there is something to write.
struct Opened {
    format: Format,
    path: Option<PathBuf>,
    /// The file; none where it is standard output, or no file that waits for its contents.
    file: Option<File>,
    /// Whether the file was made for this, and holds nothing yet.
    is_empty: bool,
}

impl Opened {
    fn new(format: Format, path: Option<PathBuf>) -> Result<Self, CliError> {
        let Some(path) = path else { return Ok(Self { format, path: None, file: None, is_empty: false }) };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            let message = format!("cannot write {}: there is no folder {}", path.display(), folder.display());
            return Err(CliError::usage(message));
        }
        let there = std::fs::metadata(&path);
        // A pipe would wait for its reader now.
        if there.as_ref().is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            return Ok(Self { format, path: Some(path), file: None, is_empty: false });
        }
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(|error| cannot_write(&path, &error))?;
        Ok(Self { format, path: Some(path), file: Some(file), is_empty: there.is_err() })
    }

    fn write(&mut self, reports: &[Report], target: &str) -> Result<(), CliError> {
        let name = self.format.to_possible_value().map(|form| form.get_name().to_owned()).unwrap_or_default();
        let text = panics::caught(&format!("the form {name}"), || render_run(self.format, reports, target))?;
        let Some(path) = &self.path else {
            terminal::print_report(&text);
            return Ok(());
        };
        let plain = anstream::adapter::strip_str(&text).to_string();
        self.is_empty = false;
        let written = match &mut self.file {
            Some(file) => file.set_len(0).and_then(|()| file.write_all(plain.as_bytes())),
            None => std::fs::write(path, plain),
        };
        written.map_err(|error| cannot_write(path, &error))
    }
}

/// A file that was made for nothing is taken away.
impl Drop for Opened {
    fn drop(&mut self) {
        if let (true, Some(path)) = (self.is_empty, &self.path) {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Plan {
    /// Writes all reports, each where it goes. What cannot be written keeps nothing else from being written; what went
    /// wrong is returned.
    pub(super) fn write(&mut self, reports: &[Report], target: &str) -> Vec<CliError> {
        self.0.iter_mut().filter_map(|opened| opened.write(reports, target).err()).collect()
    }
}

/// Writes a rendered report. Colours reach only a terminal that wants them.
pub(super) fn write(text: &str, file: Option<&Path>) -> Result<(), CliError> {
    let Some(file) = file else {
        terminal::print_report(text);
        return Ok(());
    };
    let plain = anstream::adapter::strip_str(text).to_string();
    std::fs::write(file, plain).map_err(|error| cannot_write(file, &error))
}

fn cannot_write(file: &Path, error: &std::io::Error) -> CliError {
    CliError::usage(format!("cannot write {}: {error}", file.display()))
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
