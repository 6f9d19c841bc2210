//! `--header`: what goes with every request, written so that no secret has to stand on a command line.

use std::convert::Infallible;
use std::str::FromStr;

use super::CliError;
use crate::bounded;
use crate::http::{HeaderField, HeaderFieldError, REDACTED};

/// The environment variable with more header fields, one a line.
const VARIABLE: &str = "SESSIONSPEC_HEADERS";

/// One `--header`.
#[derive(Debug, Clone)]
pub(super) enum HeaderArgument {
    /// The field itself.
    Field(HeaderField),
    /// A file with fields, one a line.
    File {
        /// Its path, as it was written.
        path: String,
        /// What is in it.
        fields: Vec<HeaderField>,
    },
    /// None of these, for this reason.
    Unusable(String),
}

/// Never an error here: the parser of arguments would quote the text, which may be a secret.
impl FromStr for HeaderArgument {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let Some(path) = text.strip_prefix('@') else {
            return Ok(text
                .parse()
                .map_or_else(|error: HeaderFieldError| Self::Unusable(error.to_string()), Self::Field));
        };
        let lines = bounded::read_file(path, bounded::FILE).map_err(|error| format!("{path}: {error}"));
        let fields = lines.and_then(|lines| {
            fields_of(&lines).map_err(|(line, error)| format!("{path}, line {line}: {error}"))
        });
        Ok(match fields {
            Ok(fields) => Self::File { path: path.to_owned(), fields },
            Err(error) => Self::Unusable(error),
        })
    }
}

impl HeaderArgument {
    /// The argument for the next command: without the value, since that may be a secret.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Field(field) => field.to_string(),
            Self::File { path, .. } => format!("@{path}"),
            Self::Unusable(_) => REDACTED.to_owned(),
        }
    }
}

/// All fields that were asked for: by these arguments, and by the environment.
pub(super) fn all_fields(arguments: &[HeaderArgument]) -> Result<Vec<HeaderField>, CliError> {
    let mut fields = Vec::new();
    for argument in arguments {
        match argument {
            HeaderArgument::Field(field) => fields.push(field.clone()),
            HeaderArgument::File { fields: of_file, .. } => fields.extend_from_slice(of_file),
            HeaderArgument::Unusable(why) => return Err(CliError::usage(format!("--header: {why}"))),
        }
    }
    if let Some(lines) = std::env::var_os(VARIABLE) {
        let of_environment = lines.to_str().map(fields_of).unwrap_or(Err((1, "it is no text".to_owned())));
        let complaint = |(line, error)| CliError::usage(format!("{VARIABLE}, line {line}: {error}"));
        fields.extend(of_environment.map_err(complaint)?);
    }
    Ok(fields)
}

/// The fields on these lines; where one is none, its number and what is wrong with it. What it says is not quoted.
fn fields_of(lines: &str) -> Result<Vec<HeaderField>, (usize, String)> {
    let lines = lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| line.parse().map_err(|error: HeaderFieldError| (index + 1, error.to_string())))
        .collect()
}
