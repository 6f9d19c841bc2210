//! No two nodes give the same id to two sessions.

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{ResponseRule, Scenario};
use crate::level::Level;
use crate::script::ops::{get, set};

/// How many sessions are begun on each node.
const SESSIONS: usize = 8;

pub(super) const UNIQUE: Check = Check {
    id: "nodes/ids-unique",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "nodes.ids",
    promise: "Two sessions that begin on two nodes have different cookies, and each browser finds its own items on both.",
    source: "counters and seeds that every process begins with anew",
    applies: &[Requirement::RealSessions, Requirement::Nodes, Requirement::ServerStore],
    relies: &[
        Fact::of("identity/ids-unique", "shared"),
        Fact::of("nodes/saved-is-seen", "unknown-on-the-other"),
    ],
    test: Test::Scenarios(|_survey| {
        let visitors = || {
            (1..=SESSIONS).flat_map(|number| {
                [1, 2].map(|node| (format!("visitor {number}{}", ["a", "b"][node - 1]), node))
            })
        };
        let begun = visitors().fold(Scenario::new("shared"), |scenario, (browser, node)| {
            scenario.cycle(&browser, [set("name", browser.as_str()).is_done()]).on_node(node)
        });
        let begun = begun.response(ResponseRule::Distinct);
        let looked = visitors().fold(begun, |scenario, (browser, node)| {
            scenario.cycle(&browser, [get("name").is(browser.as_str())]).on_node(3 - node)
        });
        vec![looked.alone_throughout()]
    }),
};
