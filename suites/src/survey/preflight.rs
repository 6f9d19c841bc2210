//! The first contact: is there a probe, and does it answer at all? Nothing is judged before that.

use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::Description;

use crate::backend::{Backend, BackendError};
use crate::play::{Outcome, Player};
use crate::script::ops::{get, set};

/// Why the run cannot begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PreflightError {
    /// The description could not be read.
    #[error("asking what it is: {0}")]
    Describe(#[source] BackendError),
    /// A first cycle got no response that a probe gives.
    #[error("{doing}: {error}")]
    Cycle {
        /// What the cycle did.
        doing: &'static str,
        /// What went wrong.
        #[source]
        error: BackendError,
    },
    /// A first cycle failed.
    #[error("{doing}: it answered {status}: {said}")]
    Failed {
        /// What the cycle did.
        doing: &'static str,
        /// The status of the response.
        status: u16,
        /// An excerpt of its body.
        said: String,
    },
    /// The cookies that were named as the session's do not open it.
    #[error(
        "no session is found with the cookies alone that were named as the session's; these are set: {0}"
    )]
    NotTheSession(String),
    /// The service beside cannot be asked.
    #[error("of the service beside it: {0}")]
    Beside(#[source] Box<PreflightError>),
    /// The service beside keeps no session, so that nothing can be told from what is not found there.
    #[error(
        "of the service beside it: what one request has set, the next one of the same browser does not find"
    )]
    BesideKeepsNothing,
    /// Browsers have one cookie for both services.
    #[error(
        "the service and the one beside it both call their cookie `{0}`, and browsers send cookies to every port of a host: each \
         would overwrite the session of the other; give one of them another name, or, where both serve the same sessions, name it \
         with --node in the place of --beside"
    )]
    OneCookie(String),
    /// Requests were refused at random while the backend was looked at.
    #[error(
        "requests were refused while the service was looked at, and others each time ({0}), so that nothing is known of it; \
         let the harness through what stands in front of it"
    )]
    Refused(String),
    /// The suite itself is at fault.
    #[error("the suite itself has failed while it looked at the service: it panicked: {0}")]
    Panicked(String),
    /// Somebody stopped the run.
    #[error("stopped before anything was judged")]
    Stopped,
}

/// Asks for the description, then sends an empty cycle, and a set and a get.
pub(crate) async fn preflight(
    backend: &Rc<dyn Backend>,
    patience: Duration,
) -> Result<Description, PreflightError> {
    let described = tokio::time::timeout(patience, backend.describe()).await;
    let description =
        described.unwrap_or(Err(BackendError::NoAnswer(patience))).map_err(PreflightError::Describe)?;
    let no_probe = |impossible: String| {
        PreflightError::Describe(BackendError::NotAProbe(format!("of its description {impossible}")))
    };
    description.check_numbers().map_err(|impossible| no_probe(impossible.to_string()))?;
    description.check_spellings().map_err(|impossible| no_probe(impossible.to_string()))?;
    let mut player = Player::new(Rc::clone(backend), patience);
    let first_cycles = [
        ("an empty cycle", vec![]),
        ("a cycle that sets an item", vec![set("first", "contact")]),
        ("a cycle that reads it", vec![get("first")]),
    ];
    for (doing, ops) in first_cycles {
        let cycle = player.cycle("first", ops).await;
        match &player.transcript().exchanges[cycle].outcome {
            Outcome::Answered { status: 200, .. } => {}
            Outcome::Answered { status, .. } => {
                let said = "the answers of the handler, as if nothing were wrong".to_owned();
                return Err(PreflightError::Failed { doing, status: *status, said });
            }
            Outcome::NoAnswers { status, said } => {
                return Err(PreflightError::Failed { doing, status: *status, said: said.clone() });
            }
            Outcome::Broken(error) => return Err(PreflightError::Cycle { doing, error: error.clone() }),
        }
    }
    Ok(description)
}
