//! Surveys a backend until nothing disturbs that: a request that was refused or has failed shows nothing of it.

use std::rc::Rc;
use std::time::Duration;

use crate::backend::{
    Backend, BackendError, Disturbed, Front, is_refusal_in_front, refusals_told, without_panic,
};
use crate::play::undisturbed;
use crate::survey::{self, PreflightError, Survey};

/// How often the backend is looked at, at most.
const ATTEMPTS: usize = 4;

/// Surveys a backend; again where requests were refused or have failed meanwhile. What comes to the same each time belongs
/// to what is asked, and the checks that ask the same say so.
pub(super) async fn survey(
    backend: &Rc<dyn Backend>,
    front: &Front,
    patience: Duration,
) -> Result<Survey, PreflightError> {
    let mut last: Option<(Survey, Vec<Disturbed>)> = None;
    let mut attempts = 0;
    loop {
        attempts += 1;
        front.take_latest();
        let observed = undisturbed(backend, async || survey::observe(backend, front, patience).await);
        let survey = match (without_panic(observed).await.map_err(PreflightError::Panicked)?, last.take()) {
            (Ok(survey), before) => {
                last = before;
                survey
            }
            // It went away meanwhile: the run ends with what was seen of it.
            (Err(PreflightError::Describe(BackendError::Unreachable(_))), Some((before, _))) => {
                return Ok(before);
            }
            // The first contact of another look may be disturbed as well.
            (
                Err(PreflightError::Failed { .. } | PreflightError::Cycle { .. }),
                Some((survey, mut disturbed)),
            ) => {
                if attempts == ATTEMPTS {
                    disturbed.extend(front.take_latest());
                    return disturbed_to_the_end(survey, &disturbed, front);
                }
                last = Some((survey, disturbed));
                continue;
            }
            (Err(error), _) => return Err(error),
        };
        let disturbed = front.take_latest();
        if disturbed.is_empty() || last.as_ref().is_some_and(|(_, before)| *before == disturbed) {
            return Ok(survey);
        }
        if attempts == ATTEMPTS {
            return disturbed_to_the_end(survey, &disturbed, front);
        }
        last = Some((survey, disturbed));
    }
}

/// What comes of a survey that was disturbed each time. Where requests only fail now and then, checks will tell; where they were
/// refused, it shows nothing.
fn disturbed_to_the_end(
    survey: Survey,
    disturbed: &[Disturbed],
    front: &Front,
) -> Result<Survey, PreflightError> {
    let is_refused = |one: &Disturbed| one.status.is_some_and(is_refusal_in_front);
    match disturbed.iter().any(is_refused) {
        true => Err(PreflightError::Refused(refusals_told(&front.refused()))),
        false => Ok(survey),
    }
}
