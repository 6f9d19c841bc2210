//! Plays a script on the backend under test and judges it by the reference.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::Property;
use crate::backend::{Backend, BackendError};
use crate::expect::{Finding, Judgement, Scenario};
use crate::play::{Transcript, play_judgeable};
use crate::script::Script;
use crate::survey::Survey;

/// Plays scripts on a backend and judges what it answers.
pub(crate) struct CaseRunner<'a> {
    /// The backend under test.
    pub(crate) backend: Rc<dyn Backend>,
    /// What was observed of the backend. The oracle behaves like that.
    pub(crate) survey: &'a Survey,
    /// How long a cycle may take.
    pub(crate) patience: Duration,
}

/// A script that was played and judged.
pub(crate) struct JudgedCase {
    pub(crate) scenario: Scenario,
    pub(crate) transcript: Transcript,
    pub(crate) judgement: Judgement,
    /// Why nothing can be concluded from it, where that is so.
    pub(crate) unjudged: Option<BackendError>,
}

/// A script on which the backend differs from the reference.
pub(crate) struct FailingCase {
    pub(crate) scenario: Scenario,
    pub(crate) transcript: Transcript,
    pub(crate) finding: Finding,
}

impl CaseRunner<'_> {
    /// Plays the script with fresh browsers and judges what happened.
    ///
    /// # Errors
    ///
    /// A fault of the service that leaves nothing to judge.
    pub(crate) async fn play(&self, property: Property, script: Script) -> Result<JudgedCase, BackendError> {
        let began = Instant::now();
        let transcript = play_judgeable(&self.backend, &script, self.patience).await?;
        let scenario = property.scenario(script, self.survey, &transcript).await;
        Ok(self.judged(scenario, transcript, began))
    }

    /// Plays a scenario with fresh browsers and judges what happened by its own expectations.
    ///
    /// # Errors
    ///
    /// As [`play`](Self::play).
    pub(crate) async fn play_scenario(&self, scenario: Scenario) -> Result<JudgedCase, BackendError> {
        let began = Instant::now();
        let transcript = play_judgeable(&self.backend, &scenario.script, self.patience).await?;
        Ok(self.judged(scenario, transcript, began))
    }

    fn judged(&self, scenario: Scenario, transcript: Transcript, began: Instant) -> JudgedCase {
        let judgement = if self.outlives_a_session(began.elapsed()) {
            Judgement { comparisons: 0, finding: None }
        } else {
            scenario.judge(&transcript)
        };
        let unjudged = scenario.unjudged(&transcript);
        JudgedCase { scenario, transcript, judgement, unjudged }
    }

    /// Whether a session may have expired meanwhile. A second is left for clocks that count in seconds.
    fn outlives_a_session(&self, elapsed: Duration) -> bool {
        let description = &self.survey.description;
        let lifetimes = [description.lifetime_seconds, description.browser_lifetime_seconds.flatten()];
        lifetimes.into_iter().flatten().any(|lifetime| elapsed.as_secs_f64() >= lifetime - 1.0)
    }
}

impl JudgedCase {
    /// The failure, if the script failed.
    pub(crate) fn failing(self) -> Option<FailingCase> {
        let finding = self.judgement.finding?;
        Some(FailingCase { scenario: self.scenario, transcript: self.transcript, finding })
    }
}
