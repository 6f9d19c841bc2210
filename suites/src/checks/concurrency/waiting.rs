//! Who waits for whom: nobody for other sessions, and nobody for ever.

use super::{GATE, begun, for_held, held};
use crate::checks::{Check, Plan, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{get, set};
use crate::survey::OnError;

/// Those that come while a request of another session is held: enough of them to meet in a table of locks.
const STRANGERS: [&str; 7] = ["bob", "cyd", "dan", "eve", "fay", "gus", "hal"];

pub(super) const STRANGERS_ARE_SERVED: Check = Check {
    id: "concurrency/strangers-are-served",
    level: Level::Recommended,
    clause: "concurrency.strangers",
    promise: "A request does not wait for a request of another session.",
    source: "locks that are chosen by a hash of the id, or by nothing",
    needs: &["minimum/browsers-isolated"],
    test: Test::Scenarios(|survey| {
        for_held(survey, || {
            let begin = |race: Scenario, name: &&str| race.cycle(name, [set("colour", "blue").is_done()]);
            let visit = |race: Scenario, name: &&str| race.cycle(name, [get("colour").is("blue")]);
            let race = STRANGERS.iter().fold(begun("not-served"), begin).cycle("ann", held([]));
            vec![STRANGERS.iter().fold(race, visit).release(GATE).cycle("ann", [get("colour").is("red")])]
        })
    }),
};

pub(super) const FAILED_REQUEST: Check = Check {
    id: "concurrency/failed-request-lets-others-go-on",
    level: Level::Recommended,
    clause: "concurrency.serialised",
    promise: "A request whose handler fails does not keep those waiting that came meanwhile.",
    source: "locks that are released where the session is saved, and nowhere else",
    needs: &["minimum/each-mutator-persists"],
    test: Test::Scenarios(|survey| {
        if survey.on_error == OnError::Unknown {
            return Plan::NotApplicable("this probe cannot raise".to_owned());
        }
        for_held(survey, || {
            let race = begun("not-served")
                .cycle("ann", held([Operation::Raise.unjudged()]))
                .start("ann", [get("colour").unjudged()])
                // Others are served meanwhile: the second request has had its time to arrive when the first is released.
                .cycle("bob", [get("colour").is_absent()])
                .cycle("bob", [get("colour").is_absent()])
                .cycle("bob", [get("colour").is_absent()])
                .release(GATE)
                .cycle("ann", [get("colour").unjudged()]);
            vec![race]
        })
    }),
};
