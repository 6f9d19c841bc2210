//! Scripts in which time has to pass: they are played at the same time, and while other checks go on.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::{RwLock, RwLockWriteGuard};
use tokio::task::JoinHandle;

use crate::backend::{Backend, BackendError};
use crate::expect::{Condition, Scenario};
use crate::play::{
    Lanes, Transcript, play_judgeable, play_judgeable_alone_but_for_waits, play_judgeable_alone_throughout,
};
use crate::survey::Survey;

/// What happened; nothing where a session may have ended of itself before the script was over.
type Played = Result<Option<Transcript>, BackendError>;

/// What is being waited for, by the check's id and the scenario's reason.
#[derive(Default)]
pub(super) struct Waits {
    begun: RefCell<BTreeMap<(&'static str, String), JoinHandle<Played>>>,
    /// Whether somebody waits for what the survey sees only on an older session.
    asks_for_age: Cell<bool>,
    /// It is read by all that are being played for the first time, and written by whoever waits until they have been.
    first_plays: Rc<RwLock<()>>,
    /// It is read by all that are being played, and written by whoever changes something for everybody, or needs the service to
    /// itself while time passes.
    plays: Rc<RwLock<()>>,
    /// Whether a script was too late although nothing else was at work: the service itself is too slow then.
    is_slow: Rc<Cell<bool>>,
}

impl Waits {
    /// Begins to play this scenario of a check, unless it has begun.
    pub(super) fn begin(
        &self,
        check: &'static str,
        scenario: Rc<Scenario>,
        survey: &Rc<Survey>,
        backend: &Rc<dyn Backend>,
        patience: Duration,
        lanes: &Rc<Lanes>,
    ) {
        let waiting = self.waiting(check, survey, backend, patience, lanes);
        let key = (check, scenario.reason.clone());
        self.begun
            .borrow_mut()
            .entry(key)
            .or_insert_with(|| tokio::task::spawn_local(waiting.play(scenario)));
    }

    fn waiting(
        &self,
        check: &'static str,
        survey: &Rc<Survey>,
        backend: &Rc<dyn Backend>,
        patience: Duration,
        lanes: &Rc<Lanes>,
    ) -> Waiting {
        let (survey, backend, lanes) = (Rc::clone(survey), Rc::clone(backend), Rc::clone(lanes));
        let (first_plays, plays) = (Rc::clone(&self.first_plays), Rc::clone(&self.plays));
        let is_slow = Rc::clone(&self.is_slow);
        Waiting { check, survey, backend, patience, lanes, first_plays, plays, is_slow }
    }

    /// Waits until nobody has a session for which somebody waits. Nobody begins to, as long as what is returned is kept.
    pub(super) async fn are_over(
        &self,
        survey: &Rc<Survey>,
        backend: &Rc<dyn Backend>,
        patience: Duration,
    ) -> RwLockWriteGuard<'_, ()> {
        if self.asks_for_age.get() {
            survey.learn_age(backend, patience).await;
        }
        self.plays.write().await
    }

    /// Begins to wait for what the survey sees only on an older session. Whoever asks for it later waits for the same.
    pub(super) fn begin_age(&self, survey: Rc<Survey>, backend: Rc<dyn Backend>, patience: Duration) {
        if !self.asks_for_age.replace(true) {
            tokio::task::spawn_local(async move { survey.learn_age(&backend, patience).await });
        }
    }

    /// What happened when this scenario was played, which is played now unless it was begun before.
    pub(super) async fn played(
        &self,
        check: &'static str,
        scenario: &Rc<Scenario>,
        survey: &Rc<Survey>,
        backend: &Rc<dyn Backend>,
        patience: Duration,
        lanes: &Rc<Lanes>,
    ) -> Played {
        let begun = self.begun.borrow_mut().remove(&(check, scenario.reason.clone()));
        match begun {
            Some(task) => task.await.map_err(|panic| BackendError::Internal(panic.to_string()))?,
            None => self.waiting(check, survey, backend, patience, lanes).play(Rc::clone(scenario)).await,
        }
    }
}

/// Whether nothing but the time that the whole script takes says whether its sessions were still alive. Expectations that
/// depend on time say themselves until when an answer counts, and more precisely.
fn is_guarded(scenario: &Scenario) -> bool {
    let mut conditions = scenario.expectations.iter().filter_map(|expectation| expectation.only_if.as_ref());
    !conditions.any(Condition::is_of_time)
}

/// Whether nothing can be concluded from what happened: a session may have ended of itself meanwhile, or the moment was over at
/// which the scenario looks.
fn is_late(played: Option<&Transcript>, scenario: &Scenario) -> bool {
    played.is_none_or(|transcript| scenario.is_over(transcript))
}

/// How much of the time passes where a scenario looks sooner.
const SOONER: f64 = 0.6;

/// What it takes to play a scenario that waits.
struct Waiting {
    check: &'static str,
    survey: Rc<Survey>,
    backend: Rc<dyn Backend>,
    patience: Duration,
    lanes: Rc<Lanes>,
    first_plays: Rc<RwLock<()>>,
    plays: Rc<RwLock<()>>,
    is_slow: Rc<Cell<bool>>,
}

impl Waiting {
    /// Plays a scenario. While time passes, others go on all the same, unless it asks for the service to itself from beginning to
    /// end: that is had in real time once nobody else plays.
    async fn play(self, scenario: Rc<Scenario>) -> Played {
        let plays = Rc::clone(&self.plays);
        if scenario.alone_throughout && self.backend.on_virtual_time().await.is_none() {
            let _nobody_else_plays = plays.write().await;
            return self.play_alone_throughout(&scenario).await;
        }
        let _nobody_is_alone_throughout = plays.read().await;
        self.play_until_it_counts(scenario).await
    }

    /// Plays a scenario, on virtual time of its own if the backend has any, until what happened can be judged.
    ///
    /// In real time all that wait begin together, and what goes wrong may come from that. So what was too late even when it
    /// looked sooner is played again once all others have been played, and so is what failed, which is judged by that.
    async fn play_until_it_counts(mut self, scenario: Rc<Scenario>) -> Played {
        let given = Rc::clone(&self.backend);
        let on_virtual_time = given.on_virtual_time().await;
        let is_real = on_virtual_time.is_none();
        self.backend = on_virtual_time.unwrap_or_else(|| Rc::clone(&given));
        let first_plays = Rc::clone(&self.first_plays);
        let first_play = first_plays.read().await;
        let (scenario, beside_others) = self.play_in_time_beside_others(scenario, is_real).await?;
        let is_right = |transcript: &Transcript| scenario.judge(transcript).finding.is_none();
        let has_failed = !beside_others.as_ref().is_none_or(is_right);
        if !(has_failed || is_real && is_late(beside_others.as_ref(), &scenario)) {
            return Ok(beside_others);
        }
        drop(first_play);
        let all_have_been_played_once = first_plays.write().await;
        drop(all_have_been_played_once);
        self.backend = given.on_virtual_time().await.unwrap_or(given);
        let alone = self.play_in_time_alone(&scenario, is_real).await?;
        if is_late(alone.as_ref(), &scenario) {
            return Ok(beside_others);
        }
        if has_failed && alone.as_ref().is_some_and(is_right) {
            self.lanes.failed_only_beside_others(self.check);
        }
        Ok(alone)
    }

    /// Plays a scenario beside others, and once more where that was too late in real time: then it looks sooner, if it may. The
    /// scenario is the one that was played last.
    async fn play_in_time_beside_others(
        &self,
        scenario: Rc<Scenario>,
        is_real: bool,
    ) -> Result<(Rc<Scenario>, Option<Transcript>), BackendError> {
        let played = self.play_beside_others(&scenario).await?;
        if !(is_real && is_late(played.as_ref(), &scenario)) {
            return Ok((scenario, played));
        }
        let scenario = if scenario.may_look_sooner {
            let script = scenario.script.clone().with_waits(SOONER);
            Rc::new(Scenario { script, ..Scenario::clone(&scenario) })
        } else {
            scenario
        };
        let played = self.play_beside_others(&scenario).await?;
        Ok((scenario, played))
    }

    /// Plays a scenario by itself. Whoever asks while time passes waits for others that go on meanwhile, so that what is too late
    /// in real time is played with nothing else at work, unless the service was too slow even for that before.
    async fn play_in_time_alone(&self, scenario: &Scenario, is_real: bool) -> Played {
        let played = self.play_alone_but_for_waits(scenario).await?;
        if !(is_real && is_late(played.as_ref(), scenario)) || self.is_slow.get() {
            return Ok(played);
        }
        let played = self.play_alone_throughout(scenario).await?;
        self.is_slow.set(is_late(played.as_ref(), scenario));
        Ok(played)
    }

    async fn play_beside_others(&self, scenario: &Scenario) -> Played {
        let Self { survey, backend, patience, .. } = self;
        in_time(survey, scenario, play_judgeable(backend, &scenario.script, *patience)).await
    }

    async fn play_alone_but_for_waits(&self, scenario: &Scenario) -> Played {
        let Self { survey, backend, patience, lanes, .. } = self;
        in_time(
            survey,
            scenario,
            play_judgeable_alone_but_for_waits(backend, &scenario.script, *patience, lanes),
        )
        .await
    }

    async fn play_alone_throughout(&self, scenario: &Scenario) -> Played {
        let Self { survey, backend, patience, lanes, .. } = self;
        in_time(
            survey,
            scenario,
            play_judgeable_alone_throughout(backend, &scenario.script, *patience, lanes),
        )
        .await
    }
}

/// What happened, unless that took so long that a session may have ended of itself.
async fn in_time(
    survey: &Survey,
    scenario: &Scenario,
    played: impl Future<Output = Result<Transcript, BackendError>>,
) -> Played {
    let script = &scenario.script;
    let began = Instant::now();
    let transcript = played.await?;
    // Whoever waits for the end of a session says what is the case before and after it.
    let is_late = |waited: Duration| survey.may_end_in(script, &survey.description, waited);
    let has_ended = is_guarded(scenario)
        && !is_late(script.waited())
        && is_late(began.elapsed())
        && !script.sets_a_lifetime();
    Ok((!has_ended).then_some(transcript))
}

#[cfg(test)]
mod tests {
    use sessionspec_reference::{Description, Memory};
    use tokio::task::LocalSet;

    use super::*;
    use crate::backend::{CycleRequest, CycleResponse, LocalBoxFuture, in_process};
    use crate::script::ops::{get, set};

    /// A service that loses the session of a request which comes while another one is at work.
    struct LosesBesideOthers {
        backend: Rc<dyn Backend>,
        at_work: Cell<u32>,
    }

    impl Backend for LosesBesideOthers {
        fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
            self.backend.describe()
        }

        fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
            Box::pin(async {
                let others = self.at_work.get();
                self.at_work.set(others + 1);
                tokio::task::yield_now().await;
                let mut response = self.backend.cycle(request).await?;
                self.at_work.set(self.at_work.get() - 1);
                if others > 0 {
                    response.headers = Default::default();
                }
                Ok(response)
            })
        }
    }

    fn colour(reason: &str, found: &str) -> Rc<Scenario> {
        let scenario = Scenario::new(reason)
            .cycle("ann", [set("colour", "red").is_done()])
            .wait(1.0)
            .cycle("ann", [get("colour").is(found)]);
        Rc::new(scenario)
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_while_all_wait_together_is_judged_by_itself() {
        let backend: Rc<dyn Backend> =
            Rc::new(LosesBesideOthers { backend: in_process(Memory::default()), at_work: Cell::default() });
        let patience = Duration::from_secs(10);
        let survey = Rc::new(Survey::of(Rc::clone(&backend), patience).await.unwrap());
        let played = async |scenarios: &[Rc<Scenario>]| {
            let (waits, lanes) = (Waits::default(), Rc::new(Lanes::new(4)));
            for scenario in scenarios {
                waits.begin("suite/check", Rc::clone(scenario), &survey, &backend, patience, &lanes);
            }
            let mut right = Vec::new();
            for scenario in scenarios {
                let played = waits.played("suite/check", scenario, &survey, &backend, patience, &lanes).await;
                right.push(scenario.judge(&played.unwrap().unwrap()).finding.is_none());
            }
            (right, lanes.only_beside_others())
        };
        let (one, other, wrong) = (colour("one", "red"), colour("other", "red"), colour("wrong", "blue"));
        LocalSet::new()
            .run_until(async {
                assert_eq!(played(std::slice::from_ref(&one)).await, (vec![true], Vec::new()));
                let only_beside_others = vec!["suite/check".to_owned()];
                assert_eq!(played(&[one, other]).await, (vec![true, true], only_beside_others));
                assert_eq!(played(&[wrong]).await, (vec![false], Vec::new()));
            })
            .await;
    }
}
