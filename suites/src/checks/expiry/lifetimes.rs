//! Lifetimes of single sessions: short, past, and very long ones.

use super::{GRACE, LONGEST_WAIT, SHORT, has_own_lifetimes};
use crate::checks::{Check, Plan, Test};
use crate::expect::{Condition, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::ops::{get, items, set, set_permanent};
use crate::script::{Forgery, Operation};
use crate::survey::{Store, Survey};

const DAY: f64 = 24.0 * 60.0 * 60.0;

pub(super) const OWN: Check = Check {
    id: "expiry/own-lifetime",
    level: Level::Hardened,
    clause: "expiry.own",
    promise: "A lifetime that was set ends the session, also where it is less than a second.",
    source: "CONTRACT.md, expiry.own; lifetimes that were rounded down to 0, which meant never",
    needs: &["expiry/gone"],
    test: Test::Scenarios(|survey| {
        for_lifetimes(survey, |grace| {
            let lifetimes = [("short", SHORT), ("half-a-second", 0.5)];
            lifetimes.map(|(reason, seconds)| ending(survey, reason, seconds, seconds + grace)).into()
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
        for_lifetimes(survey, |grace| {
            let lifetimes = [("zero", 0.0), ("negative", -60.0)];
            lifetimes.map(|(reason, seconds)| ending(survey, reason, seconds, grace)).into()
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
        for_lifetimes(survey, |_| {
            let of_days = |reason: &str, days: f64| {
                let seconds = days * DAY;
                let waited = if survey.virtual_time { seconds * 0.9 } else { 0.0 };
                limited(survey, reason, seconds)
                    .wait(waited)
                    .cycle("keeper", [get("colour").is("red").only_if(Condition::DoneIn(1))])
            };
            vec![of_days("31-days", 31.0), of_days("400-days", 400.0)]
        })
    }),
};

/// A session that has to be over after this time, if its lifetime was accepted.
fn ending(survey: &Survey, reason: &str, seconds: f64, after: f64) -> Scenario {
    limited(survey, reason, seconds)
        .wait(after)
        .cycle("keeper", [items().are([], survey).only_if(Condition::DoneIn(1))])
}

/// A session that gets this lifetime by its second request. The keeper has its cookie, as long as there is one.
fn limited(survey: &Survey, reason: &str, seconds: f64) -> Scenario {
    if !has_own_lifetimes(survey) {
        return of_all(survey, reason, seconds);
    }
    let scenario = Scenario::new(reason)
        .cycle("ann", [set("colour", "red").is_done()])
        .forge("ann", "keeper", Forgery::Replayed)
        .cycle("ann", [Operation::SetLifetime { seconds }.unjudged(), set("colour", "red").unjudged()])
        .may_be_refused();
    with_the_last_cookie(scenario, survey, seconds)
}

/// The keeper takes the cookie that came last. One that is over at once is none that could be kept; where it names a record,
/// it is the same as before.
fn with_the_last_cookie(scenario: Scenario, survey: &Survey, seconds: f64) -> Scenario {
    let is_over_at_once = seconds < 1.0 && survey.store == Store::Server;
    if is_over_at_once { scenario } else { scenario.forge("ann", "keeper", Forgery::Replayed) }
}

/// The same, where all permanent sessions have this lifetime, and this one becomes permanent.
fn of_all(survey: &Survey, reason: &str, seconds: f64) -> Scenario {
    let scenario = Scenario::new(reason)
        .launch(seconds)
        .cycle("ann", [set("colour", "red").is_done(), set_permanent(false).unjudged()])
        .may_be_refused()
        .forge("ann", "keeper", Forgery::Replayed)
        .cycle("ann", [set_permanent(true).unjudged(), set("colour", "red").unjudged()])
        .may_be_refused()
        // Whatever becomes of sessions, who uses none is served.
        .cycle("bob", [])
        .response(ResponseRule::Served);
    with_the_last_cookie(scenario, survey, seconds)
}

fn for_lifetimes(survey: &Survey, scenarios: impl Fn(f64) -> Vec<Scenario>) -> Plan<Vec<Scenario>> {
    if survey.null {
        return Plan::NotApplicable("this backend opens only null sessions".to_owned());
    }
    let others = survey.other_lifetimes && survey.permanent.observed().is_some();
    if !has_own_lifetimes(survey) && !others {
        return Plan::NotApplicable(
            "this backend has no `set_lifetime`, and no command starts it with another lifetime".to_owned(),
        );
    }
    let grace = survey.description.lifetime_grace_seconds.unwrap_or(GRACE);
    if !survey.virtual_time && grace > LONGEST_WAIT {
        return Plan::NotApplicable(format!("a grace of {grace} s is too long to wait for"));
    }
    Plan::Do(scenarios(grace))
}
