//! Reports as TAP 14. A known failure is a TODO, as TAP means it: not ok, and not counted. So is what fails above the
//! level that was asked for. What fails comes first, the gravest before the others. What is excused was not run, and is skipped.

use std::fmt::Write;

use serde_json::json;
use sessionspec::engine::report::{CheckReport, LEGEND, failure_texts};
use sessionspec::{Report, Verdict};

use super::pace::pace;
use super::rows::{disturbances, in_reading_order, with_remarks};

pub(super) fn tap(reports: &[Report]) -> String {
    let mut tap = "TAP version 14\n".to_owned();
    if let [report] = reports {
        return tap + &document(report) + &bail_out(reports);
    }
    for (index, report) in reports.iter().enumerate() {
        let door = escaped(&report.backend.door);
        let _ = writeln!(tap, "# Subtest: {door}");
        for line in document(report).lines() {
            let _ = writeln!(tap, "    {line}");
        }
        let ok = if report.checks.iter().all(|check| is_ok(report, check)) && report.incomplete.is_none() {
            "ok"
        } else {
            "not ok"
        };
        let _ = writeln!(tap, "{ok} {} - {door}", index + 1);
    }
    let _ = writeln!(tap, "1..{}", reports.len());
    tap + &bail_out(reports)
}

/// What one report says, without the line of the version.
fn document(report: &Report) -> String {
    let mut tap = format!("1..{}\n", report.checks.len());
    let version = report.backend.version.as_deref().unwrap_or_default();
    let _ = writeln!(tap, "# sessionspec {}: {} {version}", report.suite_version, report.backend.name);
    if report.checks.iter().flat_map(|check| &check.failures).any(|failure| !failure.transcript.is_empty()) {
        let _ = writeln!(tap, "# {LEGEND}");
    }
    for disturbance in disturbances(report) {
        let _ = writeln!(tap, "# {disturbance}");
    }
    for (index, check) in in_reading_order(report).into_iter().enumerate() {
        tap.push_str(&test_point(index + 1, report, check));
    }
    for level in &report.levels {
        let _ = writeln!(tap, "# {}: {}", level.level, with_remarks(report, level));
    }
    for said in pace(report) {
        let _ = writeln!(tap, "# {said}");
    }
    tap
}

/// The last line, where a run was cut short: what follows would have to be ignored.
fn bail_out(reports: &[Report]) -> String {
    let why = reports.iter().find_map(|report| report.incomplete.as_ref());
    why.map(|why| format!("Bail out! {}\n", escaped(why))).unwrap_or_default()
}

fn test_point(number: usize, report: &Report, check: &CheckReport) -> String {
    let is_skipped = matches!(check.verdict, Verdict::NotApplicable | Verdict::Excused);
    let ok = if check.verdict == Verdict::Pass || is_skipped { "ok" } else { "not ok" };
    let because = escaped(check.because.as_deref().unwrap_or_default());
    let directive = match (check.verdict, report.asked_level) {
        (Verdict::NotApplicable, _) => format!(" # SKIP {because}"),
        (Verdict::Excused, _) => format!(" # SKIP excused: {because}"),
        (Verdict::KnownFailure, _) => format!(" # TODO {because}"),
        (Verdict::Pass, _) => String::new(),
        (_, Some(asked)) if !report.counts(check) => {
            format!(" # TODO of level {}, above the asked level {asked}", check.level)
        }
        _ => String::new(),
    };
    let mut point = format!("{ok} {number} - {}{directive}\n", escaped(&check.id));
    if ok == "not ok" {
        point.push_str(&diagnostics(check));
    }
    point
}

/// A block of YAML. Its scalars are written as JSON, which YAML 1.2 contains.
fn diagnostics(check: &CheckReport) -> String {
    let mut yaml = "  ---\n".to_owned();
    let mut field = |name: &str, value: &str| {
        let _ = writeln!(yaml, "  {name}: {}", json!(value));
    };
    field("severity", check.verdict.as_str());
    field("level", check.level.as_str());
    field("harm", check.harm.as_str());
    field("clause", &check.clause);
    field("promise", &check.promise);
    if let Some(because) = &check.because {
        field("because", because);
    }
    if let Some(failure) = check.failures.first() {
        field("message", &failure.title());
        field("expected", &failure.expected);
        field("seen", &failure.seen);
    }
    if !check.failures.is_empty() {
        let _ = writeln!(yaml, "  failures:");
    }
    for failure in failure_texts(check) {
        // How far the block is indented is said: its first line may begin with spaces of its own.
        let _ = writeln!(yaml, "    - |2");
        for line in failure.lines() {
            let _ = writeln!(yaml, "      {line}");
        }
    }
    yaml.push_str("  ...\n");
    yaml
}

fn is_ok(report: &Report, check: &CheckReport) -> bool {
    let is_fine = matches!(
        check.verdict,
        Verdict::Pass | Verdict::NotApplicable | Verdict::KnownFailure | Verdict::Excused
    );
    is_fine || !report.counts(check)
}

/// A description must not be read as a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('#', r"\#")
}
