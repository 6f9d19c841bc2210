//! Surveys a backend until nothing disturbs that: what was refused in front of it shows nothing of it.

use std::rc::Rc;
use std::time::Duration;

use crate::backend::{Backend, Front, refusals_told, without_panic};
use crate::play::undisturbed;
use crate::survey::{self, PreflightError, Survey};

/// How often the backend is looked at, at most.
const ATTEMPTS: usize = 4;

/// Surveys a backend; again where requests were refused meanwhile. What is refused in the same way each time belongs to
/// what is asked, and the checks that ask the same say so.
pub(super) async fn survey(
    backend: &Rc<dyn Backend>,
    front: &Front,
    patience: Duration,
) -> Result<Survey, PreflightError> {
    let mut before = None;
    for _ in 0..ATTEMPTS {
        front.take_latest();
        let observed = undisturbed(backend, async || survey::observe(backend, front, patience).await);
        let survey = without_panic(observed).await.map_err(PreflightError::Panicked)??;
        let refused = front.take_latest();
        if refused.is_empty() || before.as_ref() == Some(&refused) {
            return Ok(survey);
        }
        before = Some(refused);
    }
    Err(PreflightError::Refused(refusals_told(&front.refused())))
}
