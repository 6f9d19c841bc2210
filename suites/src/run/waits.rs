//! Scripts in which time has to pass: they are played at the same time, and while other checks go on.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::backend::{Backend, BackendError};
use crate::expect::{Condition, Scenario};
use crate::play::{Transcript, play_judgeable};
use crate::survey::Survey;

/// What happened; nothing where a session may have ended of itself before the script was over.
type Played = Result<Option<Transcript>, BackendError>;

/// What is being waited for, by the check's id and the scenario's reason.
#[derive(Default)]
pub(super) struct Waits(
    RefCell<BTreeMap<(&'static str, String), JoinHandle<Played>>>,
    /// Whether somebody waits for what the survey sees only on an older session.
    Cell<bool>,
);

impl Waits {
    /// Begins to play this scenario of a check, unless it has begun.
    pub(super) fn begin(
        &self,
        check: &'static str,
        scenario: Scenario,
        survey: &Rc<Survey>,
        backend: &Rc<dyn Backend>,
        patience: Duration,
    ) {
        let (survey, backend) = (Rc::clone(survey), Rc::clone(backend));
        let key = (check, scenario.reason.clone());
        self.0
            .borrow_mut()
            .entry(key)
            .or_insert_with(|| tokio::task::spawn_local(play(survey, backend, scenario, patience)));
    }

    /// Begins to wait for what the survey sees only on an older session. Whoever asks for it later waits for the same.
    pub(super) fn begin_age(&self, survey: Rc<Survey>, backend: Rc<dyn Backend>, patience: Duration) {
        if !self.1.replace(true) {
            tokio::task::spawn_local(async move { survey.learn_age(&backend, patience).await });
        }
    }

    /// What happened when this scenario was played, which is played now unless it was begun before.
    pub(super) async fn played(
        &self,
        check: &'static str,
        scenario: &Scenario,
        survey: &Rc<Survey>,
        backend: &Rc<dyn Backend>,
        patience: Duration,
    ) -> Played {
        let begun = self.0.borrow_mut().remove(&(check, scenario.reason.clone()));
        match begun {
            Some(task) => task.await.map_err(|panic| BackendError::Internal(panic.to_string()))?,
            None => {
                let (survey, backend) = (Rc::clone(survey), Rc::clone(backend));
                play(survey, backend, scenario.clone(), patience).await
            }
        }
    }
}

/// Whether nothing but the time that the whole script takes says whether its sessions were still alive. Expectations that
/// depend on time say themselves until when an answer counts, and more precisely.
fn is_guarded(scenario: &Scenario) -> bool {
    let mut conditions = scenario.expectations.iter().filter_map(|expectation| expectation.only_if.as_ref());
    !conditions.any(Condition::is_of_time)
}

/// How much of the time passes where a scenario looks sooner.
const SOONER: f64 = 0.6;

/// Plays one of them, on virtual time of its own if the backend has any. Where the moment is over in which its answers
/// decide, it is played once more, and looks sooner if it may: all that wait begin together, and by then that rush is over.
async fn play(
    survey: Rc<Survey>,
    backend: Rc<dyn Backend>,
    mut scenario: Scenario,
    patience: Duration,
) -> Played {
    let backend = backend.on_virtual_time().await.unwrap_or(backend);
    match play_once(&survey, &backend, &scenario, patience).await? {
        Some(transcript) if !scenario.is_over(&transcript) => Ok(Some(transcript)),
        _ => {
            if scenario.may_look_sooner {
                scenario.script = scenario.script.with_waits(SOONER);
            }
            play_once(&survey, &backend, &scenario, patience).await
        }
    }
}

async fn play_once(
    survey: &Survey,
    backend: &Rc<dyn Backend>,
    scenario: &Scenario,
    patience: Duration,
) -> Played {
    let script = &scenario.script;
    let began = Instant::now();
    let transcript = play_judgeable(backend, script, patience).await?;
    // Whoever waits for the end of a session says what is the case before and after it.
    let is_late = |waited: Duration| survey.outlives_a_session(waited);
    let has_ended = is_guarded(scenario)
        && !is_late(script.waited())
        && is_late(began.elapsed())
        && !script.sets_a_lifetime();
    Ok((!has_ended).then_some(transcript))
}
