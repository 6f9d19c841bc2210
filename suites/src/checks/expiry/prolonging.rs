//! Whether use prolongs a session, where the backend says so or says not.

use crate::checks::lifetimes::{Kind, declared};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::Forgery;
use crate::script::ops::{get, items};
use crate::survey::{Expiry, Survey};

pub(super) const AS_DECLARED: Check = Check {
    id: "expiry/as-declared",
    level: Level::Hardened,
    harm: Harm::Correctness,
    clause: "expiry.use",
    promise: "A request that only reads prolongs a permanent session if expiry is declared sliding, and not if absolute.",
    source: "CONTRACT.md, expiry.use; OWASP, idle and absolute timeouts of sessions",
    applies: &[Requirement::RealSessions, Requirement::DeclaresExpiry],
    relies: &[Fact::of("expiry/permanent-stays", "permanent-after-another-write")],
    test: Test::Scenarios(|survey| {
        let declared = declared(survey).ok();
        declared.iter().map(|(claim, kind)| as_declared(kind, *claim, survey)).collect()
    }),
};

/// A session that is read at half of its time, and looked for when it would be over if that had not happened: at that
/// moment, one that was prolonged has to be there still.
fn as_declared(kind: &Kind, claim: Expiry, survey: &Survey) -> Scenario {
    let half = kind.over() / 2.0;
    let alive = |since: usize| Condition::Within { since, seconds: kind.alive() };
    let begin = |reason: &str, then: &str| {
        kind.begin(reason)
            .held_to(format!(
                "{}: read at {half} s, {then} at {} s; lifetime {} s, give or take {} s",
                claim.as_str(),
                kind.over(),
                kind.lifetime,
                kind.grace
            ))
            .wait(half)
            .cycle("ann", [get("colour").is("red").only_if(alive(0))])
    };
    match claim {
        // Cookie and record: so it is the browser that looks.
        Expiry::Sliding => begin("not-prolonged", "there")
            .wait(half)
            .cycle("ann", [get("colour").is("red").only_if(alive(1))]),
        // Whoever keeps a cookie for good is told nothing by its end. The other rows cannot be claimed.
        Expiry::Absolute | Expiry::Writes | Expiry::Unknown => begin("prolonged", "gone")
            .relies_on(kind.ends())
            .forge("ann", "keeper", Forgery::Replayed)
            .wait(half)
            .cycle("keeper", [items().are([], survey)]),
    }
}
