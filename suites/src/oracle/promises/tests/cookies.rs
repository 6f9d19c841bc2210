//! What is owed of cookies, and of those who come with cookies that were kept, forged or joined by strangers.

use serde_json::json;

use super::{Played, and, copy, status};
use crate::expect::ResponseRule;
use crate::oracle::promises::{Asked, Excused};
use crate::script::ops::{destroy, get, header, items, permanent, set, set_permanent};
use crate::script::{Answer, Forgery, Operation, Script, Step, Stranger};
use crate::survey::{Attribute, OnError, Permanent, Store};

#[tokio::test]
async fn whoever_kept_the_cookie_of_a_session_that_was_ended_finds_nothing() {
    let script = and(Script::new().cycle("ann", [set("a", 1)]), copy("ann", "bob"))
        .cycle("ann", [destroy()])
        .cycle("bob", [get("a")]);
    let mut played = Played::of(script).await;
    played.answer(2, 0, Answer::Ok(1.into()));
    assert_eq!(played.reason(Asked::Hardened).as_deref(), Some("get-differs"));
    assert_eq!(played.reason(Asked::Recommended), None);
    // A cookie that has the data in it cannot be taken back.
    played.survey.store = Store::Client;
    assert_eq!(played.reason(Asked::Hardened), None);
}

#[tokio::test]
async fn a_rotation_owes_another_id() {
    let script = Script::new().cycle("ann", [set("a", 1)]).cycle("ann", [Operation::Regenerate]);
    let played = Played::of(script).await;
    let rules = played.rules_of(Asked::Hardened, 1);
    assert!(rules.contains(&ResponseRule::SetsCookie), "{rules:?}");
    assert!(rules.contains(&ResponseRule::OtherCookies { cycle: 0 }), "{rules:?}");
    assert!(!played.rules_of(Asked::Recommended, 1).contains(&ResponseRule::SetsCookie));
}

#[tokio::test]
async fn every_cookie_has_its_attributes_whatever_the_status() {
    for ends in [200, 302, 404, 409, 500] {
        let played = Played::of(Script::new().cycle("ann", [set("a", 1), status(ends)])).await;
        let rules = played.rules_of(Asked::Recommended, 0);
        assert!(rules.contains(&ResponseRule::HttpOnly), "{ends}: {rules:?}");
        assert!(!rules.contains(&ResponseRule::SameSite), "level hardened asks for that: {rules:?}");
        let rules = played.rules_of(Asked::Hardened, 0);
        assert!(rules.contains(&ResponseRule::SameSite), "{ends}: {rules:?}");
    }
    // The application's own cookie is its own business; that of the session beside it is as it has to be.
    let own = header("Set-Cookie", "mine=1");
    let script = Script::new().cycle("ann", [own, set("a", 1), set_permanent(true)]);
    let mut played = Played::of(script).await;
    let rules = played.rules_of(Asked::Recommended, 0);
    assert!(rules.contains(&ResponseRule::SetsOwn { cookie: "mine=1".to_owned() }), "{rules:?}");
    assert!(rules.iter().any(|rule| matches!(rule, ResponseRule::Lasts { .. })), "{rules:?}");
    assert_eq!(played.reason(Asked::Recommended), None);
    played.without("HttpOnly");
    assert_eq!(played.reason(Asked::Recommended).as_deref(), Some("http-only"));
}

#[tokio::test]
async fn who_reads_permanent_has_looked_where_it_is_an_item() {
    let script = Script::new().cycle("ann", [set("a", 1)]).cycle("ann", [permanent()]);
    let mut played = Played::of(script).await;
    let owes_vary =
        |played: &Played| played.rules_of(Asked::Recommended, 1).contains(&ResponseRule::VaryCookie);
    let is_item = |played: &Played| played.survey.permanent.observed().is_some_and(Permanent::is_in_data);
    assert!(is_item(&played) && owes_vary(&played));
    played.survey.permanent = Attribute::Observed(Permanent::Attribute);
    assert!(!is_item(&played) && !owes_vary(&played));
}

#[tokio::test]
async fn a_logout_that_ends_with_a_404_is_one_where_such_requests_are_saved() {
    let script = and(Script::new().cycle("ann", [set("a", 1)]), copy("ann", "bob"))
        .cycle("ann", [destroy(), status(404)])
        .cycle("bob", [get("a")]);
    for (kept, is_owed) in [(OnError::Saved, true), (OnError::Discarded, false), (OnError::Unknown, false)] {
        let mut played = Played::of(script.clone()).await;
        played.survey.on_not_found = kept;
        played.answer(2, 0, Answer::Ok(1.into()));
        let expected = is_owed.then(|| "get-differs".to_owned());
        assert_eq!(played.reason(Asked::Hardened), expected, "{kept:?}");
    }
}

#[tokio::test]
async fn an_unknown_id_opens_nothing_also_for_its_second_client() {
    let forged = |to: &str| Step::Forge {
        from: "ann".to_owned(),
        to: to.to_owned(),
        with: None,
        forgery: Forgery::Unknown,
    };
    let script = and(and(Script::new().cycle("ann", [set("a", 1)]), forged("victim")), forged("attacker"))
        .cycle("victim", [set("b", 2), status(302)])
        .cycle("attacker", [items()]);
    let mut played = Played::of(script).await;
    assert_eq!(played.reason(Asked::Hardened), None);
    played.answer(2, 0, Answer::Ok(json!({"b": 2})));
    assert_eq!(played.reason(Asked::Hardened).as_deref(), Some("items-differs"));
    assert_eq!(played.reason(Asked::Recommended), None);
}

#[tokio::test]
async fn what_answers_forged_data_has_nothing_of_them_in_it() {
    let forgery =
        Forgery::Rewritten { from: "annabelle".to_owned(), to: "bernadine".to_owned(), signature: None };
    let forged = Step::Forge { from: "ann".to_owned(), to: "bob".to_owned(), with: None, forgery };
    let script = and(Script::new().cycle("ann", [set("owner", "annabelle")]), forged)
        .cycle("bob", [items(), status(302)])
        .cycle("bob", [items()]);
    let mut played = Played::of(script).await;
    assert_eq!(played.reason(Asked::Hardened), None);
    for store in [Store::Server, Store::Client] {
        played.survey.store = store;
        played.answer(2, 0, Answer::Ok(json!({"owner": "bernadine"})));
        assert_eq!(played.reason(Asked::Hardened).as_deref(), Some("items-differs"), "{store:?}");
    }
}

#[tokio::test]
async fn no_cookie_is_owed_where_nothing_was_done() {
    let script = Script::new().cycle("ann", []).cycle("ann", [set("a", 1)]).cycle("ann", []);
    let played = Played::of(script).await;
    for (cycle, is_owed) in [(0, true), (1, false), (2, true)] {
        let rules = played.rules_of(Asked::Recommended, cycle);
        assert_eq!(rules.contains(&ResponseRule::NoSetCookie), is_owed, "{cycle}: {rules:?}");
    }
}

#[tokio::test]
async fn beside_a_stranger_the_session_is_owed() {
    let beside = |stranger| Step::Forge {
        from: "ann".to_owned(),
        to: "bob".to_owned(),
        with: None,
        forgery: Forgery::Beside { stranger, first: true },
    };
    let script =
        and(Script::new().cycle("ann", [set("a", 1)]), beside(Stranger::ALL[0])).cycle("bob", [items()]);
    let mut played = Played::of(script).await;
    assert!(played.rules_of(Asked::Recommended, 1).contains(&ResponseRule::Served));
    played.answer(1, 0, Answer::Ok(json!({})));
    assert_eq!(played.reason(Asked::Recommended).as_deref(), Some("items-differs"));
    let excused = Excused::new(["cookie/strangers-hide-nothing".to_owned()]);
    let scenario = played.scenario(Asked::Recommended, &excused);
    assert_eq!(scenario.judge(&played.transcript).finding, None, "that is known");
}
