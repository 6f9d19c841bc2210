//! Plays a scenario in which no time has to pass: beside others or alone, faster where it took too long, and again where it failed.
//! What takes too long even so is played with sessions that live longer (`longer.rs`).

use std::rc::Rc;
use std::time::Instant;

use super::{Played, Scenarios};
use crate::backend::BackendError;
use crate::checks::Check;
use crate::expect::{Finding, Scenario};
use crate::play::{Transcript, has_crowds, play_judgeable_together};
use crate::run::confirmation::Confirmation;

/// How often a scenario that failed is played again, to see whether it fails every time.
const CONFIRMATIONS: usize = 2;

impl Scenarios {
    /// Plays a script in which no time has to pass: beside others, and alone where that was not plainly right.
    pub(super) async fn play_in_time(&self, check: &Check, scenario: &Rc<Scenario>) -> Played {
        let is_alone = scenario.alone_throughout || scenario.script.breaks_the_store_of_all();
        if is_alone || !self.lanes.are_several() {
            return self.play_alone(check, scenario).await;
        }
        let place = self.lanes.beside_others(&scenario.script).await;
        let beside_others = self.play_once(scenario, 1).await;
        drop(place);
        let mut has_failed = beside_others.is_err();
        if let Ok(Some(transcript)) = &beside_others {
            has_failed = scenario.judge(transcript).finding.is_some();
            if !has_failed && transcript.is_fully_answered() {
                return Ok(as_written(scenario, beside_others?));
            }
        }
        let alone = self.play_alone(check, scenario).await;
        let is_right =
            |(played, transcript): &(Rc<Scenario>, Transcript)| played.judge(transcript).finding.is_none();
        if has_failed && alone.as_ref().is_ok_and(|alone| alone.as_ref().is_some_and(is_right)) {
            self.lanes.failed_only_beside_others(check.id);
        }
        alone
    }

    /// Plays a script alone. A session may end of itself meanwhile, where the service is slow: then the script is played
    /// once more, with fewer requests in a row, and then with sessions that live longer. If none of that helps, there is nothing to
    /// judge.
    async fn play_alone(&self, check: &Check, scenario: &Rc<Scenario>) -> Played {
        let _alone = self.lanes.alone().await;
        if let Some(transcript) = self.play_once(scenario, 1).await? {
            return Ok(as_written(scenario, Some(transcript)));
        }
        match self.play_faster(scenario).await? {
            Some(transcript) => Ok(as_written(scenario, Some(transcript))),
            None => self.play_longer(check, scenario).await,
        }
    }

    /// Plays a script whose crowds send their requests together, where the service is asked for several things at once. As
    /// with whatever is played beside others, that counts only where nothing was found.
    async fn play_faster(&self, scenario: &Scenario) -> Result<Option<Transcript>, BackendError> {
        let most = self.lanes.together();
        let played = self.play_once(scenario, most).await?;
        let is_right = |transcript: &Transcript| {
            transcript.is_fully_answered() && scenario.judge(transcript).finding.is_none()
        };
        let is_as_written = most < 2 || !has_crowds(&scenario.script);
        Ok(played.filter(|transcript| is_as_written || is_right(transcript)))
    }

    /// What happened, unless that took so long that a session may have ended of itself. Where nobody comes back to a
    /// session, or nothing depends on it, it does not matter when one ends; where all was found in the end, none has. So many requests of a crowd are sent together.
    async fn play_once(
        &self,
        scenario: &Scenario,
        together: usize,
    ) -> Result<Option<Transcript>, BackendError> {
        let began = Instant::now();
        let transcript =
            play_judgeable_together(&self.backend, &scenario.script, self.patience, together).await?;
        // A process that has to start first takes time in which no session lives.
        let took = if scenario.script.goes_apart() { transcript.lasted() } else { began.elapsed() };
        let description = transcript.apart.as_deref().unwrap_or(&self.survey.description);
        let is_late = self.survey.may_end_in(&scenario.script, description, took);
        let is_in_time = !scenario.script.comes_back()
            || !is_late
            || scenario.is_timeless()
            || (scenario.judge(&transcript).finding.is_none() && scenario.shows_life(&transcript));
        Ok(is_in_time.then_some(transcript))
    }

    /// Plays a scenario that failed again, on fresh sessions; nothing where it could not be played so often. What waits in real
    /// time is played once.
    pub(super) async fn confirm(
        &self,
        check: &Check,
        scenario: &Rc<Scenario>,
        finding: &Finding,
    ) -> Option<Confirmation> {
        if scenario.script.waits() {
            return None;
        }
        let mut confirmation = Confirmation::default();
        for _ in 0..CONFIRMATIONS {
            let (played, transcript) = self.play_alone(check, scenario).await.ok()??;
            confirmation.add(&played.judge(&transcript), finding);
        }
        Some(confirmation)
    }
}

/// What happened, when nothing else was played than what is written.
fn as_written(scenario: &Rc<Scenario>, transcript: Option<Transcript>) -> Option<(Rc<Scenario>, Transcript)> {
    Some((Rc::clone(scenario), transcript?))
}
