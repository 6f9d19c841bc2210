//! PROTOCOL.md and the schemas name the same operations, fields, claims and values.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::{operations, part};

const PROTOCOL: &str = include_str!("../../PROTOCOL.md");

type Names = BTreeSet<String>;

/// The rows of the first table after this heading, as cells.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, section) = PROTOCOL.split_once(&format!("\n{heading}\n")).unwrap();
    let rows =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    rows.skip(2).map(|row| row.trim_matches('|').split('|').collect()).collect()
}

/// What is written as code in a cell, but for remarks in parentheses.
fn words(cell: &str) -> Vec<String> {
    let mut text = String::new();
    let mut depth = 0;
    for character in cell.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            character if depth == 0 => text.push(character),
            _ => {}
        }
    }
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn names(object: &Value) -> Names {
    object.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn operations_and_their_fields() {
    let mut written: BTreeMap<String, Names> = BTreeMap::new();
    for row in table("## Operations") {
        for operation in row[0].split(" · ") {
            let mut words = words(operation).into_iter();
            written.insert(words.next().unwrap(), words.collect());
        }
    }
    let mut described = BTreeMap::new();
    for (name, schema) in operations() {
        let required: Names = serde_json::from_value(schema["required"].clone()).unwrap();
        assert_eq!(names(&schema["properties"]), required, "{name}");
        described.insert(name, required.into_iter().filter(|field| field != "op").collect());
    }
    assert_eq!(written, described);
}

#[test]
fn fields_of_the_description() {
    let written: Names = table("### `GET`: what is this?").iter().flat_map(|row| words(row[0])).collect();
    assert_eq!(written, names(&part("/components/schemas/Description/properties")));
}

#[test]
fn claims_and_their_values() {
    let written: BTreeMap<String, Names> = table("## Claims")
        .iter()
        .map(|row| (words(row[0]).remove(0), words(row[1]).into_iter().collect()))
        .collect();
    let claims = part("/components/schemas/Claims/properties");
    let described: BTreeMap<String, Names> = claims
        .as_object()
        .unwrap()
        .iter()
        .map(|(claim, schema)| (claim.clone(), serde_json::from_value(schema["enum"].clone()).unwrap()))
        .collect();
    assert_eq!(written, described);
}
