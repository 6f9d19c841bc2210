//! What cannot be read opens nobody's session.

use super::{RECOVERED, begun, down, logout};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Expected, Scenario};
use crate::level::Level;
use crate::script::Answer;
use crate::script::ops::{get, items, set};
use crate::survey::{Emptied, Survey};
use sessionspec_reference::{Map, Value};

pub(super) const CLOSED: Check = Check {
    id: "outage/fails-closed",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "outage.closed",
    promise: "While the store is out of reach, a request has its own session or none: no other's, and none that was ended.",
    source: "OWASP, fail securely; caches that are asked only where the store is out of reach",
    applies: &[Requirement::RealSessions, Requirement::StoreOutages, Requirement::ServerStore],
    relies: &[RECOVERED],
    test: Test::Scenarios(|survey| {
        let others = Scenario::new("opens-another-session")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("bob", [set("colour", "blue").is_done()])
            .break_store(down(survey))
            .cycle("ann", [own_or_none("red")])
            .cycle("bob", [own_or_none("blue")])
            .cycle("ann", [own_or_none("red")])
            .cycle("cyd", [items().answers(nothing(survey))])
            .mend_store()
            .cycle("ann", [get("colour").is("red")])
            .cycle("bob", [get("colour").is("blue")])
            .relies_on(Fact::of("outage/no-logout", "cookie-lost-by-a-read"));
        let can_end = survey.supports("destroy") || survey.emptied == Emptied::Removed;
        let ended = can_end.then(|| {
            begun("opens-an-ended-session")
                .copy_cookies("ann", "thief")
                .cycle("ann", [get("colour").unjudged()])
                .cycle("ann", [logout(survey).is_done()])
                .break_store(down(survey))
                .cycle("thief", [items().answers(nothing(survey))])
                .relies_on(Fact::of("identity/destroy-removes", "alone"))
        });
        [others].into_iter().chain(ended).collect()
    }),
};

/// Its own item, or none, or no answer.
fn own_or_none(value: &str) -> crate::expect::Line {
    let own = Expected::Answer(Answer::Ok(Value::from(value)));
    get("colour").answers(Expected::AnyOf(vec![own, Expected::Answer(Answer::Absent), Expected::Refused]))
}

/// No items, or no answer.
fn nothing(survey: &Survey) -> Expected {
    let none = Expected::Items { items: Map::new(), own_keys: survey.own_keys.clone() };
    Expected::AnyOf(vec![none, Expected::Refused])
}
