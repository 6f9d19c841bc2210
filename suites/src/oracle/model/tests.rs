//! The model has doubts where good backends differ, and nowhere else.

use std::time::Duration;

use serde_json::json;
use sessionspec_reference::Memory;

use super::Model;
use crate::backend::in_process;
use crate::oracle::DeadSessions;
use crate::script::Operation;
use crate::script::ops::{
    clear, destroy, get, items, permanent, pop, set, set_in, set_modified, set_permanent,
};
use crate::survey::{Attribute, Emptied, Nested, Permanent, Store, Survey};

async fn surveyed() -> Survey {
    Survey::of(in_process(Memory::default()), Duration::from_secs(10)).await.unwrap()
}

/// Plays one cycle; for each operation, whether its answer is certain.
fn cycle<const N: usize>(model: &mut Model<'_>, browser: &str, ops: [Operation; N]) -> [bool; N] {
    model.open(browser);
    let certain = ops.map(|op| model.perform(browser, &op));
    model.save(browser, false);
    certain
}

fn nested_change() -> Operation {
    set_in(["cart".into(), "n".into()], 2)
}

#[tokio::test]
async fn an_untold_nested_change_is_in_doubt_once_the_cycle_is_over() {
    let survey = surveyed().await;
    assert_eq!(survey.nested, Nested::Untracked);
    let mut model = Model::new(&survey, DeadSessions::Avoided);
    cycle(&mut model, "ann", [set("cart", json!({"n": 1})), set("b", 1)]);
    assert_eq!(cycle(&mut model, "ann", [nested_change(), get("cart")]), [true, true]);
    assert_eq!(
        cycle(&mut model, "ann", [get("cart"), get("b"), pop("cart"), get("cart")]),
        [false, true, false, true]
    );
}

#[tokio::test]
async fn a_nested_change_that_the_session_was_told_of_is_certain() {
    let survey = surveyed().await;
    let mut model = Model::new(&survey, DeadSessions::Avoided);
    cycle(&mut model, "ann", [set("cart", json!({"n": 1}))]);
    cycle(&mut model, "ann", [nested_change(), set_modified()]);
    assert_eq!(cycle(&mut model, "ann", [get("cart")]), [true]);
    assert_eq!(model.items("ann").unwrap()["cart"], json!({"n": 2}));
}

#[tokio::test]
async fn what_is_written_back_is_certain_until_permanent_is_set() {
    let survey = Survey { nested: Nested::WrittenBack, ..surveyed().await };
    let mut model = Model::new(&survey, DeadSessions::Avoided);
    cycle(&mut model, "ann", [set("cart", json!({"n": 1})), nested_change()]);
    assert_eq!(cycle(&mut model, "ann", [get("cart"), set_permanent(false), nested_change()]), [true; 3]);
    assert_eq!(cycle(&mut model, "ann", [get("cart")]), [false]);
}

#[tokio::test]
async fn permanent_of_an_emptied_session_is_in_doubt_until_it_is_set() {
    let survey = surveyed().await;
    let mut model = Model::new(&survey, DeadSessions::Avoided);
    cycle(&mut model, "ann", [set("a", 1), set_permanent(true)]);
    assert_eq!(cycle(&mut model, "ann", [permanent(), pop("a"), permanent()]), [true; 3]);
    assert_eq!(
        cycle(&mut model, "ann", [permanent(), set_permanent(true), permanent()]),
        [false, true, true]
    );
}

#[tokio::test]
async fn clear_resets_permanent_for_certain_only_in_the_data() {
    let beside = Attribute::Observed(Permanent::Attribute);
    for (survey, certain) in
        [(surveyed().await, true), (Survey { permanent: beside, ..surveyed().await }, false)]
    {
        let mut model = Model::new(&survey, DeadSessions::Avoided);
        let answers = cycle(&mut model, "ann", [set_permanent(true), clear(), permanent()]);
        assert_eq!(answers, [true, true, certain]);
    }
}

#[tokio::test]
async fn after_destroy_the_cycle_is_not_judged_and_the_next_one_is() {
    let survey = surveyed().await;
    let mut model = Model::new(&survey, DeadSessions::Avoided);
    cycle(&mut model, "ann", [set("a", 1)]);
    assert_eq!(cycle(&mut model, "ann", [destroy(), get("a")]), [true, false]);
    assert_eq!(cycle(&mut model, "ann", [items()]), [true]);
    assert_eq!(cycle(&mut model, "ann", [destroy(), set("a", 1)]), [true, false]);
    assert_eq!(cycle(&mut model, "ann", [items()]), [false], "what was written after `destroy` may be kept");
}

/// Ann's session, shared with bob, has ended or may have.
async fn ended(survey: &Survey, dead_sessions: DeadSessions, end: Operation) -> Model<'_> {
    let mut model = Model::new(survey, dead_sessions);
    cycle(&mut model, "ann", [set("a", 1)]);
    model.copy_cookies("ann", "bob");
    assert_eq!(cycle(&mut model, "bob", [set("b", 1)]), [true]);
    assert_eq!(cycle(&mut model, "ann", [get("b"), end]), [true, true], "the session is shared");
    model
}

#[tokio::test]
async fn a_browser_with_the_cookies_of_an_ended_session_is_not_judged() {
    let survey = surveyed().await;
    for end in [clear(), destroy(), Operation::Regenerate] {
        let mut model = ended(&survey, DeadSessions::Avoided, end).await;
        assert!(!model.can_be_judged("bob"));
        assert_eq!(cycle(&mut model, "ann", [items()]), [true], "ann goes on with a session of her own");
        assert_eq!(cycle(&mut model, "bob", [items()]), [false]);
        assert_eq!(cycle(&mut model, "ann", [items()]), [false], "bob may have written to wherever hers is");
    }
}

#[tokio::test]
async fn on_purpose_such_a_browser_gets_a_session_of_its_own() {
    let survey = surveyed().await;
    for end in [clear(), destroy(), Operation::Regenerate] {
        let mut model = ended(&survey, DeadSessions::OnPurpose, end).await;
        assert_eq!(cycle(&mut model, "bob", [items(), set("c", 1)]), [true, true]);
        assert_eq!(cycle(&mut model, "ann", [items()]), [true]);
        assert!(!model.items("ann").unwrap().contains_key("c"));
    }
}

#[tokio::test]
async fn where_empty_sessions_are_kept_sharing_one_is_never_certain() {
    let survey = Survey { emptied: Emptied::Kept, ..surveyed().await };
    let mut model = ended(&survey, DeadSessions::OnPurpose, clear()).await;
    assert!(!model.can_be_judged("bob"));
    model.copy_cookies("ann", "cyd");
    assert_eq!(cycle(&mut model, "cyd", [items()]), [false]);
}

#[tokio::test]
async fn sessions_in_cookies_are_not_shared() {
    let survey = Survey { store: Store::Client, ..surveyed().await };
    let mut model = Model::new(&survey, DeadSessions::Avoided);
    cycle(&mut model, "ann", [set("a", 1)]);
    assert!(!model.copy_can_be_judged("ann"));
    model.copy_cookies("ann", "bob");
    assert_eq!(cycle(&mut model, "bob", [items()]), [false]);
}

#[tokio::test]
async fn new_cookies_may_leave_the_other_browser_behind() {
    let survey = surveyed().await;
    let mut model = Model::new(&survey, DeadSessions::Avoided);
    cycle(&mut model, "ann", [set("a", 1)]);
    model.copy_cookies("ann", "bob");
    model.open("ann");
    model.save("ann", true);
    assert_eq!(cycle(&mut model, "bob", [items()]), [false]);
}

#[tokio::test]
async fn destroy_ends_a_session_also_where_empty_ones_are_kept() {
    let survey = Survey { emptied: Emptied::Kept, ..surveyed().await };
    let mut model = ended(&survey, DeadSessions::OnPurpose, destroy()).await;
    assert_eq!(cycle(&mut model, "bob", [items()]), [true]);
}

#[tokio::test]
async fn the_end_of_a_session_is_in_doubt_where_permanent_was_set() {
    let survey = surveyed().await;
    let mut model = Model::new(&survey, DeadSessions::OnPurpose);
    cycle(&mut model, "ann", [set("a", 1), set_permanent(true)]);
    model.copy_cookies("ann", "bob");
    cycle(&mut model, "ann", [pop("a")]);
    assert_eq!(cycle(&mut model, "bob", [items()]), [false], "`permanent` may keep it alive");
}

#[tokio::test]
async fn where_nobody_knows_what_a_cycle_did_its_session_may_go_on() {
    let survey = surveyed().await;
    let mut model = Model::new(&survey, DeadSessions::OnPurpose);
    cycle(&mut model, "ann", [set("a", 1)]);
    model.copy_cookies("ann", "bob");
    assert_eq!(cycle(&mut model, "ann", [Operation::Regenerate, Operation::Raise]), [true, false]);
    assert_eq!(cycle(&mut model, "bob", [items()]), [false]);
}

#[tokio::test]
async fn a_browser_without_a_session_has_none_to_share() {
    let survey = surveyed().await;
    for ops in [vec![items()], vec![set("a", 1), clear()]] {
        let mut model = Model::new(&survey, DeadSessions::OnPurpose);
        for op in ops {
            cycle(&mut model, "ann", [op]);
        }
        assert!(model.copy_can_be_judged("ann"));
        model.copy_cookies("ann", "bob");
        assert_eq!(cycle(&mut model, "bob", [items(), set("b", 1)]), [true, true]);
        assert!(!model.items("ann").unwrap().contains_key("b"));
    }
}

#[tokio::test]
async fn permanent_that_is_not_kept_is_not_judged() {
    for permanent_is in [Attribute::Observed(Permanent::PerResponse), Attribute::Derived, Attribute::Missing]
    {
        let survey = Survey { permanent: permanent_is, ..surveyed().await };
        let mut model = Model::new(&survey, DeadSessions::Avoided);
        assert_eq!(cycle(&mut model, "ann", [permanent(), set_permanent(true), permanent()]), [false; 3]);
    }
}

#[tokio::test]
async fn a_change_inside_of_a_value_in_doubt_is_not_judged() {
    let survey = surveyed().await;
    let mut model = Model::new(&survey, DeadSessions::Avoided);
    cycle(&mut model, "ann", [set("cart", json!({"n": 1}))]);
    assert_eq!(cycle(&mut model, "ann", [nested_change()]), [true]);
    assert_eq!(cycle(&mut model, "ann", [nested_change()]), [false]);

    let survey = Survey { nested: Nested::Copies, ..survey };
    let mut model = Model::new(&survey, DeadSessions::Avoided);
    assert_eq!(cycle(&mut model, "ann", [nested_change()]), [false], "a copy of nothing");
}
