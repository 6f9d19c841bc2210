//! Makes every text of a report readable before it is rendered, so that no renderer can forget to.

use serde_json::Value;
use sessionspec::Report;
use sessionspec::engine::report::visible;

/// The report, with control characters and marks of direction spelt out in each of its texts.
pub(super) fn plain(report: &Report) -> Report {
    let mut json = serde_json::to_value(report).expect("a report has only string keys, so it is JSON");
    spell_out(&mut json);
    serde_json::from_value(json)
        .expect("only texts were changed, and none of those that have a closed vocabulary")
}

fn spell_out(json: &mut Value) {
    match json {
        Value::String(text) => *text = visible(text).into_owned(),
        Value::Array(values) => values.iter_mut().for_each(spell_out),
        Value::Object(members) => {
            // Keys of a session are texts of a service, too.
            *members = std::mem::take(members)
                .into_iter()
                .map(|(key, mut value)| {
                    spell_out(&mut value);
                    (visible(&key).into_owned(), value)
                })
                .collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
