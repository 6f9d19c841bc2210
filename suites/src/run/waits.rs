//! Scripts in which time has to pass: they are played at the same time, and while other checks go on.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::backend::{Backend, BackendError};
use crate::expect::Scenario;
use crate::play::{Transcript, play_judgeable};
use crate::script::Script;

type Played = Result<Transcript, BackendError>;

/// What is being waited for, by the check's id and the scenario's reason.
#[derive(Default)]
pub(super) struct Waits(RefCell<BTreeMap<(&'static str, String), JoinHandle<Played>>>);

impl Waits {
    /// Begins to play this scenario of a check, unless it has begun.
    pub(super) fn begin(
        &self,
        check: &'static str,
        scenario: Scenario,
        backend: &Rc<dyn Backend>,
        patience: Duration,
    ) {
        let backend = Rc::clone(backend);
        let key = (check, scenario.reason);
        let script = scenario.script;
        self.0
            .borrow_mut()
            .entry(key)
            .or_insert_with(|| tokio::task::spawn_local(play(backend, script, patience)));
    }

    /// What happened when this scenario was played, which is played now unless it was begun before.
    pub(super) async fn played(
        &self,
        check: &'static str,
        scenario: &Scenario,
        backend: &Rc<dyn Backend>,
        patience: Duration,
    ) -> Result<Option<Transcript>, BackendError> {
        let begun = self.0.borrow_mut().remove(&(check, scenario.reason.clone()));
        let transcript = match begun {
            Some(task) => task.await.map_err(|panic| BackendError::Internal(panic.to_string()))?,
            None => play(Rc::clone(backend), scenario.script.clone(), patience).await,
        };
        transcript.map(Some)
    }
}

/// Plays one of them, on virtual time of its own if the backend has any.
async fn play(backend: Rc<dyn Backend>, script: Script, patience: Duration) -> Played {
    let backend = backend.on_virtual_time().await.unwrap_or(backend);
    play_judgeable(&backend, &script, patience).await
}
