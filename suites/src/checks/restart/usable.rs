//! Whoever comes back after a restart is served.

use super::{ENDINGS, begun};
use crate::checks::{Check, Harm, Requirement, Test};
use crate::level::Level;
use crate::script::ops::{get, set};

pub(super) const USABLE: Check = Check {
    id: "restart/usable-afterwards",
    level: Level::Recommended,
    harm: Harm::Availability,
    clause: "restart.usable",
    promise: "After a restart, a browser with a cookie from before has a session that it can use.",
    source: "processes that take a cookie of another one for an attack, or for a mistake",
    applies: &[Requirement::RealSessions, Requirement::Restarts],
    relies: &[],
    test: Test::Scenarios(|_survey| {
        let scenarios = ENDINGS.map(|(by, name)| {
            begun(&format!("not-usable-after-a-{name}"))
                .restart(by)
                .cycle("ann", [set("size", "small").is_done()])
                .cycle("ann", [get("size").is("small")])
        });
        scenarios.into()
    }),
};
