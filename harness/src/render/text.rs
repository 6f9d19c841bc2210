//! Reports for a terminal of 80 columns: capabilities, verdicts, and last what failed and what to run next.

use std::fmt::Write;

use sessionspec::report::{CheckReport, LevelReport, failure_text};
use sessionspec::{LevelVerdict, Report, Verdict};

/// One report.
#[must_use]
pub fn single(report: &Report) -> String {
    let mut text = heading(report, &report.backend.door);
    text.push_str(&survey(report));
    text.push_str("\nChecks\n");
    for check in &report.checks {
        let _ = writeln!(text, "  {:<14}  {}{}", check.verdict.as_str(), check.id, remark(check));
    }
    text.push_str(&failures(report));
    text.push_str(&conclusion(report));
    text
}

/// Two reports of one backend, through two doors: one list, with both verdicts.
#[must_use]
pub fn side_by_side(first: &Report, second: &Report) -> String {
    let mut text = heading(first, &format!("{} | {}", first.backend.door, second.backend.door));
    text.push_str(&survey(first));
    let _ = writeln!(text, "\nChecks\n  {:<14}  {:<14}", first.backend.door, second.backend.door);
    for (check, other) in first.checks.iter().zip(&second.checks) {
        let differ = if check.verdict == other.verdict { "" } else { "  <- the doors disagree" };
        let verdicts = [check.verdict.as_str(), other.verdict.as_str()];
        let _ = writeln!(
            text,
            "  {:<14}  {:<14}  {}{}{differ}",
            verdicts[0],
            verdicts[1],
            check.id,
            remark(check)
        );
    }
    text.push_str(&failures(first));
    text.push_str(&conclusion(first));
    text
}

fn heading(report: &Report, doors: &str) -> String {
    let version = report.backend.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    format!(
        "sessionspec {}: {}{version}, {doors}\nseed {}, {} cases for each property\n",
        report.suite_version, report.backend.name, report.seed, report.cases
    )
}

fn survey(report: &Report) -> String {
    let mut text = "\nObserved\n".to_owned();
    for row in &report.survey {
        let declared = match &row.declared {
            Some(declared) if *declared == row.observed => ", as declared".to_owned(),
            Some(declared) => format!(", declared {declared}"),
            None => String::new(),
        };
        let _ = writeln!(text, "  {:<18}{}{declared}", row.name, row.observed);
    }
    text
}

/// Why a check is neither passed nor failed, on a line of its own.
fn remark(check: &CheckReport) -> String {
    check.because.as_ref().map(|because| format!("\n                    {because}")).unwrap_or_default()
}

fn failures(report: &Report) -> String {
    let mut text = String::new();
    let shown = |check: &&CheckReport| matches!(check.verdict, Verdict::Fail | Verdict::KnownFailure);
    for check in report.checks.iter().filter(shown) {
        for failure in &check.failures {
            let _ = write!(text, "\n{}", failure_text(check, failure));
        }
    }
    if text.is_empty() { text } else { format!("\nFailures\n{text}") }
}

fn conclusion(report: &Report) -> String {
    let totals: Vec<String> =
        report.totals().into_iter().map(|(verdict, count)| format!("{count} {}", verdict.as_str())).collect();
    let mut text = format!("\n{}\n", totals.join(", "));
    if let Some(why) = &report.incomplete {
        let _ = writeln!(text, "incomplete: {why}");
    }
    for level in &report.levels {
        let _ = writeln!(text, "{}: {}{}", level.level, in_words(level.verdict), reservations(level));
    }
    let first_failed = report.checks.iter().find(|check| check.verdict == Verdict::Fail);
    if let Some(check) = first_failed {
        let _ = writeln!(text, "next: sessionspec explain {}", check.id);
    }
    text
}

fn in_words(verdict: LevelVerdict) -> &'static str {
    match verdict {
        LevelVerdict::Conforms => "conforms",
        LevelVerdict::Fails => "fails",
        LevelVerdict::NotVerified => "not verified",
    }
}

/// What a verdict does not cover.
fn reservations(level: &LevelReport) -> String {
    let mut text = String::new();
    if level.known_failures > 0 {
        let _ = write!(text, ", but for {} known to fail", level.known_failures);
    }
    if !level.stand_ins.is_empty() {
        let _ = write!(text, ", with stand-ins for {}", level.stand_ins.join(", "));
    }
    text
}
