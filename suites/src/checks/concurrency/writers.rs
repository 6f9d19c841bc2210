//! Two requests that write.

use serde_json::{Value, json};

use super::{GATE, begun, held, races};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Expected, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{clear, get, hold, items, set};
use crate::survey::Survey;

pub(super) const FIRST_REQUESTS: Check = Check {
    id: "concurrency/first-requests",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.whole",
    promise: "Two first requests of a browser that overlap leave it one session, with the items of one or of both.",
    source: "pages that load several parts at once: each of them is a first request",
    applies: &[Requirement::RealSessions, Requirement::Overlap],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let of = |items: &[(&'static str, &'static str)]| outcome(survey, items);
        let race = Scenario::new("neither")
            .cycle("ann", [set("colour", "red").is_done(), hold(GATE).is_done()])
            .cycle("ann", [set("size", "small").is_done()])
            .release(GATE)
            .cycle(
                "ann",
                [items().answers(Expected::AnyOf(vec![
                    of(&[("colour", "red")]),
                    of(&[("size", "small")]),
                    of(&[("colour", "red"), ("size", "small")]),
                ]))],
            );
        races(vec![race])
    }),
};

pub(super) const CLEAR_AGAINST_SET: Check = Check {
    id: "concurrency/clear-against-set",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.whole",
    promise: "A `clear` that overlaps with a write leaves what one of them, or one after the other, would have left.",
    source: "CONTRACT.md, concurrency.whole",
    applies: &[Requirement::RealSessions, Requirement::Has("clear"), Requirement::Overlap],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let of = |items: &[(&'static str, &'static str)]| outcome(survey, items);
        let race = Scenario::new("a-mixture")
            .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
            .cycle("ann", held([set("shape", "round").unjudged()]))
            .cycle("ann", [clear().is_done()])
            .release(GATE)
            .cycle(
                "ann",
                [items().answers(Expected::AnyOf(vec![
                    of(&[]),
                    of(&[("shape", "round")]),
                    of(&[("colour", "red"), ("size", "small"), ("shape", "round")]),
                ]))],
            );
        races(vec![race])
    }),
};

pub(super) const ALL_OR_NOTHING: Check = Check {
    id: "concurrency/all-or-nothing",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.whole",
    promise: "A request that reads while another is writing sees the state before or after it, never a part.",
    source: "sessions that are stored item by item",
    applies: &[Requirement::RealSessions, Requirement::Overlap, Requirement::SavedChangesOnly],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let of = |items: &[(&'static str, &'static str)]| outcome(survey, items);
        let race = Scenario::new("a-part")
            .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
            .cycle(
                "ann",
                [
                    get("colour").unjudged(),
                    set("colour", "blue").is_done(),
                    hold(GATE).is_done(),
                    set("size", "large").is_done(),
                ],
            )
            .cycle(
                "ann",
                [items().answers(Expected::AnyOf(vec![
                    of(&[("colour", "red"), ("size", "small")]),
                    of(&[("colour", "blue"), ("size", "large")]),
                ]))],
            )
            .release(GATE)
            .cycle(
                "ann",
                [items().answers(of(&[("colour", "blue"), ("size", "large")])).only_if(Condition::DoneIn(1))],
            );
        races(vec![race])
    }),
};

pub(super) const LAST_WRITE_IS_KEPT: Check = Check {
    id: "concurrency/last-write-is-kept",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.last",
    promise: "What the request that is saved last has written is there, unless it was told that it is not.",
    source: "CONTRACT.md, concurrency.last; whether the other's items are there, too, is a capability",
    applies: &[Requirement::RealSessions, Requirement::Overlap],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let race = begun("lost")
            .cycle("ann", held([set("size", "small").unjudged()]))
            .cycle("ann", [set("shape", "round").is_done()])
            .release(GATE)
            .cycle("ann", [get("size").is("small").only_if(Condition::DoneIn(1)), get("colour").is("red")]);
        // Whoever comes in between has found what was saved early, and keeps it; whether the end of the first request saves
        // once more is open.
        let early = [get("colour"), set("size", "small"), Operation::Save, hold(GATE)];
        let saved_early = survey.supports("save").then(|| {
            begun("lost-after-an-early-save")
                .cycle("ann", early.map(Operation::unjudged))
                .may_be_refused()
                .cycle("ann", [set("shape", "round").unjudged()])
                .may_be_refused()
                .release(GATE)
                .cycle(
                    "ann",
                    [get("size").is("small").only_if(Condition::DoneIn(1)), get("colour").is("red")],
                )
                .relies_on(Fact::of("minimum/each-mutator-persists", "after-an-early-save"))
                .relies_on(Fact::of(LAST_WRITE_IS_KEPT.id, "lost"))
        });
        races([race].into_iter().chain(saved_early).collect())
    }),
};

pub(super) const SAME_NEW_ITEM: Check = Check {
    id: "concurrency/same-new-item",
    level: Level::Recommended,
    harm: Harm::Availability,
    clause: "save.persists",
    promise: "Where two requests that write the same item at once are both saved, so are two that add the same new one.",
    source: "spring-session 1213: both insert a row, and the second one fails with a violated key",
    applies: &[Requirement::RealSessions, Requirement::Overlap],
    relies: &[],
    test: Test::Scenarios(|_survey| {
        // A backend may refuse the later of two writes; then it refuses bob's, too, and nothing is expected.
        let held_at = |gate| [get("colour"), hold(gate), set("size", "small")].map(Operation::unjudged);
        let race = Scenario::new("the-second-fails")
            .cycle("bob", [set("colour", "red").is_done(), set("size", "large").is_done()])
            .cycle("bob", held_at("another gate"))
            .cycle("bob", [set("size", "medium").is_done()])
            .release("another gate")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", held_at(GATE))
            .response(ResponseRule::Saved)
            .only_if(Condition::DoneIn(1))
            .cycle("ann", [set("size", "medium").is_done()])
            .release(GATE)
            .cycle("ann", [get("colour").is("red")]);
        races(vec![race])
    }),
};

pub(super) const SERIALISED: Check = Check {
    id: "concurrency/serialised",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.serialised",
    promise: "Where the requests of a session are served one after the other, each finds what the one before it left.",
    source: "CONTRACT.md, concurrency.serialised",
    applies: &[Requirement::RealSessions, Requirement::OnePerSession],
    relies: &[],
    test: Test::Scenarios(|_survey| {
        let race = begun("lost")
            .cycle("ann", held([set("size", "small").is_done()]))
            .start("ann", [get("size").is("small"), set("shape", "round").is_done()])
            // Others are served meanwhile: the second request has had its time to arrive when the first is released.
            .cycle("bob", [get("colour").is_absent()])
            .cycle("bob", [get("colour").is_absent()])
            .cycle("bob", [get("colour").is_absent()])
            .release(GATE)
            .cycle("ann", [get("size").is("small"), get("shape").is("round"), get("colour").is("red")]);
        vec![race]
    }),
};

/// Exactly these items.
fn outcome(survey: &Survey, items: &[(&'static str, &'static str)]) -> Expected {
    let items = items.iter().map(|(key, value)| ((*key).to_owned(), json!(value)));
    Expected::Items {
        items: items.collect::<serde_json::Map<String, Value>>(),
        own_keys: survey.own_keys.clone(),
    }
}
