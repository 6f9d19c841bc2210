//! The behaviour of a backend as a snapshot, which is kept in the backend's own repository.

use std::future::Future;

use super::set_up::SetUp;
use super::support::report_or_not_run;
use crate::report::{CheckReport, Report};
use crate::run::Options;

/// Compares what a backend does with a snapshot: the capabilities that were observed, and the verdict of every check of
/// every level.
///
/// ```no_run
/// sessionspec::assert_conformance_snapshot!(sessionspec::reference::Memory::default());
/// ```
///
/// The snapshot is a file beside the test, in the repository of the test, or it is in the line itself:
/// `assert_conformance_snapshot!(backend, @"")`. A first snapshot, and every change of behaviour, is reviewed with
/// `cargo insta review`; insta is no dependency of yours. Nothing in it changes from run to run, and nothing in it
/// names a version: what a release of the backend changes is what it *does*.
///
/// The backend is any expression that [`conformance!`](crate::conformance) takes. The test is a plain `#[test]`: the
/// macro brings a runtime of its own. It fails where the behaviour differs, and says nothing about right or wrong.
#[macro_export]
macro_rules! assert_conformance_snapshot {
    (|$namespace:ident| $backend:expr $(, @$inline:literal)? $(,)?) => {
        $crate::assert_conformance_snapshot!({
            let $namespace = $crate::__support::namespace();
            $backend
        } $(, @$inline)?)
    };
    ($backend:expr $(, @$inline:literal)? $(,)?) => {
        if let ::core::option::Option::Some(behaviour) = $crate::__support::behaviour(
            ::core::module_path!(),
            async { ::core::result::Result::Ok($crate::backend::IntoBackend::into_backend($backend)) },
        ) {
            $crate::__support::insta::assert_snapshot!(behaviour $(, @$inline)?);
        }
    };
}

/// The snapshot's text; `None` where the test was not run.
pub fn behaviour(test: &str, backend: impl Future<Output = SetUp>) -> Option<String> {
    report_or_not_run(test, backend, Options::default()).map(|report| describe(&report))
}

/// Writes a line for each level, each capability and each check.
fn describe(report: &Report) -> String {
    let mut lines = vec![format!("{}, {}", report.backend.name, report.backend.door), String::new()];
    for level in &report.levels {
        lines.push(format!("{:<18} {}", level.level.as_str(), level.verdict.as_str()));
    }
    lines.push(String::new());
    for row in &report.survey {
        lines.push(format!("{:<18} {}", row.name, row.observed));
    }
    lines.push(String::new());
    // The checks of the glue are left out, since no glue is under test here.
    for check in report.checks.iter().filter(|check| !check.id.starts_with("glue/")) {
        lines.push(format!("{:<18} {}{}", check.verdict.as_str(), check.id, why(check)));
    }
    lines.join("\n")
}

fn why(check: &CheckReport) -> String {
    let reasons: Vec<&str> = check.failures.iter().map(|failure| failure.reason.as_str()).collect();
    match &check.because {
        Some(because) => format!(" ({because})"),
        None if reasons.is_empty() => String::new(),
        None => format!(": {}", reasons.join(", ")),
    }
}
