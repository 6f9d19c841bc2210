//! What happened when a script was played: every request with its response, in the order in which they began.

use std::time::SystemTime;

use sessionspec_reference::http::Headers;

use crate::backend::{BackendError, Body};
use crate::browser::{Origin, Refusal, Stored};
use crate::script::{Answer, Operation};

/// What happened when a script was played.
#[derive(Debug, Clone, Default)]
pub struct Transcript {
    /// Where the browsers believed to be.
    pub origin: Origin,
    /// The path of their requests.
    pub path: String,
    /// One exchange for each cycle that was begun.
    pub exchanges: Vec<Exchange>,
    /// How many requests were certainly at work at once, at most.
    pub at_once: usize,
    /// Why the backend was not started again, where the script asks for that and it was not.
    pub not_launched: Option<String>,
}

/// One request and what came of it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The browser that sent it.
    pub browser: String,
    /// What the handler was asked to do.
    pub ops: Vec<Operation>,
    /// The `Cookie` header that the browser sent.
    pub cookie: Option<Vec<u8>>,
    /// What came of it.
    pub outcome: Outcome,
    /// The header fields of the response.
    pub headers: Headers,
    /// What each `Set-Cookie` field did to the browser's cookies, or why a browser drops it.
    pub stored: Vec<Result<Stored, Refusal>>,
    /// When the response arrived, by the backend's clock.
    pub answered: Option<SystemTime>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The handler's answers arrived.
    Answered {
        /// One answer for each operation.
        results: Vec<Answer>,
        /// The status of the response.
        status: u16,
        /// Why an explicit save was refused.
        save_error: Option<String>,
    },
    /// A response without the handler's answers: a 5xx says that the request failed, a 4xx that it was refused.
    NoAnswers {
        /// The status of the response.
        status: u16,
        /// An excerpt of its body.
        said: String,
    },
    /// No response, or none that makes sense.
    Broken(BackendError),
}

impl Outcome {
    /// Takes the body apart: the answers may be long, and nobody else needs them.
    pub(crate) fn of(status: u16, body: Body) -> Self {
        match body {
            Body::Answers { results, save_error } => Self::Answered { results, status, save_error },
            Body::Other(said) if status >= 400 => Self::NoAnswers { status, said },
            Body::Other(said) => Self::Broken(BackendError::NotAProbe(format!(
                "a {status} without `results`, which says: {said}"
            ))),
        }
    }
}

impl Exchange {
    /// What the operation at this index answered, where the answers arrived.
    #[must_use]
    pub fn answer(&self, op: usize) -> Option<&Answer> {
        self.answers().get(op)
    }

    /// All answers; none where they were lost.
    #[must_use]
    pub fn answers(&self) -> &[Answer] {
        match &self.outcome {
            Outcome::Answered { results, .. } => results,
            Outcome::NoAnswers { .. } | Outcome::Broken(_) => &[],
        }
    }

    /// Why browsers drop `Set-Cookie` fields of this response, if they do.
    pub fn dropped_cookies(&self) -> impl Iterator<Item = &Refusal> {
        self.stored.iter().filter_map(|stored| stored.as_ref().err())
    }

    /// Whether the handler itself was asked to fail, so that a failed request is what was ordered.
    #[must_use]
    pub fn asked_to_fail(&self) -> bool {
        self.ops.iter().any(|op| matches!(op, Operation::Raise | Operation::Respond { .. }))
    }

    /// The request failed, although nothing had asked for it: what it says, in one line.
    #[must_use]
    pub fn failed_request(&self) -> Option<String> {
        match &self.outcome {
            Outcome::NoAnswers { status, said } if *status >= 500 && !self.asked_to_fail() => {
                Some(format!("a {status}: {said}"))
            }
            Outcome::Answered { status, save_error: None, .. } => {
                let wanted = self.asked_status()?;
                (*status != wanted)
                    .then(|| format!("a {status} with the answers of the handler, and not a {wanted}"))
            }
            Outcome::Broken(error) if error.is_of_request() && !self.was_dropped_as_asked() => {
                Some(error.to_string())
            }
            _ => None,
        }
    }

    /// The status that a whole answer has to have: the one that the handler asked for last, or 200. An exception may become
    /// any status.
    fn asked_status(&self) -> Option<u16> {
        if self.ops.contains(&Operation::Raise) {
            return None;
        }
        let asked = self.ops.iter().zip(self.answers()).filter(|(_, answer)| answer.is_done());
        let mut asked = asked.filter_map(|(op, _)| match op {
            Operation::Respond { status } => Some(*status),
            _ => None,
        });
        Some(asked.next_back().unwrap_or(200))
    }

    /// Whether the response was cut off, or never begun.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        matches!(self.outcome, Outcome::Broken(BackendError::CutOff(_) | BackendError::Dropped))
    }

    /// Whether the connection ended because the handler was asked to raise an exception: some servers make that of one.
    pub(super) fn was_dropped_as_asked(&self) -> bool {
        self.is_cut_off() && self.ops.contains(&Operation::Raise)
    }
}

impl Transcript {
    /// Whether a request was never answered, or not to the end of its response.
    #[must_use]
    pub fn has_unanswered(&self) -> bool {
        self.faults().any(BackendError::is_of_request)
    }

    /// The fault that keeps this transcript from being judged, if there is one.
    #[must_use]
    pub fn broken(&self) -> Option<&BackendError> {
        self.faults().find(|error| !error.is_of_request())
    }

    /// Whether nobody knows if the service has seen one of the requests. Then nothing here means anything.
    #[must_use]
    pub fn lost_connection(&self) -> bool {
        self.faults().any(|error| *error == BackendError::ConnectionLost)
    }

    /// Whether no request was turned away for what else was going on: each was answered by the handler, or was asked to
    /// fail, or is malformed or too large in the server's eyes, which others do not change.
    #[must_use]
    pub fn is_fully_answered(&self) -> bool {
        self.not_launched.is_none()
            && self.exchanges.iter().all(|exchange| match exchange.outcome {
                Outcome::Answered { .. } => true,
                Outcome::NoAnswers { status, .. } => {
                    exchange.asked_to_fail() || matches!(status, 400 | 413 | 414 | 431)
                }
                Outcome::Broken(_) => exchange.was_dropped_as_asked(),
            })
    }

    fn faults(&self) -> impl Iterator<Item = &BackendError> {
        self.exchanges.iter().filter_map(|exchange| match &exchange.outcome {
            Outcome::Broken(error) => Some(error),
            _ => None,
        })
    }
}
