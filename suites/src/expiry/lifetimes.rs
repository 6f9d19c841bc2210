//! Lifetimes of single sessions: short, past, and very long ones.

use super::{GRACE, LONGEST_WAIT, SHORT, has_own_lifetimes};
use crate::check::{Check, Level, Plan, Test};
use crate::condition::Condition;
use crate::scenario::Scenario;
use crate::script::ops::{get, items, set};
use crate::script::{Forgery, Operation};
use crate::survey::Survey;

const DAY: f64 = 24.0 * 60.0 * 60.0;

pub(super) const OWN: Check = Check {
    id: "expiry/own-lifetime",
    level: Level::Hardened,
    clause: "expiry.own",
    promise: "A lifetime that was set for one session ends that session, also where it is less than a second.",
    source: "CONTRACT.md, expiry.own; lifetimes that were rounded down to 0, which meant never",
    needs: &["expiry/gone"],
    test: Test::Scenarios(|survey| {
        for_own_lifetimes(survey, |grace| {
            [("short", SHORT), ("half-a-second", 0.5)]
                .map(|(reason, seconds)| ending(survey, reason, seconds, seconds + grace))
                .into()
        })
    }),
};

pub(super) const PAST: Check = Check {
    id: "expiry/past-lifetime",
    level: Level::Hardened,
    clause: "expiry.own",
    promise: "A lifetime of zero, or one that is over already, ends the session or is refused: it is never for ever.",
    source: "CONTRACT.md, expiry.own; stores to which an expiry in the past meant none",
    needs: &["expiry/gone"],
    test: Test::Scenarios(|survey| {
        for_own_lifetimes(survey, |grace| {
            [("zero", 0.0), ("negative", -60.0)]
                .map(|(reason, seconds)| ending(survey, reason, seconds, grace))
                .into()
        })
    }),
};

pub(super) const LONG: Check = Check {
    id: "expiry/long-lifetime",
    level: Level::Hardened,
    clause: "expiry.own",
    promise: "A lifetime of more than thirty days is one, or is refused.",
    source: "memcached takes more than thirty days for a date in 1970; 2^31 milliseconds are 24.8 days",
    needs: &["expiry/not-early"],
    test: Test::Scenarios(|survey| {
        for_own_lifetimes(survey, |_| {
            let of_days = |reason: &str, days: f64| {
                let seconds = days * DAY;
                let waited = if survey.virtual_time { seconds * 0.9 } else { 0.0 };
                limited(reason, seconds)
                    .wait(waited)
                    .cycle("keeper", [get("colour").is("red").only_if(Condition::DoneIn(1))])
            };
            vec![of_days("31-days", 31.0), of_days("400-days", 400.0)]
        })
    }),
};

/// A session that has to be over after this time, if its lifetime was accepted.
fn ending(survey: &Survey, reason: &str, seconds: f64, after: f64) -> Scenario {
    limited(reason, seconds)
        .wait(after)
        .cycle("keeper", [items().are([], survey).only_if(Condition::DoneIn(1))])
}

/// A session whose lifetime is set, together with an item, by its second request.
fn limited(reason: &str, seconds: f64) -> Scenario {
    Scenario::new(reason)
        .cycle("ann", [set("colour", "red").is_done()])
        .forge("ann", "keeper", Forgery::Replayed)
        .cycle("ann", [Operation::SetLifetime { seconds }.unjudged(), set("colour", "red").unjudged()])
        .may_be_refused()
        .forge("ann", "keeper", Forgery::Replayed)
}

fn for_own_lifetimes(survey: &Survey, scenarios: impl Fn(f64) -> Vec<Scenario>) -> Plan<Vec<Scenario>> {
    if survey.null {
        return Plan::NotApplicable("this backend opens only null sessions".to_owned());
    }
    if !has_own_lifetimes(survey) {
        return Plan::NotApplicable("this backend has no `set_lifetime`".to_owned());
    }
    let grace = survey.description.lifetime_grace_seconds.unwrap_or(GRACE);
    if !survey.virtual_time && grace > LONGEST_WAIT {
        return Plan::NotApplicable(format!("a grace of {grace} s is too long to wait for"));
    }
    Plan::Do(scenarios(grace))
}
