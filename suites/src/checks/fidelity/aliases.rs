//! What was read is no alias of what is stored: a change inside of it stays in its request until that is saved.

use serde_json::json;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{get, hold, set, set_in};
use crate::survey::{AtOnce, Nested, OnError, Survey};

pub(super) const NOT_ALIASED: Check = Check {
    id: "fidelity/not-aliased",
    level: Level::Recommended,
    harm: Harm::Security,
    clause: "fidelity.aliases",
    promise: "A change inside of a value that was read stays in its request until the session is saved.",
    source: "CONTRACT.md, fidelity.aliases; stores in memory that hand out what they hold",
    applies: &[Requirement::RealSessions, Requirement::AnyValues, Requirement::NestedValues],
    relies: &[
        Fact::of("minimum/browsers-isolated", "same-items-in-two-browsers"),
        Fact::of("cookie/only-if-kept", "raised"),
    ],
    test: Test::Scenarios(|survey| {
        let scenarios = [Some(another_browser()), discarded(survey), forgotten(survey)];
        scenarios.into_iter().flatten().collect()
    }),
};

fn has_box(scenario: Scenario, browser: &str) -> Scenario {
    scenario.cycle(browser, [set("box", json!({"n": "old"})).is_done()])
}

fn change() -> Operation {
    set_in(["box".into(), "n".into()], "new")
}

/// Equal values of two sessions are not the same one.
fn another_browser() -> Scenario {
    let both_have_it = has_box(has_box(Scenario::new("seen-by-another"), "ann"), "bob");
    both_have_it
        .cycle("ann", [get("box").is(json!({"n": "old"})), change().is_done()])
        .cycle("bob", [get("box").is(json!({"n": "old"}))])
}

/// Where the changes of a request that raises are discarded, this one is, too.
fn discarded(survey: &Survey) -> Option<Scenario> {
    (survey.on_error == OnError::Discarded).then(|| {
        has_box(Scenario::new("kept-although-discarded"), "ann")
            .cycle("ann", [get("box").unjudged(), change().unjudged(), Operation::Raise.unjudged()])
            .cycle("ann", [get("box").is(json!({"n": "old"}))])
    })
}

/// Where such a change is forgotten, another request of the session never sees it.
fn forgotten(survey: &Survey) -> Option<Scenario> {
    let is_forgotten = matches!(survey.nested, Nested::Untracked | Nested::Copies);
    (is_forgotten && survey.at_once == AtOnce::Many).then(|| {
        has_box(Scenario::new("seen-although-forgotten"), "ann")
            .cycle("ann", [get("box").unjudged(), change().is_done(), hold("gate").is_done()])
            .cycle("ann", [get("box").is(json!({"n": "old"}))])
            .release("gate")
            .cycle("ann", [get("box").is(json!({"n": "old"}))])
    })
}
