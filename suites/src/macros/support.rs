//! The functions that the macros expand to, so that the macros themselves stay short. This is no public interface.

use std::fmt::Write as _;
use std::future::Future;
use std::io::Write as _;

use super::set_up::{SetUp, Unjudged, report_on};
use super::test_place::{KnownFailure, TestPlace};
use super::{hindered, umbrellas};
use crate::checks::names;
use crate::contract;
use crate::report::{CheckReport, LEGEND, Report, Verdict, WIDTH, failure_texts, wrapped};
use crate::run::Options;

/// The body of one test. It returns where the test passes, and does not return where it fails.
pub fn judge(
    place: TestPlace,
    backend: impl Future<Output = SetUp>,
    options: Option<Options>,
    known: &[KnownFailure],
) {
    let id = names::id(place.check);
    let options = options.unwrap_or_default();
    // Who replays one case wants to see it, whatever else fails.
    let named = if options.case.is_none() { umbrellas::named_beside(&id) } else { Vec::new() };
    let options = Options {
        only: Some(named.into_iter().chain([id.clone()]).collect()),
        known_failures: known.iter().map(|known| (names::id(known.check), known.reason.into())).collect(),
        ..options
    };
    let Some(report) = report_or_not_run(&place.test(), backend, options) else { return };
    let Some(check) = report.checks.iter().find(|check| check.id == id) else {
        fail(&format!("there is no check `{id}`"));
    };
    let ignored =
        if hindered::is_hindered(check) { hindered::ignored_causes(place, check, known) } else { Vec::new() };
    for command in &ignored {
        // Nothing is red because of it, so that this is written past the capture, too.
        let because = check.because.as_deref().unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "not judged: {}: {because}; run {command}", place.test());
    }
    match verdict_text(check, &report, &ignored) {
        Ok(passed) => print!("{passed}"),
        Err(failed) => fail(&format!("{failed}\n{}", next_steps(place, check, &report))),
    }
}

/// The report. It is `None` where something is missing on this machine; standard error then says what.
pub(crate) fn report_or_not_run(
    test: &str,
    backend: impl Future<Output = SetUp>,
    options: Options,
) -> Option<Report> {
    match report_on(backend, options) {
        Ok(report) => Some(report),
        Err(Unjudged::NotRun(why)) if std::env::var_os("CI").is_none() => {
            // This is written past the capture of the test harness, which shows nothing of a test that passes. Where
            // standard error is closed, nobody could read the message anyway.
            let _ = writeln!(std::io::stderr(), "not run: {test}: {why}");
            None
        }
        Err(unjudged) => fail(&unjudged.to_string()),
    }
}

/// The text of a test: `Ok` where it passes, an error where it fails. The commands run the tests of what hinders it, where these
/// are ignored.
fn verdict_text(check: &CheckReport, report: &Report, ignored: &[String]) -> Result<String, String> {
    let because = check.because.as_deref().unwrap_or_default();
    match check.verdict {
        Verdict::Pass => {
            let compared = report.compared(check).unwrap_or_default();
            let pass = format!("pass (scripts: {}, comparisons: {compared})\n", check.evidence.scripts);
            let unjudged =
                check.unjudged.iter().map(|one| format!("not judged: {}: {}\n", one.scenario, one.because));
            Ok(std::iter::once(pass).chain(unjudged).collect())
        }
        Verdict::NotApplicable | Verdict::Excused => Ok(format!("{}: {because}\n", check.verdict.as_str())),
        Verdict::KnownFailure => Ok(format!("known failure: {because}\n\n{}", failures(check))),
        Verdict::Fail if check.failures.is_empty() => Err(format!("{}: {because}\n", check.id)),
        Verdict::Fail => match umbrellas::named_failure(check, report) {
            // The test of the check that names the defect is red already.
            Some(named) => {
                Ok(format!("not judged: {named} fails, and may be why this does\n\n{}", failures(check)))
            }
            None => Err(failures(check)),
        },
        // The tests of the checks that have failed are red already, or are named here.
        Verdict::Unverified if hindered::is_hindered(check) => {
            let tests = ignored.iter().map(|command| format!("  A test above this level:  {command}\n"));
            Ok(format!("not judged: {because}\n{}", tests.collect::<String>()))
        }
        Verdict::Unverified | Verdict::Error => {
            Err(format!("{}: {}: {because}\n", check.id, check.verdict.as_str()))
        }
    }
}

fn failures(check: &CheckReport) -> String {
    let mut text = String::new();
    for failure in failure_texts(check) {
        let _ = writeln!(text, "{failure}");
    }
    if check.failures.iter().any(|failure| !failure.transcript.is_empty()) {
        let _ = writeln!(text, "{}\n", wrapped(&format!("  {LEGEND}"), 2, WIDTH));
    }
    if let Some(clause) = contract::clause(&check.clause) {
        let _ = writeln!(text, "  The contract says, in `{}`:\n", check.clause);
        for line in clause.lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

/// The commands to run next, and what to write where the failure cannot be repaired now.
fn next_steps(place: TestPlace, check: &CheckReport, report: &Report) -> String {
    let TestPlace { package, .. } = place;
    let mut text = format!("  This test alone:     cargo test -p {package} -- --exact {}\n", place.test());
    if let Some(case) = check.failures.iter().find_map(|failure| failure.case) {
        let seed = report.seed;
        let options = format!("Options {{ seed: {seed}, case: Some({case}), ..Default::default() }}");
        let _ = writeln!(text, "  That case alone:     options: {options}");
    }
    if let Some(known) = umbrellas::known_failure(check, report) {
        let _ = writeln!(text, "  May be the same as:  {known}, a known failure");
    }
    // Where another failure hinders this check, that one has to be listed; then this check is excused.
    let to_be_listed = report.checks.iter().filter(|failed| {
        let is_new = failed.verdict == Verdict::Fail && !failed.failures.is_empty();
        is_new && (failed.id == check.id || check.verdict == Verdict::Unverified)
    });
    for failed in to_be_listed {
        let name = names::name(&failed.id);
        let _ = writeln!(text, "  If it has to stay:   known_failures {{ {name}: \"why\" }}");
    }
    text
}

/// Fails the test with this text and nothing else: a panic would add a message of its own and a backtrace.
fn fail(text: &str) -> ! {
    eprint!("{text}");
    if !text.ends_with('\n') {
        eprintln!();
    }
    std::panic::resume_unwind(Box::new("the test has said why it failed"));
}
