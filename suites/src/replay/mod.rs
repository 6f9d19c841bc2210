//! Plays a case file again: does it still fail?

mod case_file;
mod curl;
mod limits;
mod missing_script;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::LocalSet;

use crate::backend::{Backend, BackendError, Front, catching_panics, fronted};
use crate::checks::{Applicability, Check, Test, named};
use crate::expect::{Finding, Scenario};
use crate::oracle::promises::Excused;
use crate::oracle::{linearize, sequential};
use crate::play::{Transcript, play as play_script, undisturbed};
use crate::report::{self, Failure, Redaction, ShownExchange};
use crate::survey::{self, PreflightError, Survey};
pub use case_file::{CaseError, CaseFile};
pub use curl::{CurlError, as_curl, as_curl_with_headers};
pub use limits::{LimitError, Limits};

/// The result of a case that was played again.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// Whether the case still fails.
    pub outcome: ReplayOutcome,
    /// The scenario by which it was judged.
    pub scenario: Scenario,
    /// What happened.
    pub transcript: Transcript,
    /// The same transcript, as reports show it.
    pub shown: Vec<ShownExchange>,
    /// The failure, as reports show it; `None` where nothing failed.
    pub failure: Option<Failure>,
}

/// Whether a case still fails.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplayOutcome {
    /// The case fails for the same reason.
    StillFails(Finding),
    /// The case does not fail any more.
    Passes,
    /// The case fails for another reason.
    DiffersOtherwise(Finding),
    /// Nothing could be compared, for this reason.
    NothingCompared(String),
}

/// The reason for which a case could not be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The backend did not answer as a probe does.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The backend could not be surveyed.
    #[error(transparent)]
    Preflight(#[from] PreflightError),
}

/// Plays the case with fresh browsers and holds the answers against those that the file expects.
///
/// The answers in the file are those of a backend with the capabilities of the one on which the case was found. For any
/// other backend use [`replay_surveyed`].
///
/// # Errors
///
/// [`ReplayError::Backend`] where the service cannot be reached, or is no probe.
pub async fn replay(
    backend: Rc<dyn Backend>,
    case: &CaseFile,
    patience: Duration,
) -> Result<Replayed, ReplayError> {
    let backend = catching_panics(backend);
    LocalSet::new()
        .run_until(async {
            let transcript = play(&backend, &case.scenario, patience).await?;
            Ok(judged(
                case,
                case.scenario.clone(),
                transcript,
                Redaction { own_keys: &BTreeSet::new(), in_cookie: false },
            ))
        })
        .await
}

/// Plays the case as [`replay`] does. It surveys the backend first, and expects what the contract asks of a backend
/// with these capabilities.
///
/// # Errors
///
/// The error of [`replay`], and [`ReplayError::Preflight`] where the backend cannot be surveyed.
pub async fn replay_surveyed(
    backend: Rc<dyn Backend>,
    case: &CaseFile,
    patience: Duration,
) -> Result<Replayed, ReplayError> {
    replay_judging(backend, case, patience, &[]).await
}

/// As [`replay_surveyed`], where the session's cookies are known by name; none are where there is no name.
///
/// # Errors
///
/// As [`replay_surveyed`].
pub async fn replay_judging(
    backend: Rc<dyn Backend>,
    case: &CaseFile,
    patience: Duration,
    session_cookies: &[String],
) -> Result<Replayed, ReplayError> {
    let front = Rc::new(Front::of_session_cookies(session_cookies));
    let backend = fronted(catching_panics(backend), &front);
    LocalSet::new()
        .run_until(async {
            let observed = undisturbed(&backend, async || survey::observe(&backend, &front, patience).await);
            let survey = observed.await?;
            let transcript = play(&backend, &case.scenario, patience).await?;
            let scenario = match adapted(case, &survey, &transcript).await {
                Ok(scenario) => scenario,
                Err(because) => {
                    let scenario = case.scenario.clone();
                    let outcome = ReplayOutcome::NothingCompared(because);
                    return Ok(told(outcome, scenario, transcript, Redaction::of(&survey)));
                }
            };
            Ok(judged(case, scenario, transcript, Redaction::of(&survey)))
        })
        .await
}

async fn play(
    backend: &Rc<dyn Backend>,
    scenario: &Scenario,
    patience: Duration,
) -> Result<Transcript, BackendError> {
    // A case that waits is played on virtual time where the backend has that, as it was when the case was found.
    let virtual_time = if scenario.script.waits() { backend.on_virtual_time().await } else { None };
    let backend = virtual_time.as_ref().unwrap_or(backend);
    let transcript = play_script(backend, &scenario.script, patience).await;
    match transcript.broken() {
        Some(fault) => Err(fault.clone()),
        None => Ok(transcript),
    }
}

/// The case's script with what this backend has to answer. The error says why nothing can be expected of it.
async fn adapted(case: &CaseFile, survey: &Survey, transcript: &Transcript) -> Result<Scenario, String> {
    let Some(check) = check_of(case) else { return Ok(case.scenario.clone()) };
    match check.applicability(survey) {
        Applicability::Applies => {}
        Applicability::NotApplicable(lack) => return Err(lack.to_string()),
        Applicability::Unverified(because) => return Err(because),
    }
    match check.test {
        Test::Property(property) => {
            Ok(property.scenario(case.scenario.script.clone(), survey, &Excused::default(), transcript).await)
        }
        Test::Scenarios(_) => check
            .scenarios(survey)
            .into_iter()
            .find(|scenario| scenario.script == case.scenario.script)
            .ok_or_else(|| missing_script::told(check, &case.scenario.script, survey)),
        // The expectations in the file hold for every backend to which the check applies.
        Test::Generated(_) | Test::Claims | Test::Sentinel | Test::EveryResponse(_) | Test::Glue(_) => {
            Ok(case.scenario.clone())
        }
    }
}

fn judged(case: &CaseFile, scenario: Scenario, transcript: Transcript, redaction: Redaction<'_>) -> Replayed {
    let judgement = scenario.judge(&transcript);
    let outcome = match judgement.finding {
        None if transcript.not_launched.is_some() => {
            ReplayOutcome::NothingCompared(transcript.not_launched.clone().unwrap_or_default())
        }
        None if transcript.unseen.is_some() || judgement.comparisons == 0 => {
            let unseen = transcript.unseen.map(str::to_owned);
            let why =
                unseen.or_else(|| scenario.why_it_tells_nothing(&transcript).map(|why| why.to_string()));
            ReplayOutcome::NothingCompared(why.unwrap_or_else(|| "no answer was compared".to_owned()))
        }
        None => ReplayOutcome::Passes,
        Some(finding) => {
            let finding = with_own_reason(case, &scenario, finding);
            if finding.reason == case.reason {
                ReplayOutcome::StillFails(finding)
            } else {
                ReplayOutcome::DiffersOtherwise(finding)
            }
        }
    };
    told(outcome, scenario, transcript, redaction)
}

fn told(
    outcome: ReplayOutcome,
    scenario: Scenario,
    transcript: Transcript,
    redaction: Redaction<'_>,
) -> Replayed {
    let failure = match &outcome {
        ReplayOutcome::StillFails(finding) | ReplayOutcome::DiffersOtherwise(finding) => {
            Some(Failure::found(finding.clone(), scenario.clone(), &transcript, redaction))
        }
        ReplayOutcome::Passes | ReplayOutcome::NothingCompared(_) => None,
    };
    let shown = report::shown(&transcript, redaction);
    Replayed { outcome, scenario, transcript, shown, failure }
}

/// Corrects the reason of a generated script: it names the operation that differs, and that may be another one now.
/// Where no history explains the answers, the reason names no operation and stays as it is.
fn with_own_reason(case: &CaseFile, scenario: &Scenario, finding: Finding) -> Finding {
    let is_generated = check_of(case).is_some_and(|check| matches!(check.test, Test::Property(_)))
        && finding.reason != linearize::REASON;
    match sequential::difference(&scenario.script, &finding) {
        Some(reason) if is_generated => Finding { reason, ..finding },
        _ => finding,
    }
}

fn check_of(case: &CaseFile) -> Option<&'static Check> {
    named(&case.check)
}
