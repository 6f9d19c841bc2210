//! The cookie of one service opens nothing at the other, under whatever name it comes.

use super::APART_FACT;
use crate::checks::{Check, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::ops::{get, set};
use crate::script::{Forgery, Neighbours};

/// The value of the other's cookie, and beside it that cookie as it is.
fn beside_its_own() -> Forgery {
    Forgery::Composed(vec![Forgery::ValuesOfOther, Forgery::Among(Neighbours::OthersFirst)])
}

/// A browser at each service: ann at this one, bob at the other.
fn begun(reason: &str) -> Scenario {
    Scenario::new(reason)
        .cycle("bob", [set("size", "small").unjudged()])
        .beside()
        .cycle("ann", [set("colour", "red").is_done()])
}

pub(super) const OPENS_NOTHING: Check = Check {
    id: "beside/cookie-opens-nothing",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "beside.cookie",
    promise: "The value of the cookie of one service opens nothing at the other under the name of its cookie, and changes nothing.",
    source: "one store or one secret for two applications: signatures and keys that leave out whose cookie it is",
    applies: &[Requirement::RealSessions, Requirement::Cookies, Requirement::Beside],
    relies: &[APART_FACT],
    test: Test::Scenarios(|_survey| {
        // Where the value opens nothing, bob still has his session, so that there was something to open.
        let opened_here = |reason: &str, forgery: Forgery| {
            begun(reason)
                .forge_with("ann", "bob", "thief", forgery)
                .cycle("thief", [get("size").is_absent()])
                .cycle("bob", [get("size").is("small")])
                .beside()
        };
        let opened_there = |reason: &str, forgery: Forgery| {
            begun(reason)
                .forge_with("bob", "ann", "thief", forgery)
                .cycle("thief", [get("colour").is_absent()])
                .beside()
                .cycle("ann", [get("colour").is("red")])
        };
        let written_here = begun("written-from-here")
            .forge_with("ann", "bob", "thief", Forgery::ValuesOfOther)
            .cycle("thief", [set("size", "large").unjudged()])
            .may_be_refused()
            .cycle("bob", [get("size").is("small")])
            .beside();
        let written_there = begun("written-from-the-other")
            .forge_with("bob", "ann", "thief", Forgery::ValuesOfOther)
            .cycle("thief", [set("colour", "blue").unjudged()])
            .beside()
            .may_be_refused()
            .cycle("ann", [get("colour").is("red")]);
        vec![
            opened_here("opens-the-session-of-the-other", Forgery::ValuesOfOther),
            opened_here("opens-it-beside-its-own-cookie", beside_its_own()),
            opened_there("opens-a-session-at-the-other", Forgery::ValuesOfOther),
            opened_there("opens-one-there-beside-its-own-cookie", beside_its_own()),
            written_here,
            written_there,
        ]
    }),
};
