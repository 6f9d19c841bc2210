//! Reports as JUnit XML: a suite for each suite and door, a case for each check.
//!
//! What fails comes first, the gravest before the others. What could not be verified is an error, never a pass. A known failure
//! is skipped, with its reason, and so is what fails above the level that was asked for, with the failure as its output: whoever
//! reads JUnit is red with each failure that it finds, and a run is not, for these.

use std::time::Duration;

use chrono::DateTime;
use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};
use sessionspec::engine::report::{CheckReport, Failure, LEGEND, WIDTH, failure_texts, wrapped};
use sessionspec::{Report, Verdict};

use super::pace::pace;
use super::rows::{disturbances, in_reading_order, with_remarks};

pub(super) fn junit(reports: &[Report]) -> String {
    let name = reports.first().map_or("sessionspec", |report| &report.backend.name);
    let mut junit = quick_junit::Report::new(name);
    for report in reports {
        junit.add_test_suites(suites(report));
    }
    // Checks overlap, so that their times are more together than the run has taken.
    let took: u64 = reports.iter().filter_map(|report| Some(report.this_run.as_ref()?.milliseconds)).sum();
    if took > 0 {
        junit.set_time(Duration::from_millis(took));
    }
    junit.to_string().expect("what is written to memory cannot fail")
}

fn suites(report: &Report) -> Vec<TestSuite> {
    let mut suites: Vec<TestSuite> = Vec::new();
    for check in in_reading_order(report) {
        let name = format!("{}/{}", report.backend.door, check.suite());
        let case = case(check, report, &name);
        match suites.iter_mut().find(|suite| suite.name.as_str() == name) {
            Some(suite) => {
                suite.add_test_case(case);
            }
            None => {
                let mut suite = TestSuite::new(name);
                describe(&mut suite, report);
                suite.add_test_case(case);
                suites.push(suite);
            }
        }
    }
    suites
}

fn describe(suite: &mut TestSuite, report: &Report) {
    suite.add_property(Property::new("backend", &report.backend.name));
    if let Some(version) = &report.backend.version {
        suite.add_property(Property::new("backend version", version));
    }
    suite.add_property(Property::new("suite version", &report.suite_version));
    suite.add_property(Property::new("seed", report.seed.to_string()));
    if let Some(level) = report.asked_level {
        suite.add_property(Property::new("asked level", level.as_str()));
    }
    for level in &report.levels {
        suite.add_property(Property::new(level.level.as_str(), with_remarks(report, level)));
    }
    for disturbance in disturbances(report) {
        suite.add_property(Property::new("disturbance", disturbance));
    }
    if let Some(why) = &report.incomplete {
        suite.add_property(Property::new("incomplete", why));
    }
    let pace = pace(report);
    if !pace.is_empty() {
        suite.add_property(Property::new("this run", pace.join("; ")));
    }
    let started = report.this_run.as_ref().and_then(|run| i64::try_from(run.started).ok());
    if let Some(started) = started.and_then(|started| DateTime::from_timestamp(started, 0)) {
        suite.set_timestamp(started);
    }
}

fn case(check: &CheckReport, report: &Report, suite: &str) -> TestCase {
    let because = check.because.clone().unwrap_or_default();
    let with_verdict = || format!("{}: {because}", check.verdict.as_str());
    let status = match check.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::KnownFailure | Verdict::Excused | Verdict::NotApplicable => skipped(with_verdict()),
        _ if !report.counts(check) => skipped(above_the_level(check, report)),
        Verdict::Fail => unsuccessful(NonSuccessKind::Failure, check, because),
        _ => unsuccessful(NonSuccessKind::Error, check, with_verdict()),
    };
    let is_skipped = matches!(status, TestCaseStatus::Skipped { .. });
    let mut case = TestCase::new(check.id.as_str(), status);
    case.set_classname(suite);
    case.add_property(Property::new("level", check.level.as_str()));
    case.add_property(Property::new("harm", check.harm.as_str()));
    case.add_property(Property::new("clause", &check.clause));
    if is_skipped && !check.failures.is_empty() {
        case.set_system_out(told(check));
    }
    let this_run = report.this_run.as_ref();
    if let Some(milliseconds) = this_run.and_then(|run| run.checks.get(&check.id)) {
        case.set_time(Duration::from_millis(*milliseconds));
    }
    case
}

fn above_the_level(check: &CheckReport, report: &Report) -> String {
    let asked = report.asked_level.map_or("", |level| level.as_str());
    let why = check.because.clone().unwrap_or_else(|| reasons(check));
    let separator = if why.is_empty() { "" } else { ": " };
    let (level, verdict) = (check.level, check.verdict.as_str());
    format!("of level {level}, above the asked level {asked}: {verdict}{separator}{why}")
}

fn skipped(message: String) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(message);
    status
}

fn unsuccessful(kind: NonSuccessKind, check: &CheckReport, because: String) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    let reasons = reasons(check);
    status.set_type(if reasons.is_empty() { check.verdict.as_str().to_owned() } else { reasons });
    status.set_message(if because.is_empty() { check.promise.clone() } else { because });
    status.set_description(told(check));
    status
}

fn reasons(check: &CheckReport) -> String {
    check.failures.iter().map(Failure::title).collect::<Vec<_>>().join(", ")
}

/// Each failure in words. It is read alone, so the legend comes with it.
fn told(check: &CheckReport) -> String {
    let mut told = failure_texts(check);
    if check.failures.iter().any(|failure| !failure.transcript.is_empty()) {
        told.push(format!("{}\n", wrapped(LEGEND, 0, WIDTH)));
    }
    told.join("\n")
}
