//! The `fidelity` suite: values beyond those of level `minimum` come back as they were, or are refused.

mod aliases;
mod any_value;
mod lookalikes;
mod null;
mod sizes;

use serde_json::{Value, json};
use sessionspec_reference::PERMANENT_KEY;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::ops::{get, items, set};
use crate::survey::{Numbers, Survey, Values};

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    null::CHECK,
    TEXT,
    STRUCTURES,
    NUMBERS,
    TAGS,
    KEYS,
    sizes::CHECK,
    aliases::NOT_ALIASED,
    lookalikes::VALUES,
    lookalikes::KEYS,
    any_value::ANY_VALUE,
];

const fn check(
    id: &'static str,
    promise: &'static str,
    source: &'static str,
    relies: &'static [Fact],
    applies: &'static [Requirement],
    scenarios: fn(&Survey) -> Vec<Scenario>,
) -> Check {
    let test = Test::Scenarios(scenarios);
    let (level, harm, clause) = (Level::Recommended, Harm::DataLoss, "fidelity.values");
    Check { id, level, harm, clause, promise, source, applies, relies, test }
}

/// For a check of which some values are strings.
const ANY: &[Requirement] = &[Requirement::RealSessions];

/// For a check of which no value is a string.
const STRUCTURED: &[Requirement] = &[Requirement::RealSessions, Requirement::AnyValues];

const TEXT: Check = check(
    "fidelity/text",
    "Text comes back as it was, character by character.",
    "RFC 8259, sections 7 and 8; Unicode, normalisation forms: a store must not choose one",
    &[Fact::of("minimum/values-survive", "text-beyond-ascii")],
    ANY,
    |survey| {
        let texts = vec![
            ("control-characters", json!("\u{1}\u{8}\t\n\u{b}\u{1f}\u{7f}")),
            ("nul", json!("a\u{0}b")),
            ("line-separators", json!("a\u{2028}b\u{2029}c\u{85}d")),
            ("carriage-return", json!("a\r\nb\rc")),
            ("astral", json!("\u{1f422}\u{1d49c}\u{10ffff}")),
            ("combining", json!("e\u{301} \u{e9} \u{1100}\u{1161} \u{ac00}")),
            ("bidirectional", json!("\u{202e}abc\u{202c}\u{feff}")),
            ("quotes", json!(r#"'"`\${}<!--</script>%00&amp;;,="#)),
            ("spaces", json!("  two before, two after  ")),
        ];
        values(survey, texts)
    },
);

const STRUCTURES: Check = check(
    "fidelity/structures",
    "Lists and objects come back as they were, also empty, deep, or with strange keys.",
    "RFC 8259, sections 4 and 5",
    &[
        Fact::of("minimum/values-survive", "order-of-a-list"),
        Fact::of("minimum/values-survive", "nested-values"),
    ],
    STRUCTURED,
    |survey| {
        let deep =
            (0..40).fold(
                json!("core"),
                |inner, level| {
                    if level % 2 == 0 { json!([inner]) } else { json!({"in": inner}) }
                },
            );
        let structures = vec![
            ("empty-inside", json!({"list": [], "object": {}, "text": ""})),
            ("empty-key-inside", json!({"": 1, " ": 2})),
            ("numbers-as-keys", json!({"1": "a", "01": "b", "1.0": "c", "-1": "d"})),
            ("counted-keys", json!({"0": "a", "1": "b", "2": "c"})),
            ("deep", deep),
            ("mixed-list", json!([1, "1", true, [1], {"1": 1}])),
        ];
        let over = |reason: &str, before: Value, after: Value| {
            Scenario::new(reason)
                .cycle("ann", [set("value", before).is_done()])
                .cycle("ann", [set("value", after.clone()).is_done()])
                .cycle("ann", [get("value").is(after)])
                .relies_on(Fact::of("minimum/each-mutator-persists", "overwrite"))
        };
        let overwritten = [
            over("object-over-object", json!({"a": "old", "b": {"c": "old"}}), json!({"b": {"d": "new"}})),
            over("list-over-list", json!(["old", "old", "old"]), json!(["new"])),
        ];
        let overwritten = overwritten.into_iter().filter(|_| survey.values == Values::Json);
        values(survey, structures).into_iter().chain(overwritten).collect()
    },
);

const NUMBERS: Check = check(
    "fidelity/numbers",
    "Numbers come back with the value that they had.",
    "RFC 8259, section 6; IEEE 754, binary64",
    &[
        Fact::of("minimum/values-survive", "order-of-a-list"),
        Fact::of("minimum/values-survive", "largest-integers"),
    ],
    STRUCTURED,
    |survey| {
        let mut numbers = vec![
            ("beyond-32-bits", json!([4_294_967_296_i64, -4_294_967_297_i64])),
            ("largest-safe", json!([9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64])),
            ("fractions", json!([0.1, -2.5, 1e-7, 123.456_789_012_345])),
            ("small-fractions", json!([2.5e-10, -4e-13, 7.25e-100])),
            ("tiny-and-huge", json!([5e-324, 1.797_693_134_862_315_7e308])),
        ];
        if survey.numbers == Numbers::Exact {
            numbers.push(("beyond-doubles", json!([9_007_199_254_740_993_i64, i64::MAX, i64::MIN])));
        }
        values(survey, numbers)
    },
);

const TAGS: Check = check(
    "fidelity/tags",
    "A value that looks like a tag of the backend's own serialiser comes back as it was.",
    "Flask's TaggedJSONSerializer, jsonpickle, Jackson and BSON spell types as objects with such keys",
    &[Fact::of("minimum/values-survive", "order-of-a-list"), Fact::of("minimum/values-survive", "long-text")],
    ANY,
    |survey| {
        let tags = vec![
            (
                "flask",
                json!([{" t": ["a"]}, {" b": "YQ=="}, {" d": "Thu, 01 Jan 1970 00:00:00 GMT"}, {" u": "x"}]),
            ),
            ("flask-escaped", json!({" t__": [{" t": [1]}]})),
            ("python", json!({"py/object": "a.B", "__class__": "A", "__type__": "set", "__datetime__": "x"})),
            ("java", json!({"@class": "java.util.Date", "@type": "x"})),
            ("bson", json!({"$date": 0, "$oid": "x", "$ref": "y"})),
            ("bson-alone", json!([{"$date": "1970-01-01T00:00:00Z"}, {"$numberLong": "1"}])),
            ("a-date", json!("1970-01-01T00:00:00.000Z")),
            ("marked-json-in-text", json!("j:{\"a\": [1, null]}")),
            ("json-in-text", json!("{\"a\": [1, null]}")),
        ];
        values(survey, tags)
    },
);

const KEYS: Check = check(
    "fidelity/keys",
    "An item under any key comes back, or is refused: none vanishes because the backend has a use for its name.",
    "prototype pollution, CWE-1321; own attributes of sessions in Express, Rack, Flask",
    &[Fact::of("minimum/values-survive", "capitals-in-keys")],
    ANY,
    |survey| {
        let long = "k".repeat(1_500);
        let keys = [
            PERMANENT_KEY,
            "permanent",
            "new",
            "modified",
            "id",
            "session_id",
            "cookie",
            "save",
            "expires",
            "user_id",
            "__proto__",
            "constructor",
            "toString",
            "hasOwnProperty",
            "",
            " ",
            "a.b",
            "a/b",
            "a b",
            "a:b",
            "a=b;c",
            "$a",
            "_note",
            "grüße",
            "\u{1f422}",
            long.as_str(),
        ];
        let scenarios = keys.map(|key| {
            let reason = if key == long { "a very long one".to_owned() } else { format!("`{key}`") };
            let scenario = kept_or_refused(&reason, key, &json!("kept"));
            match key {
                // There, the item is how `permanent` is kept.
                PERMANENT_KEY => scenario
                    .relies_on(Fact::of("minimum/permanent-persists", "forgotten"))
                    .relies_on(Fact::of("minimum/permanent-persists", "forgotten-by-another-change")),
                _ => scenario,
            }
        });
        // A leading underscore marks what is private in many languages, and not in a session.
        let both = || [("before", json!("here")), ("_note", json!("kept"))];
        let among_all = Scenario::new("underscore-among-all-items")
            .cycle("ann", [set("before", "here").is_done()])
            .cycle("ann", [set("_note", "kept").unjudged()])
            .may_be_refused()
            .cycle("ann", [items().are(both(), survey).only_if(Condition::DoneIn(1))])
            .relies_on(Fact::of("fidelity/keys", "`_note`"));
        scenarios.into_iter().chain([among_all]).collect()
    },
);

/// Those of these values that a backend like this one keeps.
fn values(survey: &Survey, values: Vec<(&'static str, Value)>) -> Vec<Scenario> {
    let is_kept = |value: &Value| survey.values == Values::Json || value.is_string();
    let kept = values.into_iter().filter(|(_, value)| is_kept(value));
    kept.map(|(reason, value)| kept_or_refused(reason, "value", &value)).collect()
}

/// What was accepted comes back, twice, since a second reader may get it from another place; and what was there before is
/// there in any case.
fn kept_or_refused(reason: &str, key: &str, value: &Value) -> Scenario {
    let comes_back = || [get("before").is("here"), get(key).is(value.clone()).only_if(Condition::DoneIn(1))];
    Scenario::new(reason)
        .cycle("ann", [set("before", "here").is_done()])
        .cycle("ann", [set(key, value.clone()).unjudged()])
        .may_be_refused()
        .cycle("ann", comes_back())
        .cycle("ann", comes_back())
}
