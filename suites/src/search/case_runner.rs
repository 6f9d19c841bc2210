//! Plays a script on the backend under test and judges it by the reference.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::Property;
use crate::backend::{Backend, BackendError};
use crate::expect::{Finding, Judgement, Scenario};
use crate::oracle::promises::Excused;
use crate::play::{Lanes, Place, Transcript, play_judgeable};
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
    /// The room for requests in front of the backend.
    pub(crate) lanes: Rc<Lanes>,
    /// What is known to fail, and accepted.
    pub(crate) excused: Excused,
}

/// Where a script is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// Beside others, as soon as there is room.
    BesideOthers,
    /// In the room that the caller has taken.
    Taken,
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
#[derive(Clone)]
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
    pub(crate) async fn play(
        &self,
        property: Property,
        script: Script,
        room: Room,
    ) -> Result<JudgedCase, BackendError> {
        let _place = self.place(room, &script).await;
        let began = Instant::now();
        // Where time cannot be moved, no script of a property waits.
        let moved = if script.waits() { self.backend.on_virtual_time().await } else { None };
        let backend = moved.as_ref().unwrap_or(&self.backend);
        let mut script = script;
        let mut transcript = play_judgeable(backend, &script, self.patience).await?;
        while respell(&mut script, &transcript) {
            // Nothing was done where a spelling cannot be used, so that what follows is another script.
            let moved = if script.waits() { self.backend.on_virtual_time().await } else { None };
            let backend = moved.as_ref().unwrap_or(&self.backend);
            transcript = play_judgeable(backend, &script, self.patience).await?;
        }
        let scenario = property.scenario(script, self.survey, &self.excused, &transcript).await;
        Ok(self.judged(scenario, transcript, began))
    }

    /// Plays a scenario with fresh browsers and judges what happened by its own expectations.
    ///
    /// # Errors
    ///
    /// As [`play`](Self::play).
    pub(crate) async fn play_scenario(
        &self,
        scenario: Scenario,
        room: Room,
    ) -> Result<JudgedCase, BackendError> {
        let _place = self.place(room, &scenario.script).await;
        let began = Instant::now();
        let transcript = play_judgeable(&self.backend, &scenario.script, self.patience).await?;
        Ok(self.judged(scenario, transcript, began))
    }

    /// Plays the script with fresh browsers, and judges what happened by what has to be then.
    ///
    /// # Errors
    ///
    /// As [`play`](Self::play).
    pub(super) async fn play_for(
        &self,
        script: Script,
        room: Room,
        scenario: &dyn Fn(Script, &Transcript) -> Scenario,
    ) -> Result<JudgedCase, BackendError> {
        let _place = self.place(room, &script).await;
        let moved = if script.waits() { self.backend.on_virtual_time().await } else { None };
        let backend = moved.as_ref().unwrap_or(&self.backend);
        let transcript = play_judgeable(backend, &script, self.patience).await?;
        let scenario = scenario(script, &transcript);
        let judgement = scenario.judge(&transcript);
        Ok(JudgedCase { scenario, transcript, judgement, unjudged: None })
    }

    async fn place(&self, room: Room, script: &Script) -> Option<Place<'_>> {
        match room {
            Room::BesideOthers => Some(self.lanes.beside_others(script).await),
            Room::Taken => None,
        }
    }

    fn judged(&self, scenario: Scenario, transcript: Transcript, began: Instant) -> JudgedCase {
        let judgement = if self.outlives_a_session(began.elapsed()) {
            Judgement { comparisons: 0, finding: None }
        } else {
            scenario.judge(&transcript)
        };
        let unjudged = scenario.why_it_tells_nothing(&transcript);
        JudgedCase { scenario, transcript, judgement, unjudged }
    }

    /// Whether a session may have expired meanwhile. A second is left for clocks that count in seconds.
    fn outlives_a_session(&self, elapsed: Duration) -> bool {
        let description = &self.survey.description;
        let lifetimes = [description.lifetime_seconds, description.browser_lifetime_seconds.flatten()];
        lifetimes.into_iter().flatten().any(|lifetime| elapsed.as_secs_f64() >= lifetime - 1.0)
    }
}

/// Asks in the usual spelling for what the probe could not do in another one, from there on. Whether there was anything.
fn respell(script: &mut Script, transcript: &Transcript) -> bool {
    let exchanges = transcript.exchanges.iter().enumerate();
    let mut refused = exchanges.filter_map(|(cycle, exchange)| Some((cycle, exchange.unspelled().next()?)));
    let Some((cycle, at)) = refused.next() else { return false };
    let ops = &transcript.exchanges[cycle].ops;
    let (kind, spelling) = (ops[at].kind(), ops.spelling(at).map(str::to_owned));
    let mut was_any = false;
    for (number, cycle_of_script) in script.cycles_mut().enumerate().skip(cycle) {
        let ops = &mut cycle_of_script.ops;
        let from = if number == cycle { at } else { 0 };
        for place in from..ops.len() {
            if ops[place].kind() == kind && ops.spelling(place) == spelling.as_deref() {
                ops.spell(place, None);
                was_any = true;
            }
        }
    }
    was_any
}

impl JudgedCase {
    /// Whether everything was as it has to be, so that nobody needs to see it played alone.
    pub(crate) fn is_plainly_right(&self) -> bool {
        let Judgement { comparisons, finding } = &self.judgement;
        *comparisons > 0 && finding.is_none() && self.transcript.is_fully_answered()
    }

    /// The failure, if the script failed.
    pub(crate) fn failing(self) -> Option<FailingCase> {
        let finding = self.judgement.finding?;
        Some(FailingCase { scenario: self.scenario, transcript: self.transcript, finding })
    }
}
