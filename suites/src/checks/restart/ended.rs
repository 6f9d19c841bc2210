//! What was ended before a restart stays ended.

use super::{ENDINGS, SERVED, begun};
use crate::checks::lifetimes::each_kind;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::level::Level;
use crate::script::ops::{clear, destroy, items};
use crate::script::{Ending, Forgery, Operation};

pub(super) const STAYS: Check = Check {
    id: "restart/ended-stays-ended",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "restart.ended",
    promise: "A session that was ended before a restart, or an id that was rotated away, opens nothing afterwards.",
    source: "journals and copies from which a process restores what was deleted; lists of the dead in its memory",
    applies: &[
        Requirement::RealSessions,
        Requirement::Restarts,
        Requirement::ServerStore,
        Requirement::EndedIds,
    ],
    relies: &[SERVED],
    test: Test::Scenarios(|survey| {
        let thief = || [items().are([], survey)];
        let logout = if survey.supports("destroy") { destroy() } else { clear() };
        let can_end = survey.supports("destroy") || survey.emptied == crate::survey::Emptied::Removed;
        let destroyed = ENDINGS.into_iter().filter(|_| can_end).map(|(by, name)| {
            begun(&format!("alive-after-a-{name}"))
                .copy_cookies("ann", "thief")
                .cycle("ann", [logout.clone().is_done()])
                .restart(by)
                .cycle("thief", thief())
                .relies_on(Fact::of("identity/destroy-removes", "alone"))
        });
        let rotated = survey.supports("regenerate").then(|| {
            begun("rotated-id-alive")
                .copy_cookies("ann", "thief")
                .cycle("ann", [Operation::Regenerate.is_done()])
                .restart(Ending::Kill)
                .cycle("thief", thief())
                .relies_on(Fact::of("identity/rotation-ends-the-old-id", "alone"))
        });
        destroyed.chain(rotated).collect()
    }),
};

pub(super) const EXPIRED: Check = Check {
    id: "restart/expiry-holds",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "restart.ended",
    promise: "A session that was begun before a restart ends when its lifetime is over.",
    source: "ends that are in the memory of the process, and not in the store",
    applies: &[Requirement::RealSessions, Requirement::Restarts, Requirement::Lifetimes],
    relies: &[SERVED],
    test: Test::Scenarios(|survey| {
        each_kind(survey, |kind| {
            let over = kind
                .begin("still-there")
                .forge("ann", "keeper", Forgery::Replayed)
                .restart(Ending::Kill)
                .wait(kind.over())
                .cycle("keeper", [items().are([], survey)])
                .relies_on(kind.ends());
            vec![over]
        })
    }),
};
