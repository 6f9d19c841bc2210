//! An item that is null.

use serde_json::{Value, json};

use super::{STRUCTURED, check, values};
use crate::checks::{Check, Fact};
use crate::expect::{Condition, Expected, Line, Scenario};
use crate::script::ops::{contains, delete, get, items, len, pop, set, setdefault, update};
use crate::script::{Answer, Operation};
use crate::survey::Survey;

pub(super) const CHECK: Check = check(
    "fidelity/null",
    "An item that is null is an item, unless it is refused.",
    "RFC 8259, section 3; stores that write null where they mean that nothing is there",
    &[],
    STRUCTURED,
    |survey| {
        let kept = vec![("null", Value::Null), ("null-inside", json!({"a": null, "b": [null]}))];
        let listed = values(survey, vec![("null-in-a-list", json!(["a", null, "b"]))]).into_iter();
        let listed =
            listed.map(|scenario| scenario.relies_on(Fact::of("minimum/values-survive", "order-of-a-list")));
        values(survey, kept).into_iter().chain(listed).chain(under_every_operation(survey)).collect()
    },
);

/// An item that is null, under every operation that could take it for none.
fn under_every_operation(survey: &Survey) -> Vec<Scenario> {
    // A session without an item is another question. Null may be refused, and then nothing is expected.
    let null = || {
        let ops = [set("before", "here").is_done(), set("value", Value::Null).unjudged()];
        Scenario::new("").cycle("ann", ops).may_be_refused()
    };
    let is_kept = Condition::DoneIn(0);
    let answering =
        |reason: &'static str, op: Line| (reason, null().cycle("ann", [op.only_if(is_kept.clone())]));
    let left = |value: Option<Value>| {
        [("before", json!("here"))].into_iter().chain(value.map(|value| ("value", value)))
    };
    let leaving = |reason: &'static str, op: Operation, value: Option<Value>| {
        let read = items().are(left(value), survey).only_if(is_kept.clone());
        (reason, null().cycle("ann", [op.unjudged()]).cycle("ann", [read]))
    };
    let to_null = |reason: &'static str, op: Operation| {
        let ops = [set("before", "here").is_done(), set("value", "text").is_done()];
        let text = Scenario::new("").cycle("ann", ops);
        let kept = get("value").is(Value::Null).only_if(Condition::DoneIn(1));
        (reason, text.cycle("ann", [op.unjudged()]).may_be_refused().cycle("ann", [kept]))
    };
    // The framework's own items may be there, too.
    let lengths = (2..=2 + survey.own_keys.len()).map(|length| Expected::Answer(Answer::Ok(length.into())));
    let scenarios = [
        answering("null-is-contained", contains("value").is(true)),
        answering("null-among-the-items", items().are(left(Some(Value::Null)), survey)),
        answering("null-is-counted", len().answers(Expected::AnyOf(lengths.collect()))),
        answering("null-is-popped", pop("value").is(Value::Null)),
        answering("null-is-a-default", setdefault("value", "default").is(Value::Null)),
        leaving("null-kept-by-setdefault", setdefault("value", "default"), Some(Value::Null)),
        leaving("null-left-by-pop", pop("value"), None),
        leaving("null-left-by-delete", delete("value"), None),
        leaving("null-overwritten", set("value", "text"), Some(json!("text"))),
        to_null("overwritten-by-null", set("value", Value::Null)),
        to_null("overwritten-by-an-update", update([("value", Value::Null)])),
    ];
    scenarios
        .into_iter()
        .map(|(reason, scenario)| Scenario { reason: reason.to_owned(), ..scenario })
        .filter(|scenario| {
            scenario.script.cycles().flat_map(|cycle| &cycle.ops).all(|op| survey.supports(op.name()))
        })
        .map(|scenario| scenario.relies_on(Fact::of(CHECK.id, "null")))
        .collect()
}
