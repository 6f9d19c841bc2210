//! The ids of expired sessions: they are as unknown as those that the server never gave.

use crate::checks::lifetimes::each_kind;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::level::Level;
use crate::script::Forgery;
use crate::script::ops::{get, items, set};

pub(super) const NEVER_ADOPTED: Check = Check {
    id: "expiry/id-never-adopted",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "expiry.id",
    promise: "The id of an expired session is never taken for the id of another session.",
    source: "OWASP, session fixation; stores that keep the row of a session and only empty it",
    applies: &[Requirement::RealSessions, Requirement::ServerStore, Requirement::Lifetimes],
    relies: &[],
    test: Test::Scenarios(|survey| {
        each_kind(survey, |kind| {
            // The owner comes back late, and a thief has the same old cookie.
            let begin = |reason: &str| {
                kind.begin(reason)
                    .forge("ann", "late", Forgery::Replayed)
                    .forge("ann", "thief", Forgery::Replayed)
                    .wait(kind.over())
                    .relies_on(kind.ends())
                    .relies_on(kind.stays_ended())
                    .relies_on(Fact::of("identity/unknown-never-adopted", "adopted-when-written"))
                    .relies_on(Fact::of("identity/stale-never-adopted", "destroyed"))
            };
            let written = begin("adopted-when-written")
                .cycle("late", [set("colour", "blue").is_done()])
                .cycle("thief", [items().are([], survey)])
                .cycle("late", [get("colour").is("blue")]);
            let read_first = begin("adopted-when-read-before")
                .cycle("late", [items().are([], survey)])
                .cycle("late", [set("colour", "blue").is_done()])
                .cycle("thief", [items().are([], survey)])
                .cycle("late", [get("colour").is("blue")]);
            vec![written, read_first]
        })
    }),
};
