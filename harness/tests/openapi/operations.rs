//! The operations are defined once, in `suites/src/script/operation.rs`: PROTOCOL.md and openapi.json list the same ones,
//! in the same order, with the same fields. Where they do not, the message says which line to change.

use serde_json::json;
use sessionspec::engine::script::OperationKind;

use crate::document::{OPENAPI, operations, part};
use crate::prose::{PROTOCOL, table, words};

const DEFINITION: &str = "suites/src/script/operation.rs";

/// The fields that a probe is sent. A script names the gate of a `hold`; a probe gets the URL of that gate.
fn fields(kind: OperationKind) -> Vec<&'static str> {
    kind.fields().iter().map(|field| if *field == "gate" { "url" } else { *field }).collect()
}

/// Where an operation is written, and with which fields.
struct Written {
    line: usize,
    name: String,
    fields: Vec<String>,
}

/// What has to be changed in this file so that it lists the operations of the definition.
fn changes(file: &str, written: &[Written]) -> Vec<String> {
    let mut changes = Vec::new();
    let mut last_line = written.first().map_or(0, |first| first.line);
    for kind in OperationKind::ALL {
        let fields = fields(kind);
        match written.iter().find(|written| written.name == kind.as_str()) {
            None => changes.push(format!(
                "{file}:{last_line}: add `{kind}` with the fields {fields:?} after this line; {DEFINITION} has it"
            )),
            Some(written) => {
                last_line = written.line;
                if written.fields != fields {
                    changes.push(format!(
                        "{file}:{last_line}: `{kind}` has the fields {:?} here, and {fields:?} in {DEFINITION}",
                        written.fields
                    ));
                }
            }
        }
    }
    for Written { line, name, .. } in written {
        if OperationKind::named(name).is_none() {
            changes.push(format!("{file}:{line}: remove `{name}`; {DEFINITION} has no such operation"));
        }
    }
    let names: Vec<&str> = written.iter().map(|written| written.name.as_str()).collect();
    if changes.is_empty() && names != OperationKind::ALL.map(OperationKind::as_str) {
        let line = written.first().map_or(0, |first| first.line);
        changes
            .push(format!("{file}:{line}: the operations stand in another order in {DEFINITION}: {names:?}"));
    }
    changes
}

#[track_caller]
fn assert_none(changes: &[String]) {
    assert!(changes.is_empty(), "\n{}", changes.join("\n"));
}

#[test]
fn the_table_of_the_protocol_lists_the_operations() {
    let rows = table("## Operations").into_iter().flat_map(|row| {
        let operations: Vec<Written> = row.cells[0]
            .split(" · ")
            .map(|operation| {
                let mut words = words(operation).into_iter();
                Written { line: row.line, name: words.next().unwrap_or_default(), fields: words.collect() }
            })
            .collect();
        operations
    });
    assert_none(&changes("harness/PROTOCOL.md", &rows.collect::<Vec<_>>()));
}

#[test]
fn the_schemas_are_those_of_the_operations() {
    let described: Vec<Written> = operations()
        .into_iter()
        .map(|(name, schema)| {
            let line = line_of(&format!("      \"{name}\": {{"));
            let properties = schema["properties"].as_object().unwrap();
            assert_eq!(
                schema["properties"]["op"],
                json!({"const": name}),
                "harness/openapi.json:{line}: `op` is the name"
            );
            let is_spelled = OperationKind::named(&name).is_some_and(OperationKind::is_on_items);
            assert_eq!(
                properties.contains_key("spelling"),
                is_spelled,
                "harness/openapi.json:{line}: operations on items have a `spelling`, and no others"
            );
            let required: Vec<String> = serde_json::from_value(schema["required"].clone()).unwrap();
            assert!(
                required.len() + usize::from(is_spelled) == properties.len()
                    && required.iter().all(|field| properties.contains_key(field)),
                "harness/openapi.json:{line}: `required` and `properties` of `{name}` differ"
            );
            Written { line, fields: required.into_iter().filter(|field| field != "op").collect(), name }
        })
        .collect();
    assert_none(&changes("harness/openapi.json", &described));
    assert_eq!(part("/components/schemas/Operation/discriminator"), json!({"propertyName": "op"}));
}

#[test]
fn the_names_of_operations_are_listed() {
    let line = line_of("      \"OperationName\": {");
    let names = OperationKind::ALL.map(OperationKind::as_str);
    assert_eq!(
        part("/components/schemas/OperationName/enum"),
        json!(names),
        "harness/openapi.json:{line}: {DEFINITION} has the names on the right"
    );
}

/// The line of openapi.json that begins so.
fn line_of(beginning: &str) -> usize {
    OPENAPI.lines().position(|line| line.starts_with(beginning)).map_or(0, |index| index + 1)
}

#[test]
fn a_difference_is_told_with_its_line_and_with_what_to_do() {
    let mut written: Vec<Written> = OperationKind::ALL
        .into_iter()
        .zip(100..)
        .map(|(kind, line)| Written {
            line,
            name: kind.to_string(),
            fields: fields(kind).into_iter().map(str::to_owned).collect(),
        })
        .collect();
    assert_none(&changes("a.md", &written));
    written.swap(2, 3);
    assert!(changes("a.md", &written)[0].contains("another order"));
    written.swap(2, 3);
    written[0].fields.clear();
    written.remove(1);
    written.push(Written { line: 200, name: "launch".to_owned(), fields: Vec::new() });
    assert_eq!(
        changes("a.md", &written),
        [
            format!("a.md:100: `get` has the fields [] here, and [\"key\"] in {DEFINITION}"),
            format!(
                "a.md:100: add `contains` with the fields [\"key\"] after this line; {DEFINITION} has it"
            ),
            format!("a.md:200: remove `launch`; {DEFINITION} has no such operation"),
        ]
    );
}

#[test]
fn the_protocol_is_read_with_the_numbers_of_its_lines() {
    let rows = table("## Operations");
    let first = PROTOCOL.lines().nth(rows[0].line - 1).unwrap();
    assert!(first.starts_with("| `get` `key` |"), "{first}");
}
