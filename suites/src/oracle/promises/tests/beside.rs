//! What is owed beside the application's own fields, of those who only look, of ends and of ids.

use super::{Played, and, copy, status};
use crate::expect::ResponseRule;
use crate::oracle::promises::{Asked, IDS_OF_ONE_SESSION, SHORTEST};
use crate::script::ops::{clear, delete, destroy, get, header, items, pop, set, set_permanent};
use crate::script::{Answer, Change, Forgery, Operation, Script, Spelling, Step};
use crate::survey::{OnError, Store};

fn forged(from: &str, to: &str, forgery: Forgery) -> Step {
    Step::Forge { from: from.to_owned(), to: to.to_owned(), with: None, forgery }
}

#[tokio::test]
async fn each_field_of_the_application_is_owed() {
    let fields = [
        header("Vary", "Accept-Language, Origin"),
        header("Vary", "X-Cookie"),
        header("Set-Cookie", "mine=1"),
        header("Set-Cookie", "seen=2"),
    ];
    let read = fields.into_iter().chain([get("a")]);
    let played = Played::of(Script::new().cycle("ann", [set("a", 1)]).cycle("ann", read)).await;
    let rules = played.rules_of(Asked::Recommended, 1);
    let vary = ["Accept-Language", "Origin", "X-Cookie"];
    let vary = vary.map(|field| ResponseRule::VaryAlso { field: field.to_owned() });
    let own = ["mine=1", "seen=2"].map(|cookie| ResponseRule::SetsOwn { cookie: cookie.to_owned() });
    for rule in vary.iter().chain(&own).chain([&ResponseRule::VaryCookie]) {
        assert!(rules.contains(rule), "{rule:?} in {rules:?}");
    }
    assert_eq!(played.reason(Asked::Recommended), None);
}

#[tokio::test]
async fn who_looks_as_a_visitor_gets_no_session_and_the_page_of_nobody() {
    let looks = [items(), delete("a"), pop("a")];
    for (look, rule) in
        looks.into_iter().zip([ResponseRule::NoSetCookie, ResponseRule::NoneKept, ResponseRule::NoneKept])
    {
        let played = Played::of(Script::new().cycle("ann", [look.clone()])).await;
        let rules = played.rules_of(Asked::Hardened, 0);
        assert!(rules.contains(&rule), "{look:?}: {rules:?}");
        assert!(!played.rules_of(Asked::Recommended, 0).contains(&rule), "{look:?}");
        let is_page_of_nobody = rules.contains(&ResponseRule::VaryCookie);
        assert_eq!(is_page_of_nobody, look == items(), "{look:?}: {rules:?}");
    }
    let written = Played::of(Script::new().cycle("ann", [pop("a"), set("a", 1)])).await;
    assert!(!written.rules_of(Asked::Hardened, 0).contains(&ResponseRule::NoneKept));
}

#[tokio::test]
async fn who_looks_with_a_made_up_id_gets_no_session() {
    let made_up = [Forgery::Unknown, Forgery::Value(Spelling::AnyLike), Forgery::Value(Spelling::Uuid)];
    for forgery in made_up {
        let script = and(Script::new().cycle("ann", [set("a", 1)]), forged("ann", "bob", forgery))
            .cycle("bob", [items()]);
        let mut played = Played::of(script).await;
        assert!(played.rules_of(Asked::Hardened, 1).contains(&ResponseRule::NoneKept));
        assert!(!played.rules_of(Asked::Recommended, 1).contains(&ResponseRule::NoneKept));
        assert_eq!(played.reason(Asked::Hardened), None);
        played.answer(1, 0, Answer::Ok(serde_json::json!({"a": 1})));
        assert_eq!(played.reason(Asked::Hardened).as_deref(), Some("items-differs"));
    }
}

#[tokio::test]
async fn a_removal_is_owed_beside_another_cookie_where_it_was_seen_alone() {
    let begin = |script: Script| script.cycle("ann", [set("a", 1)]);
    let own = || header("Set-Cookie", "mine=1");
    for end in [clear, destroy] {
        let script = begin(begin(Script::new()).cycle("ann", [end()])).cycle("ann", [own(), end()]);
        let played = Played::of(script).await;
        for asked in [Asked::Recommended, Asked::Hardened] {
            let rules = played.rules_of(asked, 3);
            assert!(rules.contains(&ResponseRule::CookiesAsIn { cycle: 1 }), "{rules:?}");
        }
        assert_eq!(played.reason(Asked::Hardened), None);
        let other_ways = [vec![own(), end(), status(302)], vec![own(), set_permanent(true), end()]];
        for ops in other_ways {
            let script = begin(begin(Script::new()).cycle("ann", [end()])).cycle("ann", ops);
            let rules = Played::of(script).await.rules_of(Asked::Hardened, 3);
            assert!(!rules.contains(&ResponseRule::CookiesAsIn { cycle: 1 }), "{rules:?}");
        }
    }
}

#[tokio::test]
async fn a_logout_that_fails_is_one_where_such_requests_are_saved() {
    let script = |ops: Vec<Operation>| {
        and(Script::new().cycle("ann", [set("a", 1)]), copy("ann", "bob"))
            .cycle("ann", ops)
            .cycle("bob", [get("a")])
    };
    for (kept, is_owed) in [(OnError::Saved, true), (OnError::Discarded, false), (OnError::Unknown, false)] {
        let mut played = Played::of(script(vec![destroy(), status(500)])).await;
        played.survey.on_server_error = kept;
        played.answer(2, 0, Answer::Ok(1.into()));
        let expected = is_owed.then(|| "get-differs".to_owned());
        assert_eq!(played.reason(Asked::Hardened), expected, "{kept:?}");
    }
    let mut played = Played::of(script(vec![destroy(), set("b", 2), status(500)])).await;
    played.survey.on_server_error = OnError::Saved;
    played.answer(2, 0, Answer::Ok(1.into()));
    assert_eq!(played.reason(Asked::Hardened), None, "what became of the rest is not known");
}

#[tokio::test]
async fn a_session_whose_time_is_over_is_not_back_with_a_larger_number_in_its_cookie() {
    let raised = Forgery::Field { cookie: 0, field: 0, change: Change::Raised };
    for (waited, is_owed) in [(9.0, true), (0.5, false)] {
        let lifetime = Operation::SetLifetime { seconds: 3.0 };
        let begun = Script::new().cycle("ann", [set("a", 1), lifetime]);
        let script = and(begun, forged("ann", "bob", raised.clone()));
        let script = and(script, Step::Wait { seconds: waited }).cycle("bob", [items()]);
        let mut played = Played::of(script).await;
        played.survey.store = Store::Client;
        played.answer(1, 0, Answer::Ok(serde_json::json!({"a": 1})));
        let expected = is_owed.then(|| "items-differs".to_owned());
        assert_eq!(played.reason(Asked::Hardened), expected, "{waited}");
    }
}

#[tokio::test]
async fn many_ids_of_one_session_are_drawn_anew_and_those_of_many_are_not_guessed() {
    let begun = Script::new().cycle("ann", [set("a", 1)]);
    let rotated =
        (0..IDS_OF_ONE_SESSION).fold(begun, |script, _| script.cycle("ann", [Operation::Regenerate]));
    let played = Played::of(rotated).await;
    for (cycle, is_owed) in [(IDS_OF_ONE_SESSION, true), (IDS_OF_ONE_SESSION - 1, false)] {
        let rules = played.rules_of(Asked::Hardened, cycle);
        assert_eq!(rules.contains(&ResponseRule::DrawnAnew), is_owed, "{cycle}: {rules:?}");
    }
    assert_eq!(played.reason(Asked::Hardened), None);
    let crowd = (0..64)
        .fold(Script::new(), |script, number| script.cycle(&format!("visitor {number}"), [set("a", 1)]));
    let played = Played::of(crowd).await;
    for (cycle, is_owed) in [(63, true), (62, false)] {
        let rules = played.rules_of(Asked::Hardened, cycle);
        assert_eq!(rules.contains(&ResponseRule::Unpredictable), is_owed, "{cycle}: {rules:?}");
    }
    assert_eq!(played.reason(Asked::Hardened), None);
}

#[tokio::test]
async fn an_early_save_excuses_a_failure_only_where_something_was_written_after_it() {
    for (ops, may_fail) in [
        (vec![set("a", 1), Operation::Regenerate, Operation::Save], false),
        (vec![set("a", 1), Operation::Save, set("b", 2)], true),
    ] {
        let played = Played::of(Script::new().cycle("ann", ops)).await;
        let refusable = played.scenario(Asked::Hardened, &Default::default()).refusable;
        assert_eq!(refusable.contains(&0), may_fail);
    }
}

#[tokio::test]
async fn which_of_two_cookies_was_changed_is_not_known() {
    let forgery = Forgery::LongField { cookie: 0, field: 0, change: Change::Zeroed, shortest: SHORTEST };
    for (own, is_owed) in [(None, true), (Some(header("Set-Cookie", "mine=1")), false)] {
        let begun = Script::new().cycle("ann", own.into_iter().chain([set("a", 1)]));
        let script = and(begun, forged("ann", "bob", forgery.clone())).cycle("bob", [items()]);
        let mut played = Played::of(script).await;
        played.answer(1, 0, Answer::Ok(serde_json::json!({"a": 1})));
        let expected = is_owed.then(|| "items-differs".to_owned());
        assert_eq!(played.reason(Asked::Hardened), expected);
    }
}
