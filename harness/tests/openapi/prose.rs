//! PROTOCOL.md and the schemas name the same fields, claims and values. `operations` compares the operations.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::part;

pub(crate) const PROTOCOL: &str = include_str!("../../PROTOCOL.md");

type Names = BTreeSet<String>;

/// One row of a table, and the number of its line in PROTOCOL.md.
pub(crate) struct Row {
    pub(crate) line: usize,
    pub(crate) cells: Vec<&'static str>,
}

/// The rows of the first table after this heading.
pub(crate) fn table(heading: &str) -> Vec<Row> {
    let lines = PROTOCOL.lines().enumerate().skip_while(|(_, line)| *line != heading);
    let rows =
        lines.skip_while(|(_, line)| !line.starts_with('|')).take_while(|(_, line)| line.starts_with('|'));
    rows.skip(2)
        .map(|(index, row)| Row { line: index + 1, cells: row.trim_matches('|').split('|').collect() })
        .collect()
}

/// What is written as code in a cell, but for remarks in parentheses.
pub(crate) fn words(cell: &str) -> Vec<String> {
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
fn fields_of_the_description() {
    let written: Names =
        table("### `GET`: what is this?").iter().flat_map(|row| words(row.cells[0])).collect();
    assert_eq!(written, names(&part("/components/schemas/Description/properties")));
}

#[test]
fn claims_and_their_values() {
    let written: BTreeMap<String, Names> = table("## Claims")
        .iter()
        .map(|row| (words(row.cells[0]).remove(0), words(row.cells[1]).into_iter().collect()))
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
