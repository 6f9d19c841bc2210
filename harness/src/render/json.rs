//! Reports as JSON: the form that `suites/report.schema.json` describes, and that can be rendered again.

use serde::Serialize;
use sessionspec::Report;

use super::summary::Summary;

/// A report with what it comes to, which is worked out when it is written.
#[derive(Serialize)]
struct Summarised<'a> {
    #[serde(flatten)]
    report: &'a Report,
    summary: Summary,
}

/// One report, or a list of them.
pub(super) fn json(reports: &[Report]) -> String {
    let summarised = |report| Summarised { report, summary: Summary::of(report) };
    match reports {
        [report] => pretty(&summarised(report)),
        reports => pretty(&reports.iter().map(summarised).collect::<Vec<_>>()),
    }
}

fn pretty(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a report has only string keys, so it is JSON");
    text.push('\n');
    text
}
