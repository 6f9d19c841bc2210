//! Reports as JSON: the form that `suites/report.schema.json` describes, and that can be rendered again.

use serde::Serialize;
use sessionspec::Report;

/// One report, or a list of them.
pub(super) fn json(reports: &[Report]) -> String {
    match reports {
        [report] => pretty(report),
        reports => pretty(&reports),
    }
}

fn pretty(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a report has only string keys, so it is JSON");
    text.push('\n');
    text
}
