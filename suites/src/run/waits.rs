//! Scripts in which time has to pass: they are played at the same time, and while other checks go on.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::backend::{Backend, BackendError};
use crate::expect::Scenario;
use crate::play::{Transcript, play_judgeable};

type Played = Result<(Scenario, Transcript), BackendError>;

/// What is being waited for, by the id of the check.
#[derive(Default)]
pub(super) struct Waits(RefCell<BTreeMap<&'static str, Vec<JoinHandle<Played>>>>);

impl Waits {
    /// Begins to play these scenarios of a check.
    pub(super) fn begin(
        &self,
        check: &'static str,
        scenarios: impl IntoIterator<Item = Scenario>,
        backend: &Rc<dyn Backend>,
        patience: Duration,
    ) {
        let tasks = scenarios.into_iter().map(|scenario| {
            let backend = Rc::clone(backend);
            tokio::task::spawn_local(play(backend, scenario, patience))
        });
        self.0.borrow_mut().insert(check, tasks.collect());
    }

    /// What became of these scenarios, which are played now unless they were begun before.
    pub(super) async fn played(
        &self,
        check: &'static str,
        scenarios: Vec<Scenario>,
        backend: &Rc<dyn Backend>,
        patience: Duration,
    ) -> Result<Vec<(Scenario, Transcript)>, BackendError> {
        if !self.0.borrow().contains_key(check) {
            self.begin(check, scenarios, backend, patience);
        }
        let tasks = self.0.borrow_mut().remove(check).unwrap_or_default();
        let mut played = Vec::new();
        for task in tasks {
            let outcome = task.await.map_err(|panic| BackendError::Internal(panic.to_string()))?;
            played.push(outcome?);
        }
        Ok(played)
    }
}

/// Plays one of them, on virtual time of its own if the backend has any.
async fn play(backend: Rc<dyn Backend>, scenario: Scenario, patience: Duration) -> Played {
    let backend = backend.on_virtual_time().await.unwrap_or(backend);
    let transcript = play_judgeable(&backend, &scenario.script, patience).await?;
    Ok((scenario, transcript))
}
