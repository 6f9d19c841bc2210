//! Ids that the server did not give, or has taken back.

use serde_json::json;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::ops::{
    clear, contains, delete, destroy, get, items, pop, set, set_in, set_permanent, setdefault, update,
};
use crate::script::{Forgery, Operation, Spelling, words};
use crate::survey::{Attribute, Emptied, Survey, Values};

pub(super) const NEVER_ADOPTED: Check = Check {
    id: "identity/unknown-never-adopted",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "identity.unknown",
    promise: "An id that the server never gave opens an empty session, and is never taken for its id.",
    source: "OWASP, session fixation; CVE-2024-38513 (gofiber); PHP without session.use_strict_mode",
    applies: &[Requirement::RealSessions],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let written = adopted_when_written("adopted-when-written", Forgery::Unknown, survey);
        let read_first = forged("adopted-when-read-before", Forgery::Unknown)
            .cycle("victim", [items().are([], survey)])
            .may_be_refused()
            .cycle("victim", [set("colour", "blue").unjudged()])
            .may_be_refused()
            .cycle("attacker", [items().are([], survey)])
            .may_be_refused()
            .cycle("victim", [get("colour").is("blue").only_if(Condition::DoneIn(2))])
            .may_be_refused();
        let others = by_other_changes(survey).into_iter().chain(of_other_forms(survey));
        let others =
            others.map(|scenario| scenario.relies_on(Fact::of(NEVER_ADOPTED.id, "adopted-when-written")));
        [written, read_first].into_iter().chain(others).collect()
    }),
};

/// Each operation that changes a session may have code of its own for one that is not there yet.
fn by_other_changes(survey: &Survey) -> Vec<Scenario> {
    let scenarios = [
        ("update", update([("colour", "blue".into())])),
        ("setdefault", setdefault("colour", "blue")),
        ("set_in", set_in(["basket".into(), "colour".into()], "blue")),
        ("set_permanent", set_permanent(!survey.permanent_default)),
        ("set_lifetime", Operation::SetLifetime { seconds: 600.0 }),
    ];
    let scenarios = scenarios.into_iter().filter(|(name, _)| match *name {
        "set_in" => survey.supports(name) && survey.values == Values::Json,
        "set_permanent" => matches!(survey.permanent, Attribute::Observed(_)),
        _ => survey.supports(name),
    });
    scenarios
        .map(|(name, change)| {
            let reason = format!("adopted-by-{}", name.replace('_', "-"));
            let first = match name {
                // A value has to be there before something inside of it can be changed.
                "set_in" => Some(set("basket", json!({}))),
                "set_lifetime" => Some(set("colour", "blue")),
                _ => None,
            };
            // What holds no items need not be kept: then it is the item that comes next which begins the session.
            forged(&reason, Forgery::Unknown)
                .cycle("victim", first.into_iter().chain([change]).map(Operation::unjudged))
                .may_be_refused()
                .cycle("victim", [set("size", "small").unjudged()])
                .may_be_refused()
                .cycle("attacker", [items().are([], survey)])
                .may_be_refused()
                .cycle("victim", [get("size").is("small").only_if(Condition::DoneIn(2))])
                .may_be_refused()
        })
        .collect()
}

/// Whoever checks the form of an id may take whatever has it for an id, and another form may come by another way.
fn of_other_forms(survey: &Survey) -> Vec<Scenario> {
    let forms = Spelling::FORMS.into_iter().filter(|_| !survey.cookies.is_empty());
    forms
        .map(|form| {
            adopted_when_written(&format!("adopted-as-{}", words(&form)), Forgery::Value(form), survey)
        })
        .collect()
}

/// The attacker and the victim send the same forged cookie.
fn forged(reason: &str, forgery: Forgery) -> Scenario {
    Scenario::new(reason)
        .cycle("ann", [set("colour", "red").is_done()])
        .forge("ann", "victim", forgery.clone())
        .forge("ann", "attacker", forgery)
}

/// The victim writes. Whether a strange cookie may fail the request is what the suite `forgery` asks.
fn adopted_when_written(reason: &str, forgery: Forgery, survey: &Survey) -> Scenario {
    forged(reason, forgery)
        .cycle("victim", [set("colour", "blue").unjudged()])
        .may_be_refused()
        .cycle("attacker", [items().are([], survey)])
        .may_be_refused()
        .cycle("victim", [get("colour").is("blue").only_if(Condition::DoneIn(1))])
        .may_be_refused()
}

pub(super) const STALE_NEVER_ADOPTED: Check = Check {
    id: "identity/stale-never-adopted",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "identity.stale",
    promise: "An id that was destroyed or rotated away is never taken for the id of another session.",
    source: "OWASP, session fixation: an id that is known to others must not come back to life",
    applies: &[Requirement::RealSessions, Requirement::ServerStore, Requirement::EndedIds],
    relies: &[],
    test: Test::Scenarios(stale_never_adopted),
};

fn stale_never_adopted(survey: &Survey) -> Vec<Scenario> {
    let after = |reason: &str, op: Operation| {
        survey.supports(op.name()).then(|| {
            Scenario::new(reason)
                .cycle("ann", [set("colour", "red").is_done()])
                .copy_cookies("ann", "victim")
                .copy_cookies("ann", "attacker")
                .cycle("ann", [op.is_done()])
                .cycle("victim", [set("colour", "blue").is_done()])
                .cycle("attacker", [items().are([], survey)])
                // A dead id may be refused, as an unknown one may. It may not fail the request.
                .cycle("victim", [get("colour").is("blue").only_if(Condition::DoneIn(2))])
        })
    };
    // An emptied session that is kept has kept its id.
    let emptied = (survey.emptied == Emptied::Removed).then(|| after("emptied", clear())).flatten();
    let unknown = || Fact::of("identity/unknown-never-adopted", "adopted-when-written");
    let destroyed = after("destroyed", destroy())
        .map(|scenario| scenario.relies_on(Fact::of("identity/destroy-removes", "alone")));
    let rotated = after("rotated-away", Operation::Regenerate)
        .map(|scenario| scenario.relies_on(Fact::of("identity/rotation-ends-the-old-id", "alone")));
    let scenarios = [destroyed, rotated, emptied].into_iter().flatten();
    scenarios.map(|scenario| scenario.relies_on(unknown())).collect()
}

pub(super) const READERS_STORE_NOTHING: Check = Check {
    id: "identity/readers-store-nothing",
    level: Level::Hardened,
    harm: Harm::Hygiene,
    clause: "identity.readers",
    promise: "A request that only looked at an empty session, or took nothing from it, begins none.",
    source: "OWASP, denial of service by exhaustion: a store must not grow with every visitor",
    applies: &[Requirement::RealSessions],
    relies: &[Fact::of("cookie/none-when-untouched", "for-a-visitor")],
    test: Test::Scenarios(|survey| {
        let by = |op: Operation| {
            Scenario::new(op.name()).cycle("ann", [op.unjudged()]).response(ResponseRule::NoSetCookie)
        };
        let reads = || [get("colour"), contains("colour"), items()];
        let others = Operation::looks().filter(|op| reads().iter().all(|read| read.kind() != op.kind()));
        let others = others
            .filter(|op| survey.supports(op.name()))
            .map(|op| by(op).relies_on(Fact::of(READERS_STORE_NOTHING.id, "get")));
        // Where there was something to remove, as far as the library knows, a removal is none to keep. Whether a `clear` of nothing
        // is to be kept is up to the application where that saves its sessions itself.
        let none_to_keep = |reason: &str, removal: Operation| {
            survey.supports(removal.name()).then(|| {
                Scenario::new(reason)
                    .cycle("ann", [removal.unjudged()])
                    .response(ResponseRule::NoneKept)
                    .relies_on(Fact::of(READERS_STORE_NOTHING.id, "get"))
            })
        };
        let popped = none_to_keep("missing-pop", pop("colour"));
        let deleted = none_to_keep("missing-delete", delete("colour"))
            .map(|scenario| scenario.relies_on(Fact::of(READERS_STORE_NOTHING.id, "missing-pop")));
        let removed = popped.into_iter().chain(deleted);
        let with_an_unknown_id =
            reads().into_iter().zip(["get", "contains", "items"]).map(|(read, plain)| {
                Scenario::new(&format!("unknown-id-{plain}"))
                    .cycle("ann", [set("colour", "red").is_done()])
                    .forge("ann", "late", Forgery::Unknown)
                    .cycle("late", [read.unjudged()])
                    .may_be_refused()
                    .response(ResponseRule::NoneKept)
                    .relies_on(Fact::of(READERS_STORE_NOTHING.id, plain))
                    .relies_on(Fact::of("identity/unknown-never-adopted", "adopted-when-written"))
            });
        reads().into_iter().map(by).chain(others).chain(removed).chain(with_an_unknown_id).collect()
    }),
};
