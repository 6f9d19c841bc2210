//! What a check plays, on an embedded backend.

use sessionspec::engine::checks::Check;
use sessionspec::engine::report::wrapped;
use sessionspec::engine::run::run_until;
use sessionspec::{Options, Verdict};

use super::super::CliError;
use super::super::passed_scripts::Shown;
use super::super::terminal::width as terminal_width;
use crate::builtin;

/// The scripts of these checks, with what this backend answered.
pub(super) async fn played(checks: &[&Check], backend: &str) -> Result<String, CliError> {
    let builtin = builtin::find(backend).map_err(CliError::usage)?;
    let only = checks.iter().map(|check| check.id.to_owned()).collect();
    let options = Options { only: Some(only), glue: builtin.glue(), ..Options::default() };
    let shown = Shown::when(true);
    let report =
        run_until(builtin.open(), options, |event| shown.observe(&event, ""), std::future::pending());
    let report = report.await.map_err(CliError::not_verified)?;
    let heading = format!("What it plays, and what the backend `{backend}` answers");
    let mut text = shown.text(&heading).unwrap_or_default();
    for check in &report.checks {
        let why = match (check.verdict, &check.because) {
            (Verdict::Pass, _) => continue,
            (verdict, Some(because)) => format!("{}: {}: {because}", check.id, verdict.as_str()),
            (verdict, None) => format!(
                "{0}: {1}: `sessionspec run --backend {backend} --check {0}` shows what is wrong",
                check.id,
                verdict.as_str()
            ),
        };
        text.push_str(&format!("\n{}\n", wrapped(&why, 2, terminal_width())));
    }
    Ok(text)
}
