//! Which answers are answers, and which result each operation may have.

use serde_json::{Value, json};
use sessionspec::engine::script::{Answer, OperationKind};

use crate::document::{assert_valid, component, part, schema_at};

/// The kinds of value that `ok` may carry, each with an example.
fn values() -> [(&'static str, Value); 8] {
    [
        ("null", json!(null)),
        ("boolean", json!(true)),
        ("count", json!(2)),
        ("number", json!(-1)),
        ("number", json!(1.5)),
        ("string", json!("text")),
        ("array", json!([1])),
        ("object", json!({"k": 1})),
    ]
}

/// What the protocol's table says: the kind of value, or any, and whether there may be no such item.
fn expected(operation: OperationKind) -> (&'static str, bool) {
    match operation {
        OperationKind::Get | OperationKind::Pop => ("any", true),
        OperationKind::Setdefault => ("any", false),
        OperationKind::Contains | OperationKind::Permanent | OperationKind::Modified | OperationKind::New => {
            ("boolean", false)
        }
        OperationKind::Items => ("object", false),
        OperationKind::Len => ("count", false),
        OperationKind::Delete => ("null", true),
        OperationKind::Set
        | OperationKind::Update
        | OperationKind::Clear
        | OperationKind::SetIn
        | OperationKind::SetPermanent
        | OperationKind::SetModified
        | OperationKind::Regenerate
        | OperationKind::Destroy
        | OperationKind::SetLifetime
        | OperationKind::Save
        | OperationKind::Respond
        | OperationKind::Header
        | OperationKind::Raise
        | OperationKind::Hold => ("null", false),
    }
}

#[test]
fn each_operation_has_results_of_its_type() {
    // A cycle that raises has no results.
    for operation in OperationKind::ALL.into_iter().filter(|kind| *kind != OperationKind::Raise) {
        let name = operation.as_str();
        let schema = schema_at(&format!("/components/schemas/{name}/x-result"));
        let (expected, may_be_absent) = expected(operation);
        for (kind, value) in values() {
            let result = json!({"ok": value});
            let is_expected = expected == "any" || expected == kind;
            assert_eq!(schema.is_valid(&result), is_expected, "{name}: {result}");
        }
        assert_eq!(schema.is_valid(&json!({"absent": true})), may_be_absent, "{name}");
        assert_valid(&schema, &json!({"error": "no"}), name);
        assert_valid(&schema, &json!({"unsupported": true}), name);
        assert!(!schema.is_valid(&json!({})), "{name}");
    }
}

#[test]
fn what_the_harness_reads_as_a_result_is_one_and_nothing_else_is() {
    let results = [
        json!({"ok": null}),
        json!({"absent": true}),
        json!({"error": "no"}),
        json!({"unsupported": true}),
        json!({}),
        json!({"ok": 1, "absent": true}),
        json!({"absent": false}),
        json!({"error": 1}),
        json!({"unsupported": null}),
        json!({"done": true}),
        json!(null),
        json!([]),
    ];
    let schema = component("Result");
    for result in results {
        assert_eq!(schema.is_valid(&result), Answer::from_json(&result).is_some(), "{result}");
    }
}

#[test]
fn an_answer_has_a_list_of_results() {
    let answer = component("Answer");
    assert_valid(&answer, &json!({"results": [{"ok": 1}], "save_error": "full"}), "an answer");
    let others = [
        json!([]),
        json!({}),
        json!({"results": null}),
        json!({"results": {}}),
        json!({"results": [{"ok": 1}, 1]}),
        json!({"results": [{}]}),
        json!({"results": [], "save_error": null}),
    ];
    for other in others {
        assert!(!answer.is_valid(&other), "{other}");
    }
}

#[test]
fn responses_have_the_schemas_of_their_names() {
    for (response, schema) in [
        ("get/responses/200", "Description"),
        ("post/responses/200", "Answer"),
        ("post/responses/default", "Answer"),
    ] {
        let place = format!("/paths/~1probe/{response}/content/application~1json/schema");
        assert_eq!(part(&place), json!({"$ref": format!("#/components/schemas/{schema}")}));
    }
}
