//! Reads reports that were saved as JSON.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use sessionspec::Report;
use sessionspec::engine::report::SCHEMA_VERSION;

use crate::bounded;

/// Why a file is not read as a report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SavedReportError {
    /// The file cannot be read.
    #[error("{path}: {error}; `sessionspec run --report json=FILE` saves a report", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file is no report.
    #[error("{path} is no report: {error}; `sessionspec run --report json=FILE` saves one", path = .path.display())]
    NoReport {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: String,
    },
    /// The file has the form of another version.
    #[error(
        "{path} is a report of schema {schema}, and this sessionspec reads schema {SCHEMA_VERSION}; \
         use the version that wrote it, or run it again", path = .path.display()
    )]
    OtherSchema {
        /// The file.
        path: PathBuf,
        /// The version of its form.
        schema: u32,
    },
}

/// What every version of the form begins with.
#[derive(Deserialize)]
struct Versioned {
    schema: u32,
}

/// The reports in this file: one, or a list with one for each door. The path `-` is standard input.
///
/// # Errors
///
/// Where it cannot be read, is no report, or has the form of another version.
pub fn read(path: &Path) -> Result<Vec<Report>, SavedReportError> {
    let text = match path == Path::new("-") {
        true => bounded::read(std::io::stdin(), bounded::REPORT),
        false => bounded::read_file(path, bounded::REPORT),
    };
    parse(path, &text.map_err(|error| SavedReportError::Read { path: path.to_owned(), error })?)
}

/// The reports in this text, which stands in this file.
///
/// # Errors
///
/// Where it is no report, or has the form of another version.
pub fn parse(path: &Path, text: &str) -> Result<Vec<Report>, SavedReportError> {
    let no_report = |error: String| SavedReportError::NoReport { path: path.to_owned(), error };
    if bounded::has_more_values(text.as_bytes(), bounded::VALUES_OF_REPORT) {
        return Err(no_report(format!("it has more than {} values", bounded::VALUES_OF_REPORT)));
    }
    let versions: Vec<Versioned> = one_or_many(text).map_err(no_report)?;
    if let Some(other) = versions.iter().find(|version| version.schema != SCHEMA_VERSION) {
        return Err(SavedReportError::OtherSchema { path: path.to_owned(), schema: other.schema });
    }
    if versions.is_empty() {
        return Err(no_report("it is an empty list".to_owned()));
    }
    one_or_many(text).map_err(no_report)
}

fn one_or_many<T: for<'de> Deserialize<'de>>(text: &str) -> Result<Vec<T>, String> {
    let read = if text.trim_start().starts_with('[') {
        serde_json::from_str(text)
    } else {
        serde_json::from_str(text).map(|one| vec![one])
    };
    read.map_err(|error| error.to_string())
}
