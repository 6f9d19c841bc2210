//! The ids of expired sessions: they are as unknown as those that the server never gave.

use super::for_each_kind;
use crate::checks::{Check, Plan, Test};
use crate::level::Level;
use crate::script::Forgery;
use crate::script::ops::{get, items, set};
use crate::survey::Store;

pub(super) const NEVER_ADOPTED: Check = Check {
    id: "expiry/id-never-adopted",
    level: Level::Hardened,
    clause: "expiry.id",
    promise: "The id of an expired session is never taken for the id of another session.",
    source: "OWASP, session fixation; stores that keep the row of a session and only empty it",
    needs: &[
        "expiry/gone",
        "expiry/not-revived",
        "identity/unknown-never-adopted",
        "identity/stale-never-adopted",
    ],
    test: Test::Scenarios(|survey| {
        if survey.store != Store::Server {
            return Plan::NotApplicable("no id of a record on the server is in the cookie".to_owned());
        }
        for_each_kind(survey, |kind| {
            // The owner comes back late, and a thief has the same old cookie.
            let begin = |reason: &str| {
                kind.begin(reason)
                    .forge("ann", "late", Forgery::Replayed)
                    .forge("ann", "thief", Forgery::Replayed)
                    .wait(kind.over())
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
