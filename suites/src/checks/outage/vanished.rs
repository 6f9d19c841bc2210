//! An id whose record is gone is an unknown one.

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Condition;
use crate::level::Level;
use crate::script::ops::{get, items, set};

use super::begun;

pub(super) const UNKNOWN: Check = Check {
    id: "outage/vanished-id-is-unknown",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "outage.vanished",
    promise: "An id whose record the store has lost opens an empty session, and is never taken for the id of that session.",
    source: "OWASP, session fixation: an id that is known to others must not come back to life",
    applies: &[
        Requirement::RealSessions,
        Requirement::StoreOutages,
        Requirement::StoreFlush,
        Requirement::ServerStore,
    ],
    relies: &[Fact::of("identity/unknown-never-adopted", "adopted-when-written")],
    test: Test::Scenarios(|survey| {
        // Whoever finds the session all the same, in a cache, has it still.
        let is_gone = || Condition::AbsentIn { cycle: 1, op: 0 };
        let emptied = |reason: &str| {
            begun(reason)
                .copy_cookies("ann", "thief")
                .flush_store()
                .cycle("ann", [get("colour").unjudged(), set("size", "small").unjudged()])
        };
        let adopted = emptied("adopted").cycle("thief", [items().are([], survey).only_if(is_gone())]);
        let usable = begun("not-usable")
            .flush_store()
            .cycle("ann", [get("colour").unjudged()])
            .cycle("ann", [set("size", "small").is_done()])
            .cycle("ann", [get("size").is("small")]);
        vec![adopted.alone_throughout(), usable.alone_throughout()]
    }),
};
