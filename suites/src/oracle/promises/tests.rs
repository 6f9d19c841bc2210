//! What is owed on a script, and what is not: each test plays a script on the reference, spoils one thing of what came back,
//! and looks whether the rules notice.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use sessionspec_reference::Memory;

use super::{Asked, Excused, scenario};
use crate::backend::{BackendError, in_process};
use crate::expect::{Expected, ResponseRule, Scenario};
use crate::play::{Outcome, Player, Transcript};
use crate::script::ops::{clear, destroy, get, header, items, modified, new, permanent, set, set_permanent};
use crate::script::{Answer, Forgery, Operation, Script, Step, Stranger, incompressible};
use crate::survey::{Attribute, OnError, Permanent, Store, Survey};

const PATIENCE: Duration = Duration::from_secs(10);

/// What the reference shows on a script, and the rules by which it is judged.
struct Played {
    survey: Survey,
    script: Script,
    transcript: Transcript,
}

impl Played {
    async fn of(script: Script) -> Self {
        let survey = Survey::of(in_process(Memory::default()), PATIENCE).await.unwrap();
        let backend = in_process(Memory::default());
        let backend = backend.on_virtual_time().await.unwrap_or(backend);
        let transcript = Player::new(backend, PATIENCE).play(&script).await;
        Self { survey, script, transcript }
    }

    fn scenario(&self, asked: Asked, excused: &Excused) -> Scenario {
        scenario(self.script.clone(), &self.survey, asked, excused, &self.transcript)
    }

    /// The reason of the finding, where there is one.
    fn reason(&self, asked: Asked) -> Option<String> {
        let finding = self.scenario(asked, &Excused::default()).judge(&self.transcript).finding;
        finding.map(|finding| finding.reason)
    }

    /// What is owed of the operations of this cycle.
    fn owed_of(&self, asked: Asked, cycle: usize) -> Vec<Expected> {
        let expectations = self.scenario(asked, &Excused::default()).expectations.into_iter();
        let of_cycle = expectations.filter(|owed| owed.cycle == cycle && owed.op.is_some());
        of_cycle.map(|owed| owed.expected).collect()
    }

    /// The rules by which the response to this cycle is judged without a condition.
    fn rules_of(&self, asked: Asked, cycle: usize) -> Vec<ResponseRule> {
        let expectations = self.scenario(asked, &Excused::default()).expectations.into_iter();
        let of_cycle = expectations.filter(|owed| owed.cycle == cycle && owed.only_if.is_none());
        of_cycle
            .filter_map(|owed| match owed.expected {
                Expected::Response(rule) => Some(rule),
                _ => None,
            })
            .collect()
    }

    /// Takes an attribute from every cookie that was set first.
    fn without(&mut self, attribute: &str) {
        let headers = &mut self.transcript.exchanges[0].headers;
        let fields: Vec<(String, Vec<u8>)> =
            headers.iter().map(|(name, field)| (name.to_owned(), field.to_vec())).collect();
        *headers = Default::default();
        for (name, field) in fields {
            let field = String::from_utf8(field).unwrap().replace(&format!("; {attribute}"), "");
            headers.append(&name, field);
        }
    }

    /// Puts something else in the place of an answer.
    fn answer(&mut self, cycle: usize, op: usize, answer: Answer) {
        let Outcome::Answered { results, .. } = &mut self.transcript.exchanges[cycle].outcome else {
            panic!("no answers in {:?}", self.transcript.exchanges[cycle]);
        };
        results[op] = answer;
    }
}

fn copy(from: &str, to: &str) -> Step {
    Step::CopyCookies { from: from.to_owned(), to: to.to_owned() }
}

fn and(mut script: Script, step: Step) -> Script {
    script.steps.push(step);
    script
}

fn status(status: u16) -> Operation {
    Operation::Respond { status }
}

const BOTH: [Asked; 2] = [Asked::Recommended, Asked::Hardened];

#[tokio::test]
async fn the_reference_owes_nothing_in_any_of_these_scripts() {
    let lifetime = |seconds| Operation::SetLifetime { seconds };
    let scripts = [
        Script::new().cycle("ann", [set("a", 1), Operation::Raise]).cycle("ann", [items()]),
        Script::new()
            .cycle("ann", [set("a", 1)])
            .cycle("ann", [clear(), status(302)])
            .cycle("ann", [items()]),
        Script::new().cycle("ann", [set("a", 1), set_permanent(true)]).cycle("ann", [Operation::Regenerate]),
        and(Script::new().cycle("ann", [set("a", 1)]), copy("ann", "bob"))
            .cycle("ann", [destroy()])
            .cycle("bob", [items()]),
        and(Script::new().cycle("ann", [set("a", 1), lifetime(3.0)]), Step::Wait { seconds: 9.0 })
            .cycle("ann", [items()]),
        Script::new().cycle("ann", [set("a", incompressible(6000))]).cycle("ann", [items()]),
    ];
    for script in scripts {
        let played = Played::of(script).await;
        for asked in BOTH {
            assert_eq!(played.reason(asked), None, "{:?}", played.script);
        }
    }
}

#[tokio::test]
async fn what_a_redirect_has_written_is_owed_and_what_a_conflict_has_written_is_not() {
    for (ends, is_owed) in [(302, true), (308, true), (201, true), (409, false), (429, false)] {
        let script = Script::new().cycle("ann", [set("a", 1), status(ends)]).cycle("ann", [items()]);
        let mut played = Played::of(script).await;
        played.answer(1, 0, Answer::Ok(json!({})));
        let expected = is_owed.then(|| "items-differs".to_owned());
        assert_eq!(played.reason(Asked::Recommended), expected, "{ends}");
    }
}

#[tokio::test]
async fn after_a_failed_request_what_was_surveyed_is_owed() {
    let script = Script::new()
        .cycle("ann", [set("a", 1)])
        .cycle("ann", [set("b", 2), status(500)])
        .cycle("ann", [items()]);
    let played = Played::of(script).await;
    let kept = played.survey.on_server_error;
    assert_eq!(played.owed_of(Asked::Recommended, 2).len(), 1, "{kept:?} is known");
    let mut unknown = played.survey.clone();
    unknown.on_server_error = crate::survey::OnError::Unknown;
    let played = Played { survey: unknown, ..played };
    assert_eq!(played.owed_of(Asked::Recommended, 2), []);
}

#[tokio::test]
async fn attributes_are_owed_in_every_situation_that_the_contract_says() {
    let script = Script::new()
        .cycle("ann", [new(), modified(), permanent()])
        .cycle("ann", [set("a", 1), set_permanent(true)])
        .cycle("ann", [modified(), new(), permanent(), set("a", 2), modified()]);
    let spoilt = [
        (2, 0, true, "modified-differs"),
        (2, 1, true, "new-differs"),
        (2, 2, false, "permanent-differs"),
        (2, 4, false, "modified-differs"),
        (0, 0, false, "new-differs"),
    ];
    for (cycle, op, answer, reason) in spoilt {
        let mut played = Played::of(script.clone()).await;
        played.answer(cycle, op, Answer::Ok(answer.into()));
        assert_eq!(played.reason(Asked::Recommended).as_deref(), Some(reason), "{cycle}, {op}");
    }
}

#[tokio::test]
async fn permanent_is_owed_through_a_rotation_by_hardened_alone() {
    let script = Script::new()
        .cycle("ann", [set("a", 1), set_permanent(true)])
        .cycle("ann", [Operation::Regenerate])
        .cycle("ann", [permanent()]);
    let mut played = Played::of(script).await;
    played.answer(2, 0, Answer::Ok(false.into()));
    assert_eq!(played.reason(Asked::Recommended), None);
    assert_eq!(played.reason(Asked::Hardened).as_deref(), Some("permanent-differs"));
}

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
async fn what_is_written_after_an_early_save_is_owed_unless_it_is_refused() {
    let script = Script::new()
        .cycle("ann", [set("a", 1), Operation::Save, set("b", 2)])
        .cycle("ann", [get("b"), get("a")]);
    let mut played = Played::of(script).await;
    played.answer(1, 0, Answer::Absent);
    assert_eq!(played.reason(Asked::Recommended).as_deref(), Some("get-differs"));
    played.answer(0, 2, Answer::Error("the session is closed".to_owned()));
    assert_eq!(played.reason(Asked::Recommended), None, "some frameworks close the session");
}

#[tokio::test]
async fn unusual_keys_are_kept_apart_or_refused() {
    let [one, other] = ["1", "2"].map(|last| format!("{}{last}", "k".repeat(80)));
    let script = Script::new()
        .cycle("ann", [set("a", 1), set(&one, "first"), set(&other, "second")])
        .cycle("ann", [get(&one), get("a")]);
    let mut played = Played::of(script).await;
    played.answer(1, 0, Answer::Ok("second".into()));
    assert_eq!(played.reason(Asked::Recommended).as_deref(), Some("get-differs"));
    let excused = Excused::new(["fidelity/neighbouring-keys".to_owned()]);
    assert_eq!(played.scenario(Asked::Recommended, &excused).judge(&played.transcript).finding, None);
    played.answer(0, 1, Answer::Error("too long".to_owned()));
    played.answer(0, 2, Answer::Error("too long".to_owned()));
    played.answer(1, 0, Answer::Absent);
    assert_eq!(played.reason(Asked::Recommended), None, "it was refused");
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
async fn a_session_is_owed_until_its_end_and_not_beyond() {
    let lifetime = |seconds| Operation::SetLifetime { seconds };
    let script = |seconds| {
        let script = Script::new().cycle("ann", [set("a", 1), lifetime(10.0)]);
        let kept = Step::Forge {
            from: "ann".to_owned(),
            to: "bob".to_owned(),
            with: None,
            forgery: Forgery::Replayed,
        };
        and(and(script, kept), Step::Wait { seconds }).cycle("bob", [get("a")])
    };
    let played = |seconds| Played::of(script(seconds));
    assert_eq!(played(4.0).await.owed_of(Asked::Hardened, 1), [Expected::Answer(Answer::Ok(1.into()))]);
    // Within the grace, both is right.
    assert_eq!(played(10.0).await.owed_of(Asked::Hardened, 1), []);
    assert_eq!(played(11.5).await.owed_of(Asked::Hardened, 1), [Expected::Answer(Answer::Absent)]);
    assert_eq!(played(11.5).await.owed_of(Asked::Recommended, 1), []);
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

#[tokio::test]
async fn a_large_value_is_kept_or_refused_and_what_was_there_is_owed() {
    let script = Script::new()
        .cycle("ann", [set("a", 1)])
        .cycle("ann", [set("big", incompressible(6000))])
        .cycle("ann", [get("a")]);
    let mut played = Played::of(script).await;
    played.transcript.exchanges[1].outcome = Outcome::NoAnswers { status: 500, said: "too large".to_owned() };
    assert_eq!(played.reason(Asked::Recommended), None);
    played.answer(2, 0, Answer::Absent);
    assert_eq!(played.reason(Asked::Recommended).as_deref(), Some("get-differs"));
}

#[tokio::test]
async fn after_a_request_of_which_no_answer_came_nothing_is_owed() {
    let script = Script::new().cycle("ann", [set("a", 1)]).cycle("ann", [items()]).cycle("bob", [items()]);
    let mut played = Played::of(script).await;
    played.transcript.exchanges[0].outcome =
        Outcome::Broken(BackendError::TellsNothing("it was cut off".to_owned()));
    assert_eq!(played.owed_of(Asked::Recommended, 1), []);
    assert_eq!(played.owed_of(Asked::Recommended, 2).len(), 1, "bob has a session of his own");
}

#[tokio::test]
async fn what_is_known_to_fail_is_not_owed() {
    let played = Played::of(Script::new().cycle("ann", [set("a", 1)])).await;
    let excused = Excused::new(["cookie/http-only".to_owned()]);
    let rules = |excused| -> BTreeSet<String> {
        let expectations = played.scenario(Asked::Recommended, excused).expectations;
        expectations.into_iter().map(|owed| format!("{:?}", owed.expected)).collect()
    };
    let missing: Vec<String> = rules(&Excused::default()).difference(&rules(&excused)).cloned().collect();
    assert_eq!(missing, ["Response(HttpOnly)"]);
}
