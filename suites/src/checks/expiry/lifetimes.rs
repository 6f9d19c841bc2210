//! Lifetimes of single sessions: short, past, and very long ones.

use crate::checks::lifetimes::{Kind, TIMES, grace, kinds, longer, shorter};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::ops::{delete, get, items, permanent, pop, set, set_permanent, update};
use crate::script::{Forgery, Operation};
use crate::survey::{Attribute, SHORT, Store, Survey};

const DAY: f64 = 24.0 * 60.0 * 60.0;

pub(super) const OWN: Check = Check {
    id: "expiry/own-lifetime",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "expiry.own",
    promise: "A lifetime that was set ends the session, also where it is less than a second.",
    source: "CONTRACT.md, expiry.own; lifetimes that were rounded down to 0, which meant never",
    applies: &[Requirement::RealSessions, Requirement::OtherLifetimes],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let grace = grace(survey);

        let lifetimes = [("short", SHORT), ("half-a-second", 0.5)];
        let ending = lifetimes.map(|(reason, seconds)| ending(survey, reason, seconds, seconds + grace));
        let again = survey.supports("set_lifetime").then(|| {
            let [short, _] = &ending;
            let longer = vec![Operation::SetLifetime { seconds: 10.0 * SHORT }, set("size", "large")];
            let scenario = short.clone().with_cycles_after(0, vec![longer]);
            // A backend may have a longest lifetime.
            Scenario { reason: "set-again".to_owned(), ..scenario }
                .may_be_refused_in(1)
                .relies_on(Fact::of(OWN.id, "short"))
        });
        ending.into_iter().chain(again).collect()
    }),
};

pub(super) const STAYS: Check = Check {
    id: "expiry/own-lifetime-stays",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "expiry.own",
    promise: "A lifetime that was set ends the session also after another write, a read or a rotation.",
    source: "CONTRACT.md, expiry.own; stores that write the default lifetime with every save",
    applies: &[Requirement::RealSessions, Requirement::Has("set_lifetime")],
    relies: &[Fact::of("expiry/own-lifetime", "short")],
    test: Test::Scenarios(|survey| {
        let (seconds, grace) = (shorter(survey), grace(survey));
        let after = |reason: &str, op: Operation| {
            Scenario::new(reason)
                .cycle("ann", [set("colour", "red").is_done()])
                .cycle(
                    "ann",
                    [Operation::SetLifetime { seconds }.unjudged(), set("size", "small").unjudged()],
                )
                .may_be_refused()
                .cycle("ann", [op.unjudged()])
                .forge("ann", "keeper", Forgery::Replayed)
                // A read may prolong a session, by as much as it lives.
                .wait(seconds + grace)
                .cycle("keeper", [items().are([], survey).only_if(Condition::DoneIn(1))])
                .relies_on(Fact::of("expiry/gone", "permanent-still-there"))
                .relies_on(Fact::of("expiry/gone", "permanent-still-there-after-a-read"))
                .relies_on(Fact::of("expiry/gone", "browser-session-still-there"))
                .relies_on(Fact::of("expiry/gone", "browser-session-still-there-after-a-read"))
        };
        let rotated = survey.rotates().then(|| {
            let once = after("after-a-rotation", Operation::Regenerate)
                .relies_on(Fact::of("identity/rotation-keeps-the-data", "alone"))
                .relies_on(Fact::of("expiry/gone", "permanent-still-there-once-rotated"))
                .relies_on(Fact::of("expiry/gone", "browser-session-still-there-once-rotated"));
            let twice = after("after-two-rotations", Operation::Regenerate)
                .with_cycles_after(1, vec![vec![Operation::Regenerate]])
                .relies_on(Fact::of(STAYS.id, "after-a-rotation"));
            [once, twice]
        });
        let rotated = rotated.into_iter().flatten();
        let twice = after("after-two-reads", get("colour"))
            .with_cycles_after(1, vec![vec![get("colour")]])
            .relies_on(Fact::of(STAYS.id, "after-a-read"))
            .relies_on(Fact::of("expiry/gone", "permanent-still-there-after-two-reads"))
            .relies_on(Fact::of("expiry/gone", "browser-session-still-there-after-two-reads"));
        let others =
            [after("after-a-write", set("shape", "round")), after("after-a-read", get("colour")), twice];
        let changes = [
            ("after-a-delete", delete("size")),
            ("after-a-pop", pop("size")),
            ("after-an-update", update([("size", "large".into())])),
        ];
        let changed = changes.into_iter().filter(|(_, change)| survey.supports(change.name())).map(
            |(reason, change)| {
                after(reason, change)
                    .relies_on(Fact::of(STAYS.id, "after-a-write"))
                    .relies_on(Fact::of("expiry/gone", "permanent-still-there-once-popped"))
                    .relies_on(Fact::of("expiry/gone", "browser-session-still-there-once-popped"))
            },
        );
        let unset = unset_afterwards(survey, &after);
        others.into_iter().chain(changed).chain(rotated).chain(unset).collect()
    }),
};

/// A session whose lifetime was set, and that is not permanent, is said not to be: that changes nothing. In some libraries the two
/// are one setting: there a session that was given a lifetime is permanent, and nothing is expected.
fn unset_afterwards(survey: &Survey, after: &dyn Fn(&str, Operation) -> Scenario) -> Option<Scenario> {
    if !matches!(survey.permanent, Attribute::Observed(_)) || survey.permanent_default {
        return None;
    }
    let unset = after("after-permanent-was-unset", set_permanent(false));
    let mut scenario = unset.with_cycles_after(1, vec![vec![permanent()]]);
    let are_two_settings = Condition::FalseIn { cycle: 2, op: 0 };
    if let Some(gone) = scenario.expectations.last_mut() {
        gone.only_if = Some(Condition::All(vec![Condition::DoneIn(1), are_two_settings]));
    }
    Some(
        scenario.relies_on(Fact::of(STAYS.id, "after-a-write")).relies_on(Fact::of(STAYS.id, "after-a-read")),
    )
}

pub(super) const LONGER: Check = Check {
    id: "expiry/longer-lifetime",
    level: Level::Hardened,
    harm: Harm::DataLoss,
    clause: "expiry.own",
    promise: "A lifetime that was set and is longer than the default is one, or is refused.",
    source: "iron-session 516: the cookie lasts as long as was asked for, and what is in it does not",
    applies: &[Requirement::RealSessions, Requirement::Has("set_lifetime"), Requirement::LongerLifetimes],
    relies: &[
        Fact::of("expiry/long-lifetime", "31-days"),
        Fact::of("expiry/permanent-stays", "permanent-after-another-write"),
        Fact::of("cookie/lasts-when-permanent", "from-the-start"),
        Fact::of("cookie/refreshed-with-the-record", "permanent-cookie-over"),
        Fact::of("cookie/refreshed-with-the-record", "browser-session-cookie-over"),
    ],
    test: Test::Scenarios(|survey| {
        let scenarios = longer(survey).unwrap_or_default().into_iter().flat_map(|kind| {
            let ignored = living_longer(&kind, "longer-lifetime-ignored", None);
            let last = ignored.clone().cycle("ann", [get("colour").is("red").only_if(in_time(&kind))]);
            // A lifetime that is shorter than the default, or as long, would not show these.
            let rotation = survey.rotates().then(|| {
                living_longer(&kind, "longer-lifetime-lost-by-a-rotation", Some(Operation::Regenerate))
                    .relies_on(Fact::of("identity/rotation-keeps-the-data", "alone"))
                    .relies_on(Fact::of("expiry/permanent-stays", "permanent-after-a-rotation"))
                    .relies_on(Fact::of(STAYS.id, "after-a-rotation"))
            });
            let write = set("shape", "round");
            let lost = [
                living_longer(&kind, "longer-lifetime-lost-by-a-read", Some(get("colour")))
                    .relies_on(Fact::of(STAYS.id, "after-a-read")),
                living_longer(&kind, "longer-lifetime-lost-by-a-write", Some(write))
                    .relies_on(Fact::of(STAYS.id, "after-a-write")),
            ];
            let lost = lost.into_iter().chain(rotation);
            let lost = lost.map(|scenario| scenario.relies_on(kind.can_live_longer()));
            [last].into_iter().chain(lost).collect::<Vec<_>>()
        });
        scenarios.collect()
    }),
};

/// A session that gets a longer lifetime, and what is done with it afterwards. Its copy is looked at after the end of the
/// default.
fn living_longer(kind: &Kind, reason: &str, afterwards: Option<Operation>) -> Scenario {
    let longer = Operation::SetLifetime { seconds: TIMES * kind.lifetime };
    let scenario = kind
        .begin(reason)
        .cycle("ann", [longer.unjudged(), set("size", "small").unjudged()])
        .may_be_refused();
    let scenario = match afterwards {
        Some(op) => scenario.cycle("ann", [op.unjudged()]),
        None => scenario,
    };
    scenario
        .forge("ann", "keeper", Forgery::Replayed)
        .wait(kind.over() + kind.grace)
        .cycle("keeper", [get("colour").is("red").only_if(in_time(kind))])
}

/// The longer lifetime was accepted, and cannot be over.
fn in_time(kind: &Kind) -> Condition {
    let seconds = TIMES * kind.lifetime - kind.grace;
    Condition::All(vec![Condition::DoneIn(1), Condition::Within { since: 1, seconds }])
}

pub(super) const PAST: Check = Check {
    id: "expiry/past-lifetime",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "expiry.own",
    promise: "A lifetime of zero, or one that is over already, ends the session or is refused: it is never for ever.",
    source: "CONTRACT.md, expiry.own; stores to which an expiry in the past meant none",
    applies: &[Requirement::RealSessions, Requirement::OtherLifetimes],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let grace = grace(survey);

        let lifetimes = [("zero", 0.0), ("negative", -60.0)];
        lifetimes.map(|(reason, seconds)| ending(survey, reason, seconds, grace)).into()
    }),
};

pub(super) const LONG: Check = Check {
    id: "expiry/long-lifetime",
    level: Level::Hardened,
    harm: Harm::DataLoss,
    clause: "expiry.own",
    promise: "A lifetime of more than thirty days is one, or is refused.",
    source: "memcached takes more than thirty days for a date in 1970; 2^31 milliseconds are 24.8 days",
    applies: &[Requirement::RealSessions, Requirement::OtherLifetimes],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let of_days = |reason: &str, days: f64| {
            let seconds = days * DAY;
            let waited = if survey.virtual_time { seconds * 0.9 } else { 0.0 };
            limited(survey, reason, seconds)
                .wait(waited)
                .cycle("keeper", [get("colour").is("red").only_if(Condition::DoneIn(1))])
                .relies_on(Fact::of("expiry/not-early", "permanent-early"))
                .relies_on(Fact::of("expiry/not-early", "browser-session-early"))
        };
        vec![of_days("31-days", 31.0), of_days("400-days", 400.0)]
    }),
};

/// A session that has to be over after this time, if its lifetime was accepted.
fn ending(survey: &Survey, reason: &str, seconds: f64, after: f64) -> Scenario {
    let scenario = limited(survey, reason, seconds)
        .wait(after)
        .cycle("keeper", [items().are([], survey).only_if(Condition::DoneIn(1))]);
    let kinds = kinds(survey).unwrap_or_default();
    kinds.first().map_or(scenario.clone(), |kind| scenario.relies_on(kind.ends()))
}

/// A session that gets this lifetime by its second request. The keeper has its cookie, as long as there is one.
fn limited(survey: &Survey, reason: &str, seconds: f64) -> Scenario {
    if !survey.supports("set_lifetime") {
        return of_all(survey, reason, seconds);
    }
    let scenario = Scenario::new(reason)
        .cycle("ann", [set("colour", "red").is_done()])
        .forge("ann", "keeper", Forgery::Replayed)
        .cycle("ann", [Operation::SetLifetime { seconds }.unjudged(), set("size", "small").unjudged()])
        .may_be_refused();
    with_the_last_cookie(scenario, survey, seconds)
}

/// The keeper takes the cookie that came last. A cookie that ends at once cannot be kept; the one before it names the same record,
/// where there are records.
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
        .cycle("ann", [set_permanent(true).unjudged(), set("size", "small").unjudged()])
        .may_be_refused()
        // Whatever becomes of sessions, who uses none is served.
        .cycle("bob", [])
        .response(ResponseRule::Served);
    with_the_last_cookie(scenario, survey, seconds)
}
