//! The session as a mapping, and the pair of functions that opens and saves it.

use serde_json::json;
use sessionspec_reference::Map;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Expected, Scenario};
use crate::level::Level;
use crate::script::ops::{clear, contains, delete, get, items, pop, set, setdefault, update};
use crate::script::{Operation, incompressible};
use crate::survey::{OLD, Survey};

pub(super) const OPENS_EMPTY: Check = Check {
    id: "minimum/opens-empty",
    level: Level::Minimum,
    harm: Harm::Security,
    clause: "open.empty",
    promise: "A browser without cookies opens an empty session.",
    source: "Flask 0.8, SessionInterface.open_session",
    applies: &[Requirement::RealSessions],
    relies: &[],
    test: Test::Scenarios(opens_empty),
};

fn opens_empty(survey: &Survey) -> Vec<Scenario> {
    let looks_empty = || {
        let contains = survey.supports("contains").then(|| contains("colour").is(false));
        [items().are([], survey), get("colour").is_absent()].into_iter().chain(contains)
    };
    let at_first = Scenario::new("not-empty").cycle("ann", looks_empty());
    let after_others = Scenario::new("not-empty-after-others")
        .cycle("bob", [set("colour", "red").unjudged()])
        .cycle("ann", looks_empty());
    vec![at_first, after_others]
}

pub(super) const EACH_MUTATOR_PERSISTS: Check = Check {
    id: "minimum/each-mutator-persists",
    level: Level::Minimum,
    harm: Harm::DataLoss,
    clause: "save.each-mutator",
    promise: "Every way to change a session is saved, also as the only change of a cycle.",
    source: "Flask 0.8, SessionMixin.modified; pavex_session lost a lone remove, actix-session an update",
    applies: &[Requirement::RealSessions],
    relies: &[],
    test: Test::Scenarios(each_mutator_persists),
};

fn each_mutator_persists(survey: &Survey) -> Vec<Scenario> {
    let lone = |op: Operation, after: Vec<(&'static str, &'static str)>| {
        let is_removed = !after.iter().any(|(key, _)| *key == "colour");
        let after = after.into_iter().map(|(key, value)| (key, json!(value)));
        survey.supports(op.name()).then(|| {
            let contains = (is_removed && survey.supports("contains")).then(|| contains("colour").is(false));
            Scenario::new(op.name())
                .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
                .cycle("ann", [op.is_done()])
                .cycle("ann", [items().are(after, survey)].into_iter().chain(contains))
        })
    };
    let set_first = Scenario::new("set")
        .cycle("ann", [set("colour", "red").is_done()])
        .cycle("ann", [items().are([("colour", json!("red"))], survey)]);
    let overwrite = Scenario::new("overwrite")
        .cycle("ann", [set("colour", "red").is_done()])
        .cycle("ann", [set("colour", "blue").is_done()])
        .cycle("ann", [items().are([("colour", json!("blue"))], survey)]);
    let set_later = Scenario::new("set-later")
        .cycle("ann", [set("colour", "red").is_done()])
        .cycle("ann", [set("size", "small").is_done()])
        .cycle("ann", [items().are([("colour", json!("red")), ("size", json!("small"))], survey)]);
    let others = [
        lone(delete("colour"), vec![("size", "small")]),
        lone(pop("colour"), vec![("size", "small")]),
        lone(setdefault("shape", "round"), vec![("colour", "red"), ("size", "small"), ("shape", "round")]),
        lone(
            update([("colour", json!("blue")), ("shape", json!("round"))]),
            vec![("colour", "blue"), ("size", "small"), ("shape", "round")],
        ),
        lone(clear(), vec![]),
    ];
    // Some send the cookie of an older session again when it is read, and count the seconds from then on.
    let after_a_read = Scenario::new("set-after-an-older-session-was-read")
        .cycle("ann", [set("colour", "red").is_done()])
        .wait(OLD)
        .cycle("ann", [get("colour").unjudged()])
        .cycle("ann", [set("size", "small").is_done()])
        .cycle("ann", [get("size").is("small")])
        .relies_on(Fact::of(EACH_MUTATOR_PERSISTS.id, "set-later"));
    let older = survey.lives_to_be_old().then_some(after_a_read);
    let many_times = (1..=12).fold(Scenario::new("a-dozen-times"), |counted, times| {
        let before =
            if times == 1 { get("times").is_absent() } else { get("times").is((times - 1).to_string()) };
        counted.cycle("ann", [before, set("times", times.to_string()).is_done()])
    });
    let many_times = many_times
        .cycle("ann", [get("times").is("12")])
        .relies_on(Fact::of(EACH_MUTATOR_PERSISTS.id, "overwrite"));
    let saved_early = survey.supports("save").then(|| {
        let twice = [set("size", "small"), Operation::Save, set("shape", "round")];
        Scenario::new("after-an-early-save")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", twice.map(Operation::unjudged))
            .may_be_refused()
            .cycle("ann", [get("shape").is("round").only_if(Condition::DoneIn(1))])
            .relies_on(Fact::of(EACH_MUTATOR_PERSISTS.id, "set-later"))
    });
    // Two changes of one request that meet in one item.
    let met = |reason: &str, change: Operation, after: Vec<(&'static str, &'static str)>| {
        let after = after.into_iter().map(|(key, value)| (key, json!(value)));
        survey.supports(change.name()).then(|| {
            Scenario::new(reason)
                .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
                .cycle("ann", [change.clone().is_done(), set("colour", "blue").is_done()])
                .cycle("ann", [items().are(after, survey)])
                .relies_on(Fact::of(EACH_MUTATOR_PERSISTS.id, change.name()))
                .relies_on(Fact::of(EACH_MUTATOR_PERSISTS.id, "overwrite"))
        })
    };
    let meeting = [
        met("delete-and-set", delete("colour"), vec![("colour", "blue"), ("size", "small")]),
        met("clear-and-set", clear(), vec![("colour", "blue")]),
    ];
    // A session that keeps the order to delete an item carries it out again with a later request.
    let deleted_once = survey.supports("delete").then(|| {
        let after = || [("colour", json!("blue")), ("size", json!("small"))];
        Scenario::new("set-after-an-earlier-delete")
            .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
            .cycle("ann", [delete("colour").is_done()])
            .cycle("ann", [set("colour", "blue").is_done()])
            .cycle("ann", [items().are(after(), survey)])
            .cycle("ann", [items().are(after(), survey)])
            .relies_on(Fact::of(EACH_MUTATOR_PERSISTS.id, "delete"))
            .relies_on(Fact::of(EACH_MUTATOR_PERSISTS.id, "set-later"))
    });
    // Whoever looks at a change has not taken it back.
    let looked_at = Scenario::new("set-before-a-get")
        .cycle("ann", [set("colour", "red").is_done()])
        .cycle("ann", [set("size", "small").is_done(), get("size").unjudged()])
        .cycle("ann", [get("size").is("small")])
        .relies_on(Fact::of(EACH_MUTATOR_PERSISTS.id, "set-later"));
    let firsts = [set_first, set_later, overwrite, many_times, looked_at]
        .into_iter()
        .chain(saved_early)
        .chain(deleted_once)
        .chain(meeting.into_iter().flatten());
    // A session without items may count as one that nobody changed. And some spellings remove whatever comes last, so that they
    // are asked where there is nothing else.
    let only_item =
        [delete("colour"), pop("colour")].into_iter().filter(|op| survey.supports(op.name())).map(|op| {
            Scenario::new(&format!("{}-the-only-item", op.name()))
                .cycle("ann", [set("colour", "red").is_done()])
                .cycle("ann", [op.clone().is_done()])
                .cycle("ann", [items().are([], survey)])
                .relies_on(Fact::of(EACH_MUTATOR_PERSISTS.id, op.name()))
        });
    firsts.chain(others.into_iter().flatten()).chain(older).chain(only_item).collect()
}

pub(super) const BROWSERS_ISOLATED: Check = Check {
    id: "minimum/browsers-isolated",
    level: Level::Minimum,
    harm: Harm::Security,
    clause: "open.isolated",
    promise: "A browser finds its own items and nobody else's.",
    source: "RFC 6265, section 8.4; Flask 0.8, SessionInterface.open_session",
    applies: &[Requirement::RealSessions],
    relies: &[
        Fact::of("minimum/opens-empty", "not-empty"),
        Fact::of("minimum/opens-empty", "not-empty-after-others"),
    ],
    test: Test::Scenarios(browsers_isolated),
};

fn browsers_isolated(survey: &Survey) -> Vec<Scenario> {
    // What is gone is lost, and is not another's.
    let of = |key: &str, value: &str| {
        let items = |items| Expected::Items { items, own_keys: survey.own_keys.clone() };
        Expected::AnyOf(vec![items(Map::from_iter([(key.to_owned(), json!(value))])), items(Map::new())])
    };
    let both_write = Scenario::new("items-of-another-browser")
        .cycle("ann", [set("colour", "red").is_done()])
        .cycle("bob", [items().are([], survey), set("size", "small").is_done()])
        .cycle("ann", [items().answers(of("colour", "red"))])
        .cycle("bob", [items().answers(of("size", "small"))]);
    let still_there = Scenario::new("own-items-lost")
        .cycle("ann", [set("colour", "red").is_done()])
        .cycle("bob", [set("size", "small").is_done()])
        .cycle("ann", [get("colour").is("red")])
        .cycle("bob", [get("size").is("small")])
        .relies_on(Fact::of(BROWSERS_ISOLATED.id, "items-of-another-browser"));
    let is_there = || Fact::of(BROWSERS_ISOLATED.id, "own-items-lost");
    let same_key = Scenario::new("same-key-in-two-browsers")
        .cycle("ann", [set("colour", "red").is_done()])
        .cycle("bob", [set("colour", "blue").is_done()])
        .cycle("ann", [get("colour").is("red")])
        .cycle("bob", [get("colour").is("blue")])
        .relies_on(is_there());
    let same_items = Scenario::new("same-items-in-two-browsers")
        .cycle("ann", [set("colour", "red").is_done()])
        .cycle("bob", [set("colour", "red").is_done()])
        .cycle("ann", [set("colour", "blue").is_done()])
        .cycle("bob", [get("colour").is("red")])
        .relies_on(is_there());
    let alone = Scenario::new("forgotten-when-others-come").cycle("ann", [set("colour", "red").is_done()]);
    let crowd = (1..=20)
        .fold(alone, |crowd, other| crowd.cycle(&format!("other {other}"), [set("size", "small").is_done()]));
    // Stores that keep the newest sessions alone often keep a round number of them.
    let hundred = (21..=110).fold(crowd.clone(), |crowd, other| {
        crowd.cycle(&format!("other {other}"), [set("size", "small").is_done()])
    });
    let hundred = Scenario { reason: "forgotten-after-a-hundred-others".to_owned(), ..hundred }
        .cycle("ann", [get("colour").is("red")])
        .relies_on(Fact::of(BROWSERS_ISOLATED.id, "forgotten-when-others-come"));
    let crowded_out = crowd.cycle("ann", [get("colour").is("red")]).relies_on(is_there());
    [both_write, still_there, same_key, same_items, crowded_out, hundred]
        .into_iter()
        .chain(visitors(survey))
        .collect()
}

/// Whoever comes without cookies after a request that did more than write, or that failed, finds nothing of it.
fn visitors(survey: &Survey) -> Vec<Scenario> {
    // Of failures, one of each class: the suite `promises` looks after the others.
    let endings = [
        ("a-404", Operation::Respond { status: 404 }),
        ("a-500", Operation::Respond { status: 500 }),
        ("an-exception", Operation::Raise),
        ("a-rotation", Operation::Regenerate),
        ("an-end", Operation::Destroy),
        ("a-clear", Operation::Clear),
        // What is too large for a cookie is refused.
        ("a-refusal", set("ballast", incompressible(6_000))),
    ];
    let after = |(reason, ending): (&str, Operation)| {
        survey.can_end_with(&ending).then(|| {
            Scenario::new(&format!("visitor-after-{reason}"))
                .cycle("ann", [set("colour", "red").unjudged()])
                .cycle("ann", [set("size", "small").unjudged(), ending.clone().unjudged()])
                .may_be_refused()
                .cycle("visitor", [items().are([], survey)])
                .cycle("bob", [set("colour", "blue").unjudged(), ending.unjudged()])
                .may_be_refused()
                .cycle("guest", [items().are([], survey)])
                .relies_on(Fact::of(BROWSERS_ISOLATED.id, "items-of-another-browser"))
        })
    };
    endings.into_iter().filter_map(after).collect()
}
