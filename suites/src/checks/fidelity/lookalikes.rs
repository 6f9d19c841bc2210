//! Values and keys that look like others: a change from one to the other is a change.

use serde_json::{Value, json};

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::ops::{delete, get, items, set};
use crate::survey::Values;

pub(super) const VALUES: Check = Check {
    id: "fidelity/lookalike-values",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "fidelity.values",
    promise: "A value that is overwritten by one that some languages take for equal is that other value then.",
    source: "CONTRACT.md, fidelity.values; sessions that compare before they save, where `0 == \"\"` or `true == 1`",
    applies: &[Requirement::RealSessions, Requirement::AnyValues],
    relies: &[
        Fact::of("minimum/false-values-are-items", "false"),
        Fact::of("minimum/false-values-are-items", "zero"),
        Fact::of("minimum/false-values-are-items", "empty-text"),
        Fact::of("minimum/values-survive", "types-in-a-list"),
        Fact::of("fidelity/not-aliased", "seen-by-another"),
    ],
    test: Test::Scenarios(|_| {
        let pairs: [(&str, Value, Value); 16] = [
            ("true-to-1", json!(true), json!(1)),
            ("1-to-true", json!(1), json!(true)),
            ("1-to-text", json!(1), json!("1")),
            ("text-to-1", json!("1"), json!(1)),
            ("false-to-0", json!(false), json!(0)),
            ("0-to-empty-text", json!(0), json!("")),
            ("empty-text-to-false", json!(""), json!(false)),
            ("empty-text-to-empty-list", json!(""), json!([])),
            ("empty-list-to-empty-object", json!([]), json!({})),
            ("list-to-text", json!([1]), json!("1")),
            ("null-to-empty-text", Value::Null, json!("")),
            ("empty-text-to-null", json!(""), Value::Null),
            ("null-to-false", Value::Null, json!(false)),
            ("false-to-null", json!(false), Value::Null),
            ("null-to-empty-object", Value::Null, json!({})),
            ("text-to-other-case", json!("Red"), json!("red")),
        ];
        pairs
            .map(|(reason, before, after)| {
                let has_null = before.is_null() || after.is_null();
                let scenario = Scenario::new(reason)
                    .cycle("ann", [set("value", before).unjudged()])
                    .may_be_refused()
                    .cycle("ann", [set("value", after.clone()).unjudged()])
                    .may_be_refused()
                    .cycle("ann", [get("value").is(after).only_if(Condition::DoneIn(1))]);
                if has_null { scenario.relies_on(Fact::of("fidelity/null", "null")) } else { scenario }
            })
            .into()
    }),
};

pub(super) const KEYS: Check = Check {
    id: "fidelity/neighbouring-keys",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "fidelity.values",
    promise: "An item whose key begins like another's, or differs from it in case alone, is an item of its own.",
    source: "CONTRACT.md, fidelity.values; stores that look items up by a prefix, or compare keys without regard to case",
    applies: &[Requirement::RealSessions],
    relies: &[
        Fact::of("minimum/values-survive", "capitals-in-keys"),
        Fact::of("minimum/values-survive", "many-items"),
    ],
    test: Test::Scenarios(|survey| {
        let keys = ["user", "user_id", "users", "User", "USER", "user_id_old"];
        let all = || keys.map(|key| (key, json!(key)));
        let written = || Scenario::new("").cycle("ann", keys.map(|key| set(key, key).is_done()));
        let removed = keys[..3].iter().filter(|_| survey.supports("delete"));
        let each_without = removed.map(|gone| {
            let left = all().into_iter().filter(|(key, _)| key != gone);
            Scenario { reason: format!("without-{gone}"), ..written() }
                .cycle("ann", [delete(gone).is_done()])
                .cycle("ann", [items().are(left, survey)])
        });
        let overwritten = Scenario { reason: "overwritten".to_owned(), ..written() }
            .cycle("ann", [set("user", "another").is_done()])
            .cycle("ann", [get("user_id").is("user_id"), get("User").is("User"), get("user").is("another")]);
        // Cut off, or brought into one Unicode form, two of them would be one.
        let long = ["a".repeat(100), "a".repeat(99) + "b"];
        let twins = [
            ("long-twins", long),
            ("composed", ["\u{e9}t\u{e9}".to_owned(), "e\u{301}te\u{301}".to_owned()]),
        ];
        let twins = twins.map(|(reason, [one, other])| {
            Scenario::new(reason)
                .cycle("ann", [set(&one, "one").unjudged(), set(&other, "other").unjudged()])
                .may_be_refused()
                .cycle(
                    "ann",
                    [get(&one).is("one"), get(&other).is("other")]
                        .map(|line| line.only_if(Condition::DoneIn(0))),
                )
        });
        let dotted = Scenario::new("dotted")
            .cycle("ann", [set("a", json!({"c": "inside"})).unjudged()])
            .may_be_refused()
            .cycle("ann", [set("a.b", "beside").unjudged()])
            .may_be_refused()
            .cycle(
                "ann",
                [
                    get("a").is(json!({"c": "inside"})).only_if(Condition::DoneIn(0)),
                    get("a.b").is("beside").only_if(Condition::DoneIn(1)),
                ],
            );
        let dotted = (survey.values == Values::Json).then_some(dotted);
        each_without.chain([overwritten]).chain(twins).chain(dotted).collect()
    }),
};
