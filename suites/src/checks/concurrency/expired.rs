//! A session that expires while a request is at work on it.

use super::{GATE, held};
use crate::checks::lifetimes::each_kind;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Condition;
use crate::level::Level;
use crate::script::Forgery;
use crate::script::ops::{get, items};

pub(super) const WHILE_HELD: Check = Check {
    id: "concurrency/expired-while-held",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "concurrency.expired",
    promise: "A session that expires while a request reads it is not brought back when that request ends.",
    source: "CONTRACT.md, concurrency.expired; stores that write without asking whether the record is still there",
    applies: &[Requirement::RealSessions, Requirement::Overlap, Requirement::Lifetimes],
    relies: &[],
    test: Test::Scenarios(|survey| {
        each_kind(survey, |kind| {
            let over = kind.lifetime + kind.grace;
            // A backend may count a session as used for as long as a request is at work on it: then it has not expired. And a
            // request that began in time and writes may prolong it, as every write does.
            let had_expired = Condition::AbsentIn { cycle: 2, op: 0 };
            let by_a_read = kind
                .begin("revived-by-a-read")
                .forge("ann", "early", Forgery::Replayed)
                .forge("ann", "keeper", Forgery::Replayed)
                .cycle("ann", held([get("colour").unjudged()]))
                .may_be_refused()
                .wait(over)
                .cycle("early", [get("colour").unjudged()])
                .release(GATE)
                .cycle("keeper", [items().are([], survey).only_if(had_expired)])
                .relies_on(kind.ends())
                .relies_on(kind.stays_ended())
                .relies_on(kind.is_not_adopted())
                .relies_on(Fact::of("concurrency/read-does-not-resurrect", "resurrected"))
                .relies_on(Fact::of("concurrency/read-does-not-resurrect", "resurrected-when-older"));
            vec![by_a_read]
        })
    }),
};
