//! When the store can be reached again, the service works again without anybody's help.

use super::{begun, outages};
use crate::checks::{Check, Harm, Requirement, Test};
use crate::level::Level;
use crate::script::ops::{get, set};

pub(super) const USABLE: Check = Check {
    id: "outage/usable-afterwards",
    level: Level::Recommended,
    harm: Harm::Availability,
    clause: "outage.usable",
    promise: "When the store can be reached again, sessions can be used without a restart of the service, with old cookies and without.",
    source: "clients that never connect again; pools that hand out dead connections",
    applies: &[Requirement::RealSessions, Requirement::StoreOutages, Requirement::ServerStore],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let scenarios = outages(survey).map(|(fault, name)| {
            begun(&format!("not-usable{name}"))
                .break_store(fault)
                .cycle("ann", [get("colour").unjudged()])
                .cycle("bob", [set("colour", "blue").unjudged()])
                .mend_store()
                .cycle("ann", [set("size", "small").is_done()])
                .cycle("ann", [get("size").is("small")])
                .cycle("cyd", [set("size", "large").is_done()])
                .cycle("cyd", [get("size").is("large")])
        });
        scenarios.collect()
    }),
};
