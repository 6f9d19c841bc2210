//! The sentinel of a run: a session that is made before anything is judged, that nobody touches, and that is looked at once
//! everything else is over.

use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Options;
use super::judging::Judging;
use super::outcome::Outcome;
use crate::backend::Backend;
use crate::checks::{Applicability, Check, Lack, Test};
use crate::expect::Scenario;
use crate::play::{Evidence, Player, Transcript};
use crate::report::{Failure, Redaction, Verdict, message};
use crate::script::ops::{items, set};
use crate::script::{Answer, Operation};
use crate::survey::Survey;

/// The suites that end processes, or take their store away.
const UNSETTLING: [&str; 2] = ["restart", "outage"];

/// A session is looked at that is no older than this, also where nothing is declared: many backends keep one for half an hour.
const LONGEST: Duration = Duration::from_secs(10 * 60);

const NAME: &str = "sentinel";

/// A session that nobody touches.
pub(super) struct Sentinel {
    check: Check,
    player: Player,
    begun: Instant,
}

impl Sentinel {
    /// Makes the session, where its check is run and others are that do not unsettle everybody.
    pub(super) async fn begin(
        wanted: &[Check],
        backend: &Rc<dyn Backend>,
        survey: &Survey,
        options: &Options,
    ) -> Option<Self> {
        let check = *wanted.iter().find(|check| matches!(check.test, Test::Sentinel))?;
        let is_of_use = why_not(wanted).is_none() && check.applicability(survey) == Applicability::Applies;
        let mut player = Player::new(Rc::clone(backend), options.patience);
        if is_of_use {
            player.cycle(NAME, vec![written()]).await;
        }
        Some(Self { check, player, begun: Instant::now() })
    }

    /// Looks at the session, after so many checks were judged.
    pub(super) async fn look(self, wanted: &[Check], judging: &Judging, judged: usize) -> Outcome {
        let Self { check, mut player, begun } = self;
        let survey = &*judging.survey;
        match (check.applicability(survey), why_not(wanted)) {
            (Applicability::NotApplicable(lack), _) | (_, Some(lack)) => {
                return Outcome::not_applicable(&lack);
            }
            (Applicability::Unverified(because), _) => {
                return Outcome::without_evidence(Verdict::Unverified, message(&because));
            }
            (Applicability::Applies, None) => {}
        }
        if judged == 0 {
            let because = "no other check was judged, so that nothing was done beside the session".to_owned();
            return Outcome::without_evidence(Verdict::Unverified, because);
        }
        if let Some(fact) = judging.scenarios.first_broken(&check, &scenario("lost", survey)).await {
            return judging.blocked_by(fact);
        }
        player.cycle(NAME, vec![items()]).await;
        let transcript = player.finish().await;
        let took = begun.elapsed();
        let may_have_ended = took > LONGEST || survey.outlives_a_session_of(&survey.description, took);
        if may_have_ended || has_dropped_its_cookie(&transcript) {
            return Outcome::not_applicable(&Lack::LastingSessions);
        }
        outcome(&transcript, survey, judged)
    }
}

/// Why a run of these checks may well end the session.
fn why_not(wanted: &[Check]) -> Option<Lack> {
    wanted.iter().any(|check| UNSETTLING.contains(&check.suite())).then_some(Lack::LastingSessions)
}

fn written() -> Operation {
    set(NAME, "untouched")
}

fn scenario(reason: &str, survey: &Survey) -> Scenario {
    Scenario::new(reason)
        .cycle(NAME, [written().is_done()])
        .cycle(NAME, [items().are([(NAME, json!("untouched"))], survey)])
}

/// Whether the browser has none of the cookies any more that it got, although nobody has removed them: they said until when they
/// count, as that of a browser session may whose lifetime is not declared.
fn has_dropped_its_cookie(transcript: &Transcript) -> bool {
    let [begun, .., looked] = &transcript.exchanges[..] else { return false };
    begun.stored.iter().any(Result::is_ok) && looked.cookie.is_none()
}

fn outcome(transcript: &Transcript, survey: &Survey, judged: usize) -> Outcome {
    let is_there = transcript
        .exchanges
        .last()
        .and_then(|exchange| exchange.answer(0))
        .is_some_and(|answer| matches!(answer, Answer::Ok(items) if items.get(NAME).is_some()));
    let scenario = scenario(if is_there { "changed" } else { "lost" }, survey);
    if let Some(why) = scenario.why_it_tells_nothing(transcript) {
        return Outcome::without_evidence(Verdict::Unverified, message(&why.to_string()));
    }
    let judgement = scenario.judge(transcript);
    let mut evidence = Evidence::default();
    evidence.add(transcript, judgement.comparisons);
    let failure = judgement.finding.map(|finding| Failure {
        note: Some(format!("between the two requests, {judged} other checks were judged")),
        ..Failure::found(finding, scenario, transcript, Redaction::of(survey))
    });
    Outcome::of(evidence, failure.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use sessionspec_reference::Memory;
    use tokio::task::LocalSet;

    use super::*;
    use crate::backend::in_process;
    use crate::play::play_judgeable;
    use crate::script::Script;
    use crate::script::ops::set_permanent;

    async fn has_dropped(script: Script) -> bool {
        let backend = in_process(Memory::default()).on_virtual_time().await.unwrap();
        let played = play_judgeable(&backend, &script, Duration::from_secs(10));
        has_dropped_its_cookie(&LocalSet::new().run_until(played).await.unwrap())
    }

    #[tokio::test]
    async fn a_session_whose_cookie_is_over_may_have_ended() {
        let looked_at = |script: Script| script.cycle(NAME, [items()]);
        assert!(!has_dropped(looked_at(Script::new().cycle(NAME, [written()]))).await);
        assert!(!has_dropped(looked_at(Script::new().cycle(NAME, []))).await, "it never had one");
        let short = [written(), set_permanent(true), Operation::SetLifetime { seconds: 2.0 }];
        let short = || Script::new().cycle(NAME, short.clone());
        assert!(!has_dropped(looked_at(short())).await);
        assert!(has_dropped(looked_at(short().wait(3.0))).await);
    }
}
