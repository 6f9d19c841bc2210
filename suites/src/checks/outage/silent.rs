//! A store that says nothing.

use super::{RECOVERED, begun};
use crate::checks::{Check, Harm, Requirement, Test};
use crate::expect::ResponseRule;
use crate::level::Level;
use crate::script::StoreFault;
use crate::script::ops::get;

pub(super) const ENDS: Check = Check {
    id: "outage/silent-store-ends-in-time",
    level: Level::Hardened,
    harm: Harm::Availability,
    clause: "outage.silent",
    promise: "A request that waits for a store which says nothing ends, answered or not, within the time that a request has.",
    source: "clients of stores that have no timeout by default; POSIX sockets, which have none either",
    applies: &[Requirement::RealSessions, Requirement::StoreFaults, Requirement::ServerStore],
    relies: &[RECOVERED],
    test: Test::Scenarios(|_survey| {
        let waited = begun("no-end-in-time")
            .break_store(StoreFault::Timeout)
            .cycle("ann", [get("colour").unjudged()])
            .response(ResponseRule::EndsWithoutStore)
            .mend_store();
        vec![waited]
    }),
};

pub(super) const STRANGERS: Check = Check {
    id: "outage/silent-store-keeps-strangers-served",
    level: Level::Hardened,
    harm: Harm::Availability,
    clause: "outage.silent",
    promise: "While a request waits for a store which says nothing, visitors are served who have no session and use none.",
    source: "one connection, one lock or one thread for everybody",
    applies: &[
        Requirement::RealSessions,
        Requirement::StoreFaults,
        Requirement::ServerStore,
        Requirement::Holds,
    ],
    relies: &[RECOVERED],
    test: Test::Scenarios(|_survey| {
        let waiting = begun("stranger-not-served")
            .break_store(StoreFault::Timeout)
            .start("ann", [get("colour").unjudged()])
            .cycle("bob", [])
            .response(ResponseRule::EndsWithoutStore)
            .response(ResponseRule::Served)
            .mend_store();
        vec![waiting]
    }),
};
