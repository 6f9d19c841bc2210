//! What a scenario takes for granted: what follows from its script, and what its check says.
//!
//! A scenario relies only on checks that come before its own in the catalogue, so that one defect is named once, and the
//! same verdict comes of a full run and of one that asks for a single check.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::{Check, Fact, position};
use crate::expect::Scenario;
use crate::script::{Cycle, Forgery, Operation, Script, Step};
use sessionspec_reference::PERMANENT_KEY;

use super::looks::{looks_at_nothing_saved, needs_an_empty_session};

/// The check that names which kinds of changes are saved.
const MUTATORS: &str = "minimum/each-mutator-persists";

/// The check that names how many items a session holds.
const VALUES: &str = "minimum/values-survive";

/// The check that names how browsers come into each other's way.
const ISOLATION: &str = "minimum/browsers-isolated";

/// As many items as the scenarios that rely on nothing write.
const FEW_ITEMS: usize = 2;

/// As many items as a scenario writes that does not ask how many there can be.
const SOME_ITEMS: usize = 10;

/// As many browsers as the simplest scenarios of isolation have.
const FEW_BROWSERS: usize = 2;

/// Everything that this scenario of this check takes for granted.
pub(super) fn relied_on(check: &Check, scenario: &Scenario) -> Vec<Fact> {
    let own = position(check.id);
    let explicit = check.relies.iter().chain(&scenario.relies).copied();
    let facts: BTreeSet<Fact> = explicit.chain(implied(scenario)).collect();
    // A scenario may name another one of its own check, so that one defect is not named twice.
    let of_own_check = |fact: &Fact| fact.check == check.id && scenario.relies.contains(fact);
    // What the situation of a variation takes for granted relies on nothing that is crossed with it.
    let taken = scenario.varied.iter().flat_map(|varied| varied.takes.iter().copied());
    let mut facts: Vec<Fact> =
        facts.into_iter().filter(|fact| position(fact.check) < own || of_own_check(fact)).collect();
    facts.extend(taken);
    facts
}

/// What follows from a scenario: sessions begin empty, a change that is the only one of its cycle is saved, a browser has a
/// session of its own, and as many items fit into one.
fn implied(scenario: &Scenario) -> BTreeSet<Fact> {
    let script = &scenario.script;
    let mut facts = BTreeSet::new();
    if needs_an_empty_session(scenario) {
        let reasons = ["not-empty", "not-empty-after-others"];
        facts.extend(reasons.map(|reason| Fact::of("minimum/opens-empty", reason)));
    }
    if !looks_at_nothing_saved(scenario) {
        facts.extend(changes_are_saved(script));
    }
    facts.extend(browsers_are_isolated(script));
    let keys: BTreeSet<&str> = script.cycles().flat_map(|cycle| &cycle.ops).filter_map(key_of).collect();
    if keys.len() > SOME_ITEMS {
        facts.extend([Fact::of(VALUES, "many-items")]);
    } else if keys.len() > FEW_ITEMS {
        facts.extend([Fact::of(VALUES, "three-items")]);
    }
    for op in script.cycles().flat_map(|cycle| &cycle.ops) {
        let Operation::SetPermanent { value } = op else { continue };
        if scenario.looks_at_items() {
            let changes_nothing = if *value { "items-changed-by-true" } else { "items-changed-by-false" };
            facts.insert(Fact::of("minimum/permanent-leaves-items-alone", changes_nothing));
        }
        if *value && script.waits() {
            facts.insert(Fact::of("minimum/permanent-persists", "forgotten"));
            facts.insert(Fact::of("minimum/permanent-persists", "set-by-another-browser"));
        }
    }
    facts
}

/// A change is saved that is the only one of its cycle, by whatever operation, where a later cycle may look for it.
fn changes_are_saved(script: &Script) -> BTreeSet<Fact> {
    let mut facts = BTreeSet::new();
    if script.cycles().count() < 2 {
        return facts;
    }
    // The keys that each browser has written so far. Who gets cookies of another comes to what that one has written.
    let mut written: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for step in &script.steps {
        match step {
            // What the service beside saves is not for this one to say.
            Step::Cycle(cycle) | Step::Start(cycle) if cycle.beside => {}
            Step::Cycle(cycle) | Step::Start(cycle) => {
                let changes = || cycle.ops.iter().filter(changes_items);
                let kinds: BTreeSet<&'static str> = changes().map(Operation::name).collect();
                let before = written.get(cycle.browser.as_str());
                let all_are_there =
                    before.is_some_and(|before| changes().filter_map(key_of).all(|key| before.contains(key)));
                match (before, kinds.into_iter().collect::<Vec<_>>().as_slice()) {
                    (None, ["set"]) => facts.extend([Fact::of(MUTATORS, "set")]),
                    (Some(_), ["set"]) if all_are_there => facts.extend([Fact::of(MUTATORS, "overwrite")]),
                    (Some(_), ["set"]) => facts.extend([Fact::of(MUTATORS, "set-later")]),
                    (Some(_), [lone]) => facts.extend([Fact::of(MUTATORS, lone)]),
                    _ => {}
                }
                if changes().next().is_some() {
                    let keys = written.entry(&cycle.browser).or_default();
                    cycle.ops.iter().for_each(|op| note(keys, op));
                }
            }
            Step::CopyCookies { from, to } | Step::Forge { from, to, forgery: Forgery::Replayed, .. } => {
                let theirs = written.get(from.as_str()).cloned();
                written.extend(theirs.map(|theirs| (to.as_str(), theirs)));
            }
            // It comes with cookies, and may find nothing.
            Step::Forge { to, .. } => drop(written.insert(to, BTreeSet::new())),
            _ => {}
        }
    }
    facts
}

/// Keeps the keys of a session up to date with this operation.
fn note<'a>(keys: &mut BTreeSet<&'a str>, op: &'a Operation) {
    match op {
        Operation::Clear | Operation::Destroy => keys.clear(),
        Operation::Delete { key } | Operation::Pop { key, .. } => drop(keys.remove(key.as_str())),
        _ => keys.extend(key_of(op)),
    }
}

/// Browsers find what is their own, as far as there are several, and as far as they do the same.
fn browsers_are_isolated(script: &Script) -> BTreeSet<Fact> {
    let mut facts = BTreeSet::new();
    let writes = |cycle: &&Cycle| cycle.ops.iter().any(|op| changes_items(&op));
    let writers: BTreeSet<&str> =
        script.cycles().filter(writes).map(|cycle| cycle.browser.as_str()).collect();
    // Who only looks, with cookies that are another's, has no session of its own.
    let is_a_lookout = |browser: &str| {
        let gets = |step: &Step| matches!(step, Step::CopyCookies { to, .. } | Step::Forge { to, .. } if to == browser);
        !writers.contains(browser) && script.steps.iter().any(gets)
    };
    let mut own: BTreeMap<&str, Vec<&Cycle>> = BTreeMap::new();
    for cycle in script.cycles().filter(|cycle| !is_a_lookout(&cycle.browser)) {
        own.entry(&cycle.browser).or_default().push(cycle);
    }
    let browsers: BTreeSet<&str> = script.cycles().map(|cycle| cycle.browser.as_str()).collect();
    if browsers.len() > 1 && !writers.is_empty() {
        facts.insert(Fact::of(ISOLATION, "items-of-another-browser"));
    }
    let touched = |cycles: &Vec<&Cycle>| -> BTreeSet<String> {
        cycles.iter().flat_map(|cycle| &cycle.ops).filter_map(touched_key).map(str::to_owned).collect()
    };
    let begun = |cycles: &Vec<&Cycle>| -> Vec<Operation> {
        let first = cycles.iter().copied().find(writes);
        first.map(|cycle| cycle.ops.iter().filter(changes_items).cloned().collect()).unwrap_or_default()
    };
    let any_two = |alike: &dyn Fn(&Vec<&Cycle>, &Vec<&Cycle>) -> bool| {
        let pairs = own
            .values()
            .enumerate()
            .flat_map(|(at, one)| own.values().skip(at + 1).map(move |other| (one, other)));
        pairs.into_iter().any(|(one, other)| alike(one, other))
    };
    if any_two(&|one, other| !touched(one).is_disjoint(&touched(other))) {
        facts.insert(Fact::of(ISOLATION, "same-key-in-two-browsers"));
    }
    if any_two(&|one, other| !begun(one).is_empty() && begun(one) == begun(other)) {
        facts.insert(Fact::of(ISOLATION, "same-items-in-two-browsers"));
    }
    if writers.len() > FEW_BROWSERS {
        facts.insert(Fact::of(ISOLATION, "forgotten-when-others-come"));
    }
    facts
}

/// The key that an operation reads or writes, where it names one.
fn touched_key(op: &Operation) -> Option<&str> {
    match op {
        Operation::Get { key }
        | Operation::Contains { key }
        | Operation::Delete { key }
        | Operation::Pop { key, .. } => Some(key),
        other => key_of(other),
    }
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
    use crate::checks::catalogue;
    use crate::script::ops::{get, pop, set, set_permanent};

    fn relies(script: &Script, check: &'static str, scenario: &'static str) -> bool {
        let last = script.cycles().last().map(|cycle| cycle.browser.clone()).unwrap_or_default();
        let played = Scenario { script: script.clone(), ..Scenario::default() };
        let played = played.cycle(&last, [get("another").is_absent()]);
        implied(&played).contains(&Fact::of(check, scenario))
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
    fn another_item_is_no_item_that_is_overwritten() {
        let begun = || Script::new().cycle("ann", [set("colour", "red")]);
        let later = begun().cycle("ann", [set("size", "small")]);
        assert!(relies(&later, MUTATORS, "set-later") && !relies(&later, MUTATORS, "overwrite"));
        let again = begun().cycle("ann", [get("colour")]).cycle("ann", [set("colour", "blue")]);
        assert!(relies(&again, MUTATORS, "overwrite") && !relies(&again, MUTATORS, "set-later"));
    }

    #[test]
    fn how_many_items_there_have_to_be() {
        let of = |count: usize| {
            Script::new().cycle("ann", (0..count).map(|number| set(&format!("item_{number}"), "x")))
        };
        let counts =
            |count| ["three-items", "many-items"].map(|scenario| relies(&of(count), VALUES, scenario));
        assert_eq!([2, 3, 10, 11].map(counts), [[false, false], [true, false], [true, false], [false, true]]);
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
        let one = || Script::new().cycle("ann", [set("colour", "red")]).cycle("ann", [get("colour")]);
        let isolated = |script: &Script| {
            ["items-of-another-browser", "same-key-in-two-browsers", "same-items-in-two-browsers"]
                .map(|scenario| relies(script, ISOLATION, scenario))
        };
        assert_eq!(isolated(&one()), [false; 3]);
        let copied = one().copy_cookies("ann", "thief").cycle("thief", [get("colour")]);
        assert_eq!(isolated(&copied), [true, false, false]);
        assert_eq!(isolated(&one().cycle("bob", [set("size", "small")])), [true, false, false]);
        assert_eq!(isolated(&one().cycle("bob", [get("colour")])), [true, true, false]);
        assert_eq!(isolated(&one().cycle("bob", [set("colour", "red")])), [true; 3]);
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
