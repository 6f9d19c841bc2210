//! What a scenario takes for granted: what follows from its script, and what its check says.
//!
//! A scenario relies only on checks that come before its own in the catalogue, so that one defect is named once, and the
//! same verdict comes of a full run and of one that asks for a single check.

use std::collections::BTreeSet;

use crate::checks::{Check, Fact, catalogue};
use crate::expect::Scenario;
use crate::script::{Operation, Script};
use sessionspec_reference::PERMANENT_KEY;

/// The check that names which kinds of changes are saved.
const MUTATORS: &str = "minimum/each-mutator-persists";

/// As many items as the scenarios of [`MUTATORS`] write.
const FEW_ITEMS: usize = 2;

/// As many browsers as the simplest scenarios of isolation have.
const FEW_BROWSERS: usize = 2;

/// Everything that this scenario of this check takes for granted.
pub(super) fn relied_on(check: &Check, scenario: &Scenario) -> Vec<Fact> {
    let position = |id: &str| catalogue().iter().position(|check| check.id == id);
    let own = position(check.id);
    let explicit = check.relies.iter().chain(&scenario.relies).copied();
    let facts: BTreeSet<Fact> = explicit.chain(implied(&scenario.script)).collect();
    facts.into_iter().filter(|fact| position(fact.check) < own).collect()
}

/// What follows from a script: sessions begin empty, a change that is the only one of its cycle is saved, a browser has a
/// session of its own, and as many items fit into one.
fn implied(script: &Script) -> BTreeSet<Fact> {
    let mut facts = BTreeSet::from([
        Fact::of("minimum/opens-empty", "not-empty"),
        Fact::of("minimum/opens-empty", "not-empty-after-others"),
    ]);
    let mut writers: BTreeSet<&str> = BTreeSet::new();
    let mut keys: BTreeSet<&str> = BTreeSet::new();
    let browsers: BTreeSet<&str> = script.cycles().map(|cycle| cycle.browser.as_str()).collect();
    let builds_on_saves = script.cycles().count() > 1;
    for cycle in script.cycles() {
        let kinds: BTreeSet<&'static str> =
            cycle.ops.iter().filter(changes_items).map(Operation::name).collect();
        let is_first = !writers.contains(cycle.browser.as_str());
        match kinds.iter().copied().collect::<Vec<_>>().as_slice() {
            _ if !builds_on_saves => {}
            ["set"] if is_first => facts.extend([Fact::of(MUTATORS, "set")]),
            ["set"] => facts.extend([Fact::of(MUTATORS, "overwrite")]),
            [lone] if !is_first => facts.extend([Fact::of(MUTATORS, lone)]),
            _ => {}
        }
        if !kinds.is_empty() {
            writers.insert(&cycle.browser);
        }
        keys.extend(cycle.ops.iter().filter_map(key_of));
        for op in &cycle.ops {
            let Operation::SetPermanent { value } = op else { continue };
            let changes_nothing = if *value { "items-changed-by-true" } else { "items-changed-by-false" };
            facts.insert(Fact::of("minimum/permanent-leaves-items-alone", changes_nothing));
            if *value && script.waits() {
                facts.insert(Fact::of("minimum/permanent-persists", "forgotten"));
                facts.insert(Fact::of("minimum/permanent-persists", "set-by-another-browser"));
            }
        }
    }
    if keys.len() > FEW_ITEMS {
        facts.insert(Fact::of("minimum/values-survive", "many-items"));
    }
    if browsers.len() > 1 && !writers.is_empty() {
        let isolated = ["items-of-another-browser", "same-key-in-two-browsers", "same-items-in-two-browsers"];
        facts.extend(isolated.map(|scenario| Fact::of("minimum/browsers-isolated", scenario)));
    }
    if writers.len() > FEW_BROWSERS {
        facts.insert(Fact::of("minimum/browsers-isolated", "forgotten-when-others-come"));
    }
    facts
}

/// The key that an operation writes, where it names one.
fn key_of(op: &Operation) -> Option<&str> {
    match op {
        Operation::Set { key, .. } | Operation::Setdefault { key, .. } => Some(key),
        Operation::SetPermanent { .. } => Some(PERMANENT_KEY),
        _ => None,
    }
}

/// Whether an operation changes which items there are, or what they are.
fn changes_items(op: &&Operation) -> bool {
    matches!(
        op,
        Operation::Set { .. }
            | Operation::Delete { .. }
            | Operation::Pop { .. }
            | Operation::Setdefault { .. }
            | Operation::Update { .. }
            | Operation::Clear
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::ops::{get, pop, set, set_permanent};

    fn relies(script: &Script, check: &'static str, scenario: &'static str) -> bool {
        implied(script).contains(&Fact::of(check, scenario))
    }

    #[test]
    fn a_lone_change_has_to_be_saved_and_one_beside_others_is_saved_with_them() {
        let begun = || Script::new().cycle("ann", [set("colour", "red"), set("size", "small")]);
        let alone = begun().cycle("ann", [pop("colour")]).cycle("ann", [get("colour")]);
        assert!(relies(&alone, MUTATORS, "set") && relies(&alone, MUTATORS, "pop"));
        let beside = begun().cycle("ann", [pop("colour"), set("shape", "round")]);
        assert!(!relies(&beside, MUTATORS, "pop"));
    }

    #[test]
    fn a_permanent_session_that_is_waited_for_has_to_stay_permanent() {
        let begun = || Script::new().cycle("ann", [set("colour", "red"), set_permanent(true)]);
        let stays = |script: &Script| relies(script, "minimum/permanent-persists", "forgotten");
        assert!(!stays(&begun().cycle("ann", [get("colour")])));
        assert!(stays(&begun().wait(1.0).cycle("ann", [get("colour")])));
    }

    #[test]
    fn two_browsers_have_sessions_of_their_own() {
        let one = Script::new().cycle("ann", [set("colour", "red")]).cycle("ann", [get("colour")]);
        let isolated =
            |script: &Script| relies(script, "minimum/browsers-isolated", "items-of-another-browser");
        assert!(!isolated(&one));
        assert!(isolated(&one.cycle("bob", [get("colour")])));
    }

    #[test]
    fn what_checks_rely_on_comes_before_them_in_the_catalogue() {
        let catalogue = catalogue();
        for (at, check) in catalogue.iter().enumerate() {
            for fact in check.relies {
                let relied_on = catalogue.iter().position(|other| other.id == fact.check);
                assert!(relied_on.is_some_and(|relied_on| relied_on < at), "{} relies on {fact}", check.id);
            }
        }
    }
}
