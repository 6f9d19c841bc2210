//! An outage is no logout.

use super::{RECOVERED, begun, outages};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::ops::{get, set};

pub(super) const NO_LOGOUT: Check = Check {
    id: "outage/no-logout",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "outage.kept",
    promise: "A request that comes while the store is out of reach ends no session: afterwards the browser has its data.",
    source: "Django's cache backend, which takes an error for a session that is not there, and removes the cookie",
    applies: &[Requirement::RealSessions, Requirement::StoreOutages, Requirement::ServerStore],
    relies: &[RECOVERED],
    test: Test::Scenarios(|survey| {
        let requests = [("read", get("colour")), ("write", set("size", "small"))];
        let of_each = requests.into_iter().flat_map(|(request, op)| {
            outages(survey).flat_map(move |(fault, when)| {
                let lost = |what: &str| format!("{what}-lost-by-a-{request}{when}");
                let outage = |reason: &str| {
                    begun(reason)
                        .copy_cookies("ann", "keeper")
                        .break_store(fault)
                        .cycle("ann", [op.clone().unjudged()])
                        .mend_store()
                };
                let record = or_only_the_cookie(outage(&lost("data")));
                let plain = match request {
                    "read" => Fact::of("outage/no-logout", "data-lost-by-a-read"),
                    _ => Fact::of("outage/no-logout", "data-lost-by-a-write"),
                };
                let cookie = outage(&lost("cookie")).cycle("ann", [get("colour").is("red")]).relies_on(plain);
                [record, cookie]
            })
        });
        of_each.collect()
    }),
};

/// Where the browser does not find its item any more, whoever has kept its cookie finds it: nothing but the cookie was lost.
/// Where it does, the session may have another id by now.
pub(super) fn or_only_the_cookie(scenario: Scenario) -> Scenario {
    let (looked, kept) = (scenario.script.cycles().count(), get("colour").is("red"));
    scenario
        .cycle("ann", [get("colour").unjudged()])
        .cycle("keeper", [kept.only_if(Condition::AbsentIn { cycle: looked, op: 0 })])
}
