//! Reports as JSON: the form that `suites/report.schema.json` describes, and that can be rendered again. Nothing in it
//! acts on the terminal of whoever prints it.

use serde::Serialize;
use sessionspec::Report;
use sessionspec::engine::report::visible_json;

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
    let text = serde_json::to_string_pretty(value).expect("a report has only string keys, so it is JSON");
    format!("{}\n", visible_json(&text))
}
