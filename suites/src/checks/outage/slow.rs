//! A store that is slow, or whose answers come in pieces, is a store.

use super::begun;
use crate::checks::{Check, Harm, Requirement, Test};
use crate::level::Level;
use crate::script::StoreFault;
use crate::script::ops::{get, set};

/// The faults under which everything arrives, each with its reason.
const FAULTS: [(StoreFault, &str); 3] = [
    (StoreFault::Slicer { bytes: 7 }, "not-served-in-pieces"),
    (StoreFault::Latency { milliseconds: 50 }, "not-served-slowly"),
    (StoreFault::SlowClose { milliseconds: 50 }, "not-served-before-a-slow-close"),
];

pub(super) const SERVED: Check = Check {
    id: "outage/slow-store-is-used",
    level: Level::Recommended,
    harm: Harm::Correctness,
    clause: "outage.slow",
    promise: "Where the answers of the store come a little later, or in pieces, sessions are served as at any other time.",
    source: "clients that take what comes first for all that comes",
    applies: &[Requirement::RealSessions, Requirement::StoreFaults, Requirement::ServerStore],
    relies: &[],
    test: Test::Scenarios(|_survey| {
        let slow = FAULTS.map(|(fault, reason)| {
            begun(reason)
                .break_store(fault)
                .cycle("ann", [get("colour").is("red"), set("size", "small").is_done()])
                .cycle("ann", [get("size").is("small"), get("colour").is("red")])
                .cycle("bob", [set("colour", "blue").is_done()])
                .mend_store()
                .cycle("bob", [get("colour").is("blue")])
                .cycle("ann", [get("size").is("small"), get("colour").is("red")])
        });
        slow.into()
    }),
};
