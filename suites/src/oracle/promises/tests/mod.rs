//! What is owed on a script, and what is not: each test plays a script on the reference, spoils one thing of what came back,
//! and looks whether the rules notice.

mod beside;
mod cookies;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use sessionspec_reference::Memory;

use super::{Asked, Excused, scenario};
use crate::backend::{BackendError, in_process};
use crate::expect::{Expected, ResponseRule, Scenario};
use crate::play::{Outcome, Player, Transcript};
use crate::script::ops::{clear, destroy, get, items, modified, new, permanent, set, set_permanent};
use crate::script::{Answer, Forgery, Operation, Script, Step, incompressible};
use crate::survey::Survey;

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
