//! `sessionspec diff`: what changed between two saved reports.

use std::path::PathBuf;

use super::{CliError, output};
use crate::exit::Exit;
use crate::report_diff::{self, Form};
use crate::report_file;

/// The rules, for `--help`.
pub(super) const HELP: &str = "\
Worse:       a check passed, and does not any more; it did not apply, and fails
             or is unverified; it fails for a new reason; the run was cut
             short, or a door not tested.
Newly seen:  a check fails, and the older run could not say whether it did.
Hidden:      a check failed, and the newer run does not say whether it does.
Better:      a check passes that did not, or fails for fewer reasons.
Changed:     everything else, as a capability that is another one, or what the
             list of known failures says of a check that fails as before.
A level is worse, newly seen, hidden or better as its checks are.

Exit codes:
  0  nothing got worse; with --strict, nothing was newly seen, and no capability
     changed
  1  something did
  2  wrong usage, or a file that is no report of this version";

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The older report, as `sessionspec run --report json=FILE` saved it; `-` is standard input.
    old: PathBuf,
    /// The newer report.
    new: PathBuf,
    /// The form in which the changes are told.
    #[arg(long, value_name = "FORM", default_value = "text")]
    format: Form,
    /// End with 1 also where a capability changed, or where something fails of which the older run knew nothing.
    #[arg(long)]
    strict: bool,
}

pub(super) fn diff(arguments: &Arguments) -> Result<Exit, CliError> {
    let old = report_file::read(&arguments.old).map_err(CliError::usage)?;
    let new = report_file::read(&arguments.new).map_err(CliError::usage)?;
    let comparison = report_diff::diff(&old, &new);
    output::write(&comparison.render(arguments.format), None)?;
    let is_worse = comparison.got_worse() || (arguments.strict && comparison.has_news());
    Ok(if is_worse { Exit::Fails } else { Exit::Conforms })
}
