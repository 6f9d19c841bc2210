//! What becomes of each kind of response, and of cycles that are held.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use sessionspec::backend::in_process;
use sessionspec::backend::{
    Backend, BackendError, Body, CycleRequest, CycleResponse, Gate, LocalBoxFuture, guarded,
};
use sessionspec::engine::browser::Origin;
use sessionspec::engine::expect::{Expected, ResponseRule, Scenario};
use sessionspec::engine::play::Player;
use sessionspec::engine::play::{Outcome, Transcript};
use sessionspec::engine::script::ops::{get, header, hold, set};
use sessionspec::engine::script::{Answer, Ending, Forgery, Operation, Script};
use sessionspec::reference::{Description, Memory};
use tokio::task::LocalSet;

const PATIENCE: Duration = Duration::from_secs(10);

type Response = Result<CycleResponse, BackendError>;

/// A backend whose responses are written down beforehand.
struct Canned(RefCell<VecDeque<Response>>);

impl Backend for Canned {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async { Ok(Description::default()) })
    }

    fn cycle(&self, _: CycleRequest) -> LocalBoxFuture<'_, Response> {
        let response = self.0.borrow_mut().pop_front();
        Box::pin(async { response.expect("there is a response for each cycle that may be sent") })
    }

    fn origin(&self) -> Origin {
        "https://canned.example:8443".parse().expect("it is an origin")
    }

    fn path(&self) -> &str {
        "/canned"
    }

    fn nodes(&self) -> usize {
        2
    }
}

fn canned(responses: impl IntoIterator<Item = Response>) -> Rc<dyn Backend> {
    Rc::new(Canned(RefCell::new(responses.into_iter().collect())))
}

fn response(status: u16, body: Body) -> Response {
    Ok(CycleResponse { status, headers: Default::default(), body })
}

fn page(status: u16) -> Response {
    response(status, Body::Other("<h1>a page</h1>".to_owned()))
}

fn answers<const N: usize>(results: [Answer; N]) -> Response {
    response(200, Body::Answers { results: results.to_vec(), save_error: None })
}

/// Sends as many cycles as there are responses, all of which do this.
async fn play<const N: usize>(op: Operation, responses: [Response; N]) -> Transcript {
    let script = (0..N).fold(Script::new(), |script, _| script.cycle("ann", [op.clone()]));
    Player::new(canned(responses), PATIENCE).play(&script).await
}

#[tokio::test]
async fn a_page_instead_of_answers_is_a_refusal_or_a_failure_or_no_probe() {
    for (status, refuses, fails) in
        [(399, false, false), (400, true, false), (499, true, false), (500, true, true)]
    {
        let transcript = play(get("a"), [page(status)]).await;
        let exchange = &transcript.exchanges[0];
        assert_eq!(matches!(exchange.outcome, Outcome::NoAnswers { .. }), refuses, "{status}");
        assert_eq!(exchange.failed_request().is_some(), fails, "{status}");
        let is_no_probe = matches!(transcript.broken(), Some(BackendError::NotAProbe(_)));
        assert_eq!(is_no_probe, !refuses, "{status}");
        assert!(!transcript.has_unanswered(), "{status}");
    }
}

#[tokio::test]
async fn a_page_of_any_status_is_what_a_framework_makes_of_an_exception() {
    for status in [200, 302, 404, 500, 599] {
        let transcript = play(Operation::Raise, [page(status)]).await;
        let exchange = &transcript.exchanges[0];
        assert!(matches!(exchange.outcome, Outcome::NoAnswers { .. }), "{status}");
        assert_eq!((exchange.failed_request(), transcript.broken()), (None, None), "{status}");
    }
}

#[tokio::test]
async fn a_whole_answer_with_a_status_that_nobody_asked_for_is_a_failed_request() {
    let with_status = |status: u16, answer: Answer| {
        response(status, Body::Answers { results: vec![answer], save_error: None })
    };
    let respond = Operation::Respond { status: 404 };
    for (op, status, answer, fails) in [
        (get("a"), 200, Answer::Absent, false),
        (get("a"), 302, Answer::Absent, true),
        (get("a"), 404, Answer::Absent, true),
        (get("a"), 500, Answer::Absent, true),
        (respond.clone(), 404, Answer::Ok(serde_json::Value::Null), false),
        (respond.clone(), 200, Answer::Ok(serde_json::Value::Null), true),
        (respond.clone(), 500, Answer::Ok(serde_json::Value::Null), true),
        // Who cannot choose a status keeps the usual one.
        (respond, 200, Answer::Unsupported, false),
        (Operation::Raise, 500, Answer::Ok(serde_json::Value::Null), false),
    ] {
        let transcript = play(op.clone(), [with_status(status, answer)]).await;
        assert_eq!(transcript.exchanges[0].failed_request().is_some(), fails, "{op} answered {status}");
    }
}

#[tokio::test]
async fn a_handler_that_was_asked_to_fail_has_not_failed() {
    for op in [Operation::Raise, Operation::Respond { status: 503 }] {
        let transcript = play(op, [page(503)]).await;
        assert!(transcript.exchanges[0].asked_to_fail());
        assert_eq!(transcript.exchanges[0].failed_request(), None);
    }
    let transcript = play(set("a", 1), [page(503)]).await;
    assert!(!transcript.exchanges[0].asked_to_fail());
}

#[tokio::test]
async fn a_failure_with_a_status_that_the_handler_did_not_choose_is_none_that_was_asked_for() {
    let respond = |status| Operation::Respond { status };
    for (op, status, seen) in [
        (respond(302), 500, Some("a 500, and not a 302: <h1>a page</h1>")),
        (respond(404), 503, Some("a 503, and not a 404: <h1>a page</h1>")),
        (respond(500), 500, None),
        (Operation::Raise, 502, None),
    ] {
        let transcript = play(op.clone(), [page(status)]).await;
        assert_eq!(transcript.exchanges[0].failed_request().as_deref(), seen, "{op} answered {status}");
    }
}

#[tokio::test]
async fn nothing_is_concluded_from_a_script_of_which_a_request_was_refused() {
    let judged = async |op: Operation, status: u16| {
        let responses = [answers([Answer::Ok(1.into())]), page(status)];
        let scenario = Scenario::new("kept").cycle("ann", [get("a").is(1)]).cycle("ann", [op.unjudged()]);
        let transcript = Player::new(canned(responses), PATIENCE).play(&scenario.script).await;
        let judgement = scenario.judge(&transcript);
        assert_eq!(judgement.finding, None, "{status}");
        judgement.comparisons
    };
    for status in [400, 401, 409, 422, 429, 499] {
        assert_eq!(judged(get("a"), status).await, 0, "{status}");
    }
    // What was asked for is no refusal, and an exception may become any status.
    assert_eq!(judged(Operation::Respond { status: 409 }, 409).await, 1);
    assert_eq!(judged(Operation::Raise, 400).await, 1);
}

#[tokio::test]
async fn what_is_to_be_served_and_is_refused_has_a_reason_of_its_own() {
    let scenario = |of: &str| {
        Scenario::new("harmful")
            .cycle("ann", [get("a").is(1)])
            .forge("ann", "mallory", Forgery::Unknown)
            .cycle(of, [get("a").is_absent()])
            .response(ResponseRule::Served)
            .cycle(of, [get("a").is_absent()])
    };
    let refused = async |of: &str, status: u16| {
        let responses = [answers([Answer::Ok(1.into())]), page(status), page(status)];
        let scenario = scenario(of);
        let transcript = Player::new(canned(responses), PATIENCE).play(&scenario.script).await;
        scenario.judge(&transcript).finding.map(|finding| finding.reason)
    };
    assert_eq!(refused("mallory", 400).await.as_deref(), Some("request-refused"));
    assert_eq!(refused("ann", 400).await.as_deref(), Some("request-refused"));
    // A guard in front of the handler says nothing of it.
    assert_eq!(refused("mallory", 403).await, None);
}

#[tokio::test]
async fn nothing_is_concluded_where_the_probe_does_not_do_its_part() {
    let refused = || Answer::Error("no".to_owned());
    for (op, answer, comparisons) in [
        (Operation::Respond { status: 302 }, refused(), 0),
        (Operation::Respond { status: 302 }, Answer::Unsupported, 0),
        (Operation::Raise, Answer::Unsupported, 0),
        (header("Vary", "Accept"), refused(), 0),
        (Operation::Regenerate, refused(), 1),
    ] {
        let transcript = play(op.clone(), [answers([answer.clone()])]).await;
        let scenario = Scenario::new("other").cycle("ann", [op.clone().answers(Expected::Answer(answer))]);
        let judgement = scenario.judge(&transcript);
        assert_eq!((judgement.comparisons, judgement.finding), (comparisons, None), "{op}");
    }
}

#[tokio::test]
async fn an_answer_that_never_comes_is_for_the_checks_to_judge() {
    let transcript = play(get("a"), [Err(BackendError::NoAnswer(PATIENCE))]).await;
    assert!(transcript.has_unanswered());
    assert_eq!(transcript.broken(), None);
    assert_eq!(transcript.exchanges[0].failed_request().as_deref(), Some("no answer within 10 s"));
}

#[tokio::test]
async fn nothing_is_sent_after_a_request_that_was_cut_off() {
    let cut_off = BackendError::CutOff("half of it".to_owned());
    let transcript =
        play(get("a"), [answers([Answer::Absent]), Err(cut_off.clone()), answers([Answer::Absent])]).await;
    assert_eq!(transcript.exchanges.len(), 2);
    assert_eq!(transcript.broken(), None);
    assert!(transcript.has_unanswered());
    assert_eq!(transcript.exchanges[1].failed_request(), Some(cut_off.to_string()));
    let judgement = Scenario::new("other").judge(&transcript);
    assert_eq!(judgement.finding.unwrap().reason, "response-cut-off");
}

#[tokio::test]
async fn a_server_may_hang_up_on_a_handler_that_raises() {
    let hung_up = || Err(BackendError::Dropped);
    let raise = || Operation::Raise;
    let transcript = play(raise(), [answers([Answer::Absent]), hung_up(), answers([Answer::Absent])]).await;
    assert_eq!(transcript.exchanges.len(), 3);
    assert_eq!(transcript.exchanges[1].failed_request(), None);
    assert!(matches!(transcript.exchanges[2].outcome, Outcome::Answered { .. }));
}

#[tokio::test]
async fn a_script_is_played_again_from_its_start_where_a_connection_was_lost() {
    let backend = canned([
        answers([Answer::Ok(1.into())]),
        Err(BackendError::ConnectionLost),
        answers([Answer::Ok(2.into())]),
        answers([Answer::Ok(3.into())]),
    ]);
    let script = Script::new().cycle("ann", [get("a")]).cycle("ann", [get("a")]);
    let transcript = sessionspec::engine::play::play(&backend, &script, PATIENCE).await;
    let seen: Vec<_> = transcript.exchanges.iter().map(|exchange| exchange.answer(0).cloned()).collect();
    assert_eq!(seen, [Some(Answer::Ok(2.into())), Some(Answer::Ok(3.into()))]);
}

#[tokio::test]
async fn a_save_that_was_refused_is_a_finding_whatever_was_answered() {
    let refused = Body::Answers {
        results: vec![Answer::Ok(true.into())],
        save_error: Some("the store is read-only".to_owned()),
    };
    let scenario = Scenario::new("lost").cycle("ann", [set("a", 1).is_done()]);
    let player = Player::new(canned([response(200, refused)]), PATIENCE);
    let judgement = scenario.judge(&player.play(&scenario.script).await);
    assert_eq!(judgement.comparisons, 1);
    let finding = judgement.finding.expect("a refused save is one");
    assert_eq!((finding.reason.as_str(), finding.seen.as_str()), ("save-refused", "the store is read-only"));
    assert_eq!(finding.op, None);
}

fn answered(transcript: &Transcript) -> Vec<bool> {
    let outcomes = transcript.exchanges.iter().map(|exchange| &exchange.outcome);
    outcomes.map(|outcome| matches!(outcome, Outcome::Answered { .. })).collect()
}

#[tokio::test]
async fn a_held_cycle_is_answered_when_it_is_released_and_others_go_on_meanwhile() {
    let holding = async {
        let mut player = Player::new(in_process(Memory::default()), PATIENCE);
        assert!(!player.is_held("gate"));
        player.cycle("ann", vec![set("a", 1), hold("gate")]).await;
        assert!(player.is_held("gate") && !player.is_held("another gate"));
        player.cycle("bob", vec![set("b", 1)]).await;
        assert_eq!(answered(player.transcript()), [false, true]);
        player.release("another gate").await;
        assert_eq!(answered(player.transcript()), [false, true]);
        player.release("gate").await;
        assert_eq!(answered(player.transcript()), [true, true]);
        assert!(!player.is_held("gate"));
        player.cycle("ann", vec![get("a")]).await;
        assert_eq!(player.finish().await.exchanges[2].answer(0), Some(&Answer::Ok(1.into())));
    };
    LocalSet::new().run_until(holding).await;
}

#[tokio::test]
async fn a_script_goes_on_while_a_cycle_is_held_and_ends_with_all_answers() {
    let script = Script::new()
        .cycle("ann", [hold("never released"), get("a")])
        .cycle("bob", [hold("released"), set("b", 1)])
        .cycle("cyd", [get("c")])
        .release("released")
        .cycle("bob", [get("b")]);
    let player = Player::new(in_process(Memory::default()), PATIENCE);
    let transcript = LocalSet::new().run_until(player.play(&script)).await;
    assert_eq!(answered(&transcript), [true; 4]);
    assert_eq!(transcript.exchanges[3].answer(0), Some(&Answer::Ok(1.into())), "released before it was read");
}

#[tokio::test]
async fn a_cycle_with_two_gates_is_held_at_both_in_turn() {
    let holding = async {
        let mut player = Player::new(in_process(Memory::default()), PATIENCE);
        player.cycle("ann", vec![set("a", 1), hold("one"), set("a", 2), hold("two"), set("a", 3)]).await;
        assert!(player.is_held("one") && !player.is_held("two"));
        player.release("two").await;
        assert!(player.is_held("one"), "nobody waits at the second gate yet");
        player.release("one").await;
        assert!(player.is_held("two") && !player.is_held("one"));
        assert_eq!(answered(player.transcript()), [false]);
        player.release("two").await;
        assert!(!player.is_held("two"));
        player.finish().await
    };
    let transcript = LocalSet::new().run_until(holding).await;
    assert_eq!(transcript.exchanges[0].answers().len(), 5);
    assert_eq!(transcript.at_once, 1);
}

#[tokio::test]
async fn one_release_lets_everybody_go_on_who_waits_there() {
    let holding = async {
        let mut player = Player::new(in_process(Memory::default()), PATIENCE);
        player.cycle("ann", vec![hold("gate"), set("a", 1)]).await;
        player.cycle("bob", vec![hold("gate"), set("b", 1), hold("another gate")]).await;
        player.cycle("cyd", vec![hold("another gate")]).await;
        player.release("gate").await;
        assert_eq!(answered(player.transcript()), [true, false, false]);
        assert!(!player.is_held("gate") && player.is_held("another gate"));
        player.release("another gate").await;
        assert_eq!(answered(player.transcript()), [true; 3]);
        player.cycle("dan", vec![hold("gate")]).await;
        assert!(player.is_held("gate"), "a gate is closed again to whoever comes later");
        player.finish().await
    };
    let transcript = LocalSet::new().run_until(holding).await;
    assert_eq!(transcript.at_once, 3);
}

/// A backend in which a cycle that does nothing is answered only when another one reads.
struct Late {
    backend: Rc<dyn Backend>,
    has_read: Gate,
}

impl Backend for Late {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Response> {
        Box::pin(async move {
            match request.ops.first() {
                None => drop(self.has_read.pass().await),
                Some(Operation::Get { .. }) => self.has_read.open(),
                Some(_) => {}
            }
            self.backend.cycle(request).await
        })
    }
}

#[tokio::test]
async fn a_release_does_not_wait_for_what_another_browser_has_started() {
    let late = Late { backend: in_process(Memory::default()), has_read: Gate::default() };
    let script = Script::new()
        .cycle("ann", [hold("gate")])
        .start("bob", [])
        .release("gate")
        // Whoever had waited for bob would never have come as far as this.
        .cycle("cyd", [get("c")]);
    let player = Player::new(Rc::new(late), PATIENCE);
    let transcript = LocalSet::new().run_until(player.play(&script)).await;
    assert_eq!(answered(&transcript), [true; 3]);
}

#[tokio::test]
async fn so_many_requests_were_at_work_at_once() {
    let at_once = async |script: Script| {
        let player = Player::new(in_process(Memory::default()), PATIENCE);
        LocalSet::new().run_until(player.play(&script)).await.at_once
    };
    assert_eq!(at_once(Script::new()).await, 0);
    assert_eq!(at_once(Script::new().cycle("ann", []).cycle("bob", [])).await, 1);
    let held = Script::new().cycle("ann", [hold("gate")]).cycle("bob", [hold("gate")]);
    assert_eq!(at_once(held.clone()).await, 2);
    assert_eq!(at_once(held.clone().cycle("cyd", [])).await, 3);
    assert_eq!(at_once(held.clone().release("gate").cycle("cyd", [])).await, 2);
    assert_eq!(
        at_once(held.start("cyd", [])).await,
        2,
        "nobody knows when a request is served that is not waited for"
    );
}

#[tokio::test]
async fn a_gate_that_is_never_reached_holds_nothing() {
    let player = async {
        let mut player = Player::new(canned([answers([Answer::Unsupported])]), PATIENCE);
        player.cycle("ann", vec![hold("gate")]).await;
        player
    };
    let player = LocalSet::new().run_until(player).await;
    assert!(!player.is_held("gate"));
    assert_eq!(answered(player.transcript()), [true]);
}

#[test]
fn a_guarded_backend_is_where_the_backend_is() {
    let bare = canned([]);
    let guarded = guarded(Rc::clone(&bare), "its server");
    assert_eq!(guarded.origin(), bare.origin());
    assert_eq!(guarded.path(), "/canned");
    assert_eq!(guarded.nodes(), 2);
}

#[tokio::test]
async fn what_a_backend_cannot_do_ends_the_script() {
    let why = |script: Script| async move {
        let player = Player::new(in_process(Memory::default()), PATIENCE);
        let transcript = LocalSet::new().run_until(player.play(&script)).await;
        (transcript.exchanges.len(), transcript.not_launched.unwrap_or_default())
    };
    let elsewhere = Script::new().cycle("ann", [get("a")]).on_node(1).cycle("ann", [get("a")]).on_node(2);
    let (played, said) = why(elsewhere).await;
    assert_eq!(played, 1);
    assert!(said.starts_with("it goes to node 2, and 1 is known: "), "{said}");
    let restarted = Script::new().cycle("ann", [get("a")]).restart(Ending::Kill);
    let (played, said) = why(restarted).await;
    assert_eq!(
        (played, said.as_str()),
        (0, "it cannot be ended and started again: let --launch start the service")
    );
}
