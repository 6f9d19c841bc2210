//! Sessions that a rotation may treat in another way than a small one: large ones, those of many items or of other keys, and those
//! that were rotated before.

use crate::checks::Fact;
use crate::expect::{Condition, ResponseRule, Scenario};
use crate::script::ops::{get, items, set};
use crate::script::{Operation, incompressible};
use crate::survey::Survey;

/// The promises that a single rotation of a small session keeps.
const NEW_ID: Fact = Fact::of("identity/rotation-gives-a-new-id", "alone");
const KEEPS_DATA: Fact = Fact::of("identity/rotation-keeps-the-data", "alone");
const OLD_ID_DIES: Fact = Fact::of("identity/rotation-ends-the-old-id", "alone");

/// How many ids a session gets. That many show how many bits of them are random.
const IDS: usize = 64;

/// One session gets id after id. Whether ids are random at all is what another check asks.
pub(super) fn into_ids_of_its_own() -> Scenario {
    let has_given = || Condition::All((0..IDS).map(Condition::SetCookieIn).collect());
    let begun = Scenario::new("made-from-the-old-one").cycle("ann", [set("colour", "red").is_done()]);
    (1..IDS)
        .fold(begun, |scenario, _| scenario.cycle("ann", [Operation::Regenerate.unjudged()]))
        .response(ResponseRule::Unpredictable)
        .only_if(has_given())
        .response(ResponseRule::DrawnAnew)
        .only_if(has_given())
        .alone_throughout()
        .relies_on(Fact::of("identity/ids-unpredictable", "predictable"))
        .relies_on(NEW_ID)
}

/// How many items are many.
const MANY: usize = 40;

/// The session of an application that keeps a long form in it. What is asked for is what was found there before.
pub(super) fn of_many_items() -> Scenario {
    let keys: Vec<String> = (1..=MANY).map(|number| format!("field{number}")).collect();
    kept("many-items", &keys)
}

/// Keys that a backend may refuse.
pub(super) fn of_keys_beyond_ascii() -> Scenario {
    kept("keys-beyond-ascii", &["gr\u{fc}\u{df}e".to_owned(), "\u{1f422}".to_owned()])
}

/// Keys that a language or a library marks as its own.
pub(super) fn of_keys_with_an_underscore() -> Scenario {
    kept("keys-with-an-underscore", &["_note".to_owned(), "__tab".to_owned()])
}

fn kept(reason: &str, keys: &[String]) -> Scenario {
    let found = |op| Condition::All(vec![Condition::FoundIn { cycle: 1, op }, Condition::DoneIn(2)]);
    let after = keys.iter().enumerate().map(|(op, key)| get(key).is("kept").only_if(found(op)));
    Scenario::new(reason)
        .cycle("ann", keys.iter().map(|key| set(key, "kept").unjudged()))
        .may_be_refused()
        .cycle("ann", keys.iter().map(|key| get(key).unjudged()))
        .may_be_refused()
        .cycle("ann", [Operation::Regenerate.unjudged()])
        .may_be_refused()
        .cycle("ann", after)
        .relies_on(KEEPS_DATA)
}

/// Five logins in a row. Somebody keeps the id before the third of them, and before each one after it.
pub(super) fn often(survey: &Survey) -> Scenario {
    let begun = Scenario::new("third-to-fifth-in-a-row").cycle("ann", [set("colour", "red").is_done()]);
    let rotated = (1..=5).fold(begun, |scenario, number| {
        let rotate = |scenario: Scenario| scenario.cycle("ann", [Operation::Regenerate.is_done()]);
        let thief = format!("thief {number}");
        match number {
            1 | 2 => rotate(scenario),
            _ => rotate(scenario.copy_cookies("ann", &thief)).cycle(&thief, [items().are([], survey)]),
        }
    });
    rotated
        .relies_on(OLD_ID_DIES)
        .relies_on(Fact::of("identity/rotation-ends-the-old-id", "twice-in-a-row"))
        .relies_on(NEW_ID)
        .relies_on(KEEPS_DATA)
}

/// A session that is too large for one page or one cookie may lie elsewhere, or be refused.
pub(super) fn of_a_large_session(survey: &Survey) -> Scenario {
    let parts = ["first", "second", "third", "fourth"];
    let is_rotated = Condition::All(vec![Condition::FoundIn { cycle: 2, op: 0 }, Condition::DoneIn(2)]);
    Scenario::new("of-a-large-session")
        .cycle("ann", [set("colour", "red").is_done()])
        .cycle("ann", parts.map(|part| set(part, incompressible(1_000)).unjudged()))
        .may_be_refused()
        .copy_cookies("ann", "thief")
        .cycle("ann", [get("fourth").unjudged(), Operation::Regenerate.unjudged()])
        .may_be_refused()
        .cycle("thief", [items().are([], survey).only_if(is_rotated)])
        .relies_on(OLD_ID_DIES)
        .relies_on(NEW_ID)
}
