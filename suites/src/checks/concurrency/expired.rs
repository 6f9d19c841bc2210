//! A session whose time comes while a request is at work on it.

use super::{GATE, held};
use crate::checks::expiry::for_each_kind;
use crate::checks::{Check, Plan, Test};
use crate::expect::Condition;
use crate::level::Level;
use crate::script::Forgery;
use crate::script::ops::{get, items, set};
use crate::survey::AtOnce;

pub(super) const WHILE_HELD: Check = Check {
    id: "concurrency/expired-while-held",
    level: Level::Hardened,
    clause: "concurrency.expired",
    promise: "A session that expires while a request is at work on it is not brought back when that request ends.",
    source: "CONTRACT.md, concurrency.expired; stores that write without asking whether the record is still there",
    needs: &["expiry/gone", "expiry/id-never-adopted", "concurrency/write-does-not-resurrect"],
    test: Test::Scenarios(|survey| {
        if survey.at_once != AtOnce::Many {
            return Plan::NotApplicable("no two requests of a session can be at work at once".to_owned());
        }
        for_each_kind(survey, |kind| {
            let over = kind.lifetime + kind.grace;
            let race = |reason: &str, rest| {
                // A backend may count a session as used for as long as a request is at work on it: then it has not expired.
                let had_expired = Condition::AbsentIn { cycle: 2, op: 0 };
                kind.begin(reason)
                    .forge("ann", "early", Forgery::Replayed)
                    .forge("ann", "keeper", Forgery::Replayed)
                    .cycle("ann", held(rest))
                    .may_be_refused()
                    .wait(over)
                    .cycle("early", [get("colour").unjudged()])
                    .release(GATE)
                    .cycle("keeper", [items().are([], survey).only_if(had_expired)])
            };
            let by_a_read = race("revived-by-a-read", vec![get("colour").unjudged()]);
            let by_a_write = race("revived-by-a-write", vec![set("size", "small").unjudged()]);
            vec![by_a_read, by_a_write]
        })
    }),
};
