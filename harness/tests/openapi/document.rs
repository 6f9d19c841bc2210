//! The description itself, and its schemas.

use jsonschema::Validator;
use serde_json::{Value, json};

pub(crate) const REQUEST: &str = "/paths/~1probe/post/requestBody/content/application~1json/schema";

pub(crate) const OPENAPI: &str = include_str!("../../openapi.json");

pub(crate) fn document() -> Value {
    serde_json::from_str(OPENAPI).unwrap()
}

/// The part at this place of the document.
#[track_caller]
pub(crate) fn part(pointer: &str) -> Value {
    document().pointer(pointer).unwrap_or_else(|| panic!("there is nothing at {pointer}")).clone()
}

/// The schema at this place of the document; its references lead on from there.
#[track_caller]
pub(crate) fn schema_at(pointer: &str) -> Validator {
    let mut schema = document();
    part(pointer);
    schema["$schema"] = schema["jsonSchemaDialect"].take();
    schema["$ref"] = json!(format!("#{pointer}"));
    jsonschema::validator_for(&schema).unwrap()
}

pub(crate) fn component(name: &str) -> Validator {
    schema_at(&format!("/components/schemas/{name}"))
}

#[track_caller]
pub(crate) fn assert_valid(validator: &Validator, json: &Value, what: &str) {
    let complaints: Vec<String> =
        validator.iter_errors(json).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(complaints.is_empty(), "{what}: {json}\n{}", complaints.join("\n"));
}

/// The operations by name, each with its schema, in the document's order.
pub(crate) fn operations() -> Vec<(String, Value)> {
    let listed = part("/components/schemas/Operation/oneOf");
    let schema = |reference: &Value| {
        let pointer = reference["$ref"].as_str().unwrap().trim_start_matches('#');
        (pointer.rsplit('/').next().unwrap().to_owned(), part(pointer))
    };
    listed.as_array().unwrap().iter().map(schema).collect()
}

/// Every example of every operation, with its operation's name.
pub(crate) fn examples() -> Vec<(String, Value)> {
    let of = |(name, schema): (String, Value)| {
        let examples = schema["examples"].as_array().cloned().unwrap_or_default();
        assert!(!examples.is_empty(), "`{name}` has no example");
        examples.into_iter().map(move |example| (name.clone(), example))
    };
    operations().into_iter().flat_map(of).collect()
}
