//! `sessionspec diff`: what changed between two saved reports.

use std::path::PathBuf;

use super::{CliError, output};
use crate::exit::Exit;
use crate::report_diff;
use crate::report_file;

/// The rules, for `--help`.
pub(super) const HELP: &str = "\
Worse is: a level's verdict from conforms to not verified to fails; a check's
verdict from pass to not applicable to known failure or excused to unverified,
inconclusive or error to fail; a new reason for which a check fails; a check
that the same version of the suite no longer ran; a run that was cut short. A
capability that changed is neither better nor worse.

Exit codes:
  0  nothing got worse
  1  something got worse
  2  wrong usage, or a file that is no report of this version";

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The older report, as `sessionspec run --report json=FILE` saved it; `-` is standard input.
    old: PathBuf,
    /// The newer report.
    new: PathBuf,
}

pub(super) fn diff(arguments: &Arguments) -> Result<Exit, CliError> {
    let old = report_file::read(&arguments.old).map_err(CliError::usage)?;
    let new = report_file::read(&arguments.new).map_err(CliError::usage)?;
    let comparison = report_diff::diff(&old, &new);
    output::write(&comparison.to_text(), None)?;
    Ok(if comparison.got_worse() { Exit::Fails } else { Exit::Conforms })
}
