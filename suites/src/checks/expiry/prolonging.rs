//! Whether use prolongs a session, where the backend says so or says not.

use sessionspec_reference::description::ExpiryClaim;

use super::{Kind, kinds};
use crate::checks::{Check, Plan, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::Forgery;
use crate::script::ops::{get, items};
use crate::survey::Survey;

pub(super) const AS_DECLARED: Check = Check {
    id: "expiry/as-declared",
    level: Level::Hardened,
    clause: "expiry.use",
    promise: "A request that only reads prolongs a permanent session if expiry is declared sliding, and not if absolute.",
    source: "CONTRACT.md, expiry.use; OWASP, idle and absolute timeouts of sessions",
    needs: &["expiry/gone", "expiry/permanent-stays"],
    test: Test::Scenarios(|survey| {
        let Some(claim) = survey.description.declares.expiry else {
            return Plan::NotApplicable("whether reading prolongs a session is not declared".to_owned());
        };
        match telling_kind(survey) {
            Ok(kind) => Plan::Do(vec![as_declared(&kind, claim, survey)]),
            Err(because) => Plan::NotApplicable(because),
        }
    }),
};

/// A session that is read at half of its time, and looked for when it would be over if that had not happened: at that
/// moment, one that was prolonged has to be there still.
fn as_declared(kind: &Kind, claim: ExpiryClaim, survey: &Survey) -> Scenario {
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
        ExpiryClaim::Sliding => begin("not-prolonged", "there")
            .wait(half)
            .cycle("ann", [get("colour").is("red").only_if(alive(1))]),
        // Whoever keeps a cookie for good is told nothing by its end.
        ExpiryClaim::Absolute => begin("prolonged", "gone")
            .forge("ann", "keeper", Forgery::Replayed)
            .wait(half)
            .cycle("keeper", [items().are([], survey)]),
    }
}

/// A kind of session that use may prolong, and whose lifetime is long enough for that to be told from its grace.
fn telling_kind(survey: &Survey) -> Result<Kind, String> {
    let kinds = kinds(survey)?;
    let has_permanent = survey.permanent.observed().is_some();
    // Where there are permanent sessions, nobody promises anything about the others.
    let mut prolonged = kinds.into_iter().filter(|kind| kind.name != "browser-session" || !has_permanent);
    let Some(kind) = prolonged.next() else {
        return Err("no lifetime of a permanent session can be waited for".to_owned());
    };
    let answers_take = if survey.virtual_time { 0.0 } else { 0.5 };
    if kind.over() / 2.0 + answers_take >= kind.alive() {
        let (lifetime, grace) = (kind.lifetime, kind.grace);
        return Err(format!("a lifetime of {lifetime} s is too short to tell, with a grace of {grace} s"));
    }
    Ok(kind)
}
