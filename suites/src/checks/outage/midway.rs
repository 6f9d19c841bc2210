//! A request that has begun without the store ends with it.

use super::kept::or_only_the_cookie;
use super::{GATE, RECOVERED, begun, down};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::ops::{get, hold, set};

pub(super) const NOTHING_OVERWRITTEN: Check = Check {
    id: "outage/nothing-overwritten",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "outage.kept",
    promise: "A request that could not read its session, and that is saved when the store is there again, takes nothing away.",
    source: "layers that take an error for an empty session, and save that: one request during a restart of Redis is enough",
    applies: &[
        Requirement::RealSessions,
        Requirement::StoreOutages,
        Requirement::ServerStore,
        Requirement::Holds,
    ],
    relies: &[RECOVERED],
    test: Test::Scenarios(|survey| {
        let midway = |reason: &str| -> Scenario {
            begun(reason)
                .copy_cookies("ann", "keeper")
                .break_store(down(survey))
                .cycle(
                    "ann",
                    [get("colour").unjudged(), hold(GATE).unjudged(), set("size", "small").unjudged()],
                )
                .mend_store()
                .release(GATE)
        };
        let record = or_only_the_cookie(midway("data-lost"));
        let cookie = midway("cookie-lost")
            .cycle("ann", [get("colour").is("red")])
            .relies_on(Fact::of("outage/nothing-overwritten", "data-lost"))
            .relies_on(Fact::of("outage/no-logout", "cookie-lost-by-a-write"));
        vec![record, cookie]
    }),
};
