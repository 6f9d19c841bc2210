//! The contract and the checks belong together: every MUST has a check, and every check cites a clause.

use sessionspec::engine::checks::catalogue;
use sessionspec::engine::contract::{clause, clauses};

/// How many clauses may say why they have no check.
const EXCUSED: usize = 5;

#[test]
fn every_must_has_a_check_or_a_reason() {
    let checked = |name: &str| catalogue().iter().any(|check| check.clause == name);
    let excused: Vec<&str> =
        clauses().filter(|(_, text)| text.contains("\nNot checked: ")).map(|(name, _)| name).collect();
    let unchecked: Vec<&str> = clauses()
        .filter(|(name, text)| text.contains("MUST") && !checked(name) && !excused.contains(name))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(unchecked, Vec::<&str>::new(), "these clauses have neither a check nor a reason");
    assert!(excused.len() <= EXCUSED, "too many excuses: {excused:?}");
}

#[test]
fn every_check_cites_a_clause() {
    let lost: Vec<&str> =
        catalogue().iter().filter(|check| clause(check.clause).is_none()).map(|check| check.id).collect();
    assert_eq!(lost, Vec::<&str>::new(), "these checks cite a clause that CONTRACT.md does not have");
}

#[test]
fn ids_are_unique_and_what_checks_rely_on_exists() {
    let mut ids: Vec<&str> = catalogue().iter().map(|check| check.id).collect();
    let relied_on: Vec<&str> =
        catalogue().iter().flat_map(|check| check.relies).map(|fact| fact.check).collect();
    assert!(relied_on.iter().all(|id| ids.contains(id)), "{relied_on:?}");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
