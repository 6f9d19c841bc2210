//! A session ends on every node when its time is over, and on none before.

use crate::checks::lifetimes::{Kind, each_kind};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::Forgery;
use crate::script::ops::{get, items};

pub(super) const FOR_ALL: Check = Check {
    id: "nodes/expiry-holds-everywhere",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "nodes.expiry",
    promise: "A session has its lifetime on every node: it is there until then, and gone afterwards.",
    source: "caches of a process that outlive the record; ends that only one process knows",
    applies: &[Requirement::RealSessions, Requirement::Nodes, Requirement::Lifetimes],
    relies: &[Fact::of("nodes/saved-is-seen", "unknown-on-the-other")],
    test: Test::Scenarios(|survey| {
        each_kind(survey, |kind| {
            let begin = |reason: &str| kind.begin(reason).on_node(1);
            let over = |scenario: Scenario, node| {
                scenario
                    .wait(kind.over())
                    .cycle("keeper", [items().are([], survey)])
                    .on_node(node)
                    .relies_on(kind.ends())
            };
            let kept = |scenario: Scenario| scenario.forge("ann", "keeper", Forgery::Replayed);
            let still = over(kept(begin("still-there-on-the-other")), 2);
            // A look may prolong the session, so that the wait begins after it.
            let read = kept(begin("still-there-where-it-was-read"))
                .cycle("ann", [get("colour").unjudged()])
                .on_node(2);
            vec![still, over(read, 2), early(kind, kept(begin("early-on-the-other")))]
        })
    }),
};

/// The share of its lifetime after which a session is looked for.
const SHARE: f64 = 0.6;

/// A session that is looked for on the other node before its end.
fn early(kind: &Kind, begun: Scenario) -> Scenario {
    let alive = kind.alive();
    begun
        .may_look_sooner()
        .wait(alive * SHARE)
        .cycle("keeper", [get("colour").is("red").only_if(Condition::Within { since: 0, seconds: alive })])
        .on_node(2)
}
