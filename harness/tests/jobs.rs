//! Over HTTP, too, a report does not depend on how many requests are at work at once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use sessionspec::{Options, Report};
use support::report_over_http;

/// Backends that serve many requests at once; two of them are flawed only where requests overlap.
const NAMES: [&str; 4] = [
    "reference",
    "flawed/fifth-save-at-once-dropped",
    "flawed/merge-revives-deleted-items",
    "flawed/lone-overwrite-lost",
];

fn report(name: &str, jobs: Option<u32>) -> Report {
    report_over_http(name, Options { jobs, cases: 10, ..Options::default() })
}

fn jobs_of(report: &Report) -> u32 {
    report.this_run.as_ref().unwrap().jobs
}

#[test]
fn reports_are_the_same_however_many_requests_are_at_work() {
    for name in NAMES {
        let alone = report(name, Some(1));
        assert_eq!(jobs_of(&alone), 1);
        for jobs in [4, 16] {
            let beside_others = report(name, Some(jobs));
            // Where a flaw may keep browsers from being told apart, everything is played alone.
            let wanted = if name == "reference" { [jobs, jobs] } else { [1, jobs] };
            assert!(wanted.contains(&jobs_of(&beside_others)), "{name}");
            for (alone, beside_others) in alone.checks.iter().zip(&beside_others.checks) {
                assert_eq!(alone, beside_others, "{name}, {jobs} requests at once");
            }
            assert_eq!(alone.repeatable(), beside_others.repeatable(), "{name}, {jobs} requests at once");
        }
    }
}

#[test]
fn where_nobody_says_how_many_the_service_is_measured() {
    let only = Some(vec!["minimum/opens-empty".to_owned()]);
    let options = Options { jobs: None, only, ..Options::default() };
    let report = report_over_http("reference", options);
    // How many are worthwhile depends on the machine.
    assert!((1..=16).contains(&jobs_of(&report)));
}
