//! What happened when a script was played: every request with its response, in the order in which they began.

use std::time::{Duration, SystemTime};

use sessionspec_reference::Description;
use sessionspec_reference::http::Headers;

use crate::backend::{BackendError, Body, Foreign, Retained, is_refusal, is_refusal_in_front};
use crate::browser::{Origin, Refusal, SetCookie, Stored};
use crate::script::{Answer, Connection, Operation, Operations};

/// What happened when a script was played.
#[derive(Debug, Clone, Default)]
pub struct Transcript {
    /// The origin at which the browsers saw the backend.
    pub origin: Origin,
    /// The path of their requests.
    pub path: String,
    /// Which cookies are no part of the session: nothing is judged by them.
    pub foreign: Foreign,
    /// The path of their requests to the service beside.
    pub path_beside: String,
    /// Which cookies are no part of the session of the service beside.
    pub foreign_beside: Foreign,
    /// One exchange for each cycle that was begun.
    pub exchanges: Vec<Exchange>,
    /// What happened to the browsers' cookies, in order.
    pub moments: Vec<Moment>,
    /// The largest number of requests that were certainly at work at the same time.
    pub at_once: usize,
    /// Whether a request that was held was answered before it was released, so that it did not overlap with the others.
    pub left_early: bool,
    /// Whether a request did not come to its gate in time, although no other one was held, so that it did not overlap with the
    /// others.
    pub held_late: bool,
    /// The reason for which the backend was not started again, or has not the node, where the script asks for that.
    pub not_launched: Option<String>,
    /// Why a script in which nothing goes wrong shows nothing: nobody has seen that the store was broken.
    pub unseen: Option<&'static str>,
    /// How the nodes describe themselves that the script has to itself.
    pub apart: Option<Box<Description>>,
    /// Why the way to the store is still broken, where it could not be mended.
    pub unmended: Option<String>,
    /// The memory that the answers take.
    pub retained: Retained,
}

/// A moment at which cookies were sent, stored, or passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// The request of this exchange was sent.
    Sent(usize),
    /// It was answered, and what the response sets was stored.
    Answered(usize),
    /// A browser got the cookies of others, as they are or forged from them.
    Passed {
        /// Whose cookies they are, or are made of.
        from: Vec<String>,
        /// Who got them.
        to: String,
    },
}

/// One request with its response.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The browser that sent it.
    pub browser: String,
    /// The operations that the handler was asked to perform.
    pub ops: Operations,
    /// The node that it went to, counted from one, where the script names one.
    pub node: Option<usize>,
    /// The connection that was opened for it, if one was.
    pub connection: Option<Connection>,
    /// Whether it went to the service beside.
    pub beside: bool,
    /// Whether the process was ended while the request was at work, so that it may have no answer, or any.
    pub interrupted: bool,
    /// Whether the way to the store was broken while the request was at work, so that it may fail.
    pub disturbed: bool,
    /// Whether it had not ended when the way to the store was mended.
    pub outlasted: bool,
    /// Whether it was to be held and did not come to its gate in time, so that nobody knows when it did what it did.
    pub came_late: bool,
    /// The `Cookie` header that the browser sent.
    pub cookie: Option<Vec<u8>>,
    /// What came of it.
    pub outcome: Outcome,
    /// The header fields of the response.
    pub headers: Headers,
    /// The effect of each `Set-Cookie` field on the browser's cookies, or the reason for which browsers drop it.
    pub stored: Vec<Result<Stored, Refusal>>,
    /// The moment at which the request was sent, by the backend's clock.
    pub sent: SystemTime,
    /// The moment at which the response arrived, by the backend's clock; `None` where no response came.
    pub answered: Option<SystemTime>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The answers of the handler arrived.
    Answered {
        /// One answer for each operation.
        results: Vec<Answer>,
        /// The status of the response.
        status: u16,
        /// The reason for which an explicit save was refused.
        save_error: Option<String>,
    },
    /// A response came without the handler's answers: a 5xx says that the request failed, a 4xx that it was refused. Where
    /// the handler was asked to raise, the framework may answer with any status. Where it was asked to end with a status
    /// without a body, there is no room for answers.
    NoAnswers {
        /// The status of the response.
        status: u16,
        /// An excerpt of its body.
        said: String,
    },
    /// No response came, or none that a probe would send.
    Broken(BackendError),
}

impl Outcome {
    /// The outcome of a response to these operations. It takes the body by value, since the answers may be long and nobody
    /// else needs them.
    pub(crate) fn of(ops: &Operations, status: u16, body: Body) -> Self {
        let without_body = ops.status_without_body();
        match body {
            // In this process they would arrive.
            Body::Answers { .. } if without_body == Some(status) => {
                Self::NoAnswers { status, said: String::new() }
            }
            Body::Answers { results, save_error } => Self::Answered { results, status, save_error },
            Body::Other(said)
                if status >= 400 || ops.contains(&Operation::Raise) || without_body.is_some() =>
            {
                Self::NoAnswers { status, said }
            }
            Body::Other(said) => Self::Broken(BackendError::NotAProbe(format!(
                "a {status} without `results`, which says: {said}"
            ))),
        }
    }
}

impl Exchange {
    /// The operations that were asked in a spelling which cannot be used on these items, as the probe says, or may say in an
    /// answer that is lost because the handler had to fail.
    pub(crate) fn unspelled(&self) -> impl Iterator<Item = usize> {
        let may_be_lost = self.asked_to_fail() || self.interrupted || self.disturbed;
        (0..self.ops.len()).filter(move |at| {
            let is_unspelled = match self.answer(*at) {
                Some(answer) => *answer == Answer::Unsupported,
                None => may_be_lost,
            };
            is_unspelled && self.ops.spelling(*at).is_some()
        })
    }

    /// The answer of the operation at this index, where the answers arrived.
    #[must_use]
    pub fn answer(&self, op: usize) -> Option<&Answer> {
        self.answers().get(op)
    }

    /// All answers; the slice is empty where they were lost.
    #[must_use]
    pub fn answers(&self) -> &[Answer] {
        match &self.outcome {
            Outcome::Answered { results, .. } => results,
            Outcome::NoAnswers { .. } | Outcome::Broken(_) => &[],
        }
    }

    /// The reasons for which browsers drop `Set-Cookie` fields of this response.
    pub fn dropped_cookies(&self) -> impl Iterator<Item = &Refusal> {
        self.stored.iter().filter_map(|stored| stored.as_ref().err())
    }

    /// Whether the script asked the handler to fail, so that a failed request is expected.
    #[must_use]
    pub fn asked_to_fail(&self) -> bool {
        self.ops.iter().any(|op| matches!(op, Operation::Raise | Operation::Respond { .. }))
    }

    /// The request was refused with a status that the script has not asked for: the status, and what was said. What becomes
    /// of an exception, and of a request whose store or process is gone, may be a refusal, too.
    #[must_use]
    pub fn refused(&self) -> Option<(u16, &str)> {
        let Outcome::NoAnswers { status, said } = &self.outcome else { return None };
        let is_excused = self.interrupted || self.disturbed || self.ops.contains(&Operation::Raise);
        let counts = is_refusal_in_front(*status) || (is_refusal(*status) && !is_excused);
        (counts && !self.asks_for(*status)).then_some((*status, said))
    }

    /// Whether it has ended with the status without a body that it was asked to end with, so that its answers are lost.
    #[must_use]
    pub fn ended_without_body(&self) -> bool {
        match &self.outcome {
            Outcome::NoAnswers { status, .. } => self.ops.status_without_body() == Some(*status),
            Outcome::Answered { .. } | Outcome::Broken(_) => false,
        }
    }

    fn asks_for(&self, status: u16) -> bool {
        self.ops.contains(&Operation::Respond { status })
    }

    /// The text of a failure that the script did not ask for, in one line; `None` where there is none.
    #[must_use]
    pub fn failed_request(&self) -> Option<String> {
        if self.interrupted {
            return None;
        }
        if self.disturbed {
            let never_ended = matches!(self.outcome, Outcome::Broken(BackendError::NoAnswer(_)));
            return never_ended.then(|| "no answer, although what kept it from one is over".to_owned());
        }
        match &self.outcome {
            Outcome::NoAnswers { status, said }
                if *status >= 500 && !self.ops.contains(&Operation::Raise) && !self.asks_for(*status) =>
            {
                let asked = self.ops.iter().rev().find_map(|op| match op {
                    Operation::Respond { status } => Some(format!(", and not a {status}")),
                    _ => None,
                });
                Some(format!("a {status}{}: {said}", asked.unwrap_or_default()))
            }
            Outcome::NoAnswers { status: status @ ..400, .. } => {
                let wanted = self.ops.status_without_body().filter(|wanted| wanted != status)?;
                Some(format!("a {status} without the answers of the handler, and not a {wanted}"))
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

    /// The status that a complete answer has to have: the one that the handler asked for last, or 200. It is `None`
    /// where the handler was asked to raise, since an exception may become any status.
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

    /// Whether the response was cut off, or never began.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        matches!(self.outcome, Outcome::Broken(BackendError::CutOff(_) | BackendError::Dropped))
    }

    /// Whether the connection ended because the handler was asked to raise: some servers answer an exception in this
    /// way.
    pub(super) fn was_dropped_as_asked(&self) -> bool {
        self.is_cut_off() && (self.interrupted || self.disturbed || self.ops.contains(&Operation::Raise))
    }
}

impl Transcript {
    /// Whether a `Set-Cookie` field of this response is about the session, as far as is known. One that nobody can read has no
    /// name.
    #[must_use]
    pub fn is_of_session(&self, exchange: &Exchange, field: &[u8]) -> bool {
        SetCookie::parse(field).map_or(true, |cookie| !self.foreign_to(exchange).has(&cookie.name))
    }

    /// Which cookies are no part of the session of the service that answered this request.
    pub(crate) fn foreign_to(&self, exchange: &Exchange) -> &Foreign {
        if exchange.beside { &self.foreign_beside } else { &self.foreign }
    }

    /// The path at which this request was sent.
    pub(crate) fn path_of(&self, exchange: &Exchange) -> &str {
        if exchange.beside { &self.path_beside } else { &self.path }
    }

    /// The cookies of the session that this cycle sent.
    #[must_use]
    pub fn session_sent_in(&self, cycle: usize) -> Vec<&[u8]> {
        let Some(exchange) = self.exchanges.get(cycle) else { return Vec::new() };
        let (sent, foreign) = (exchange.cookie.as_deref().unwrap_or_default(), self.foreign_to(exchange));
        let pairs = sent.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let name = |pair: &[u8]| pair.split(|byte| *byte == b'=').next().unwrap_or_default().to_vec();
        pairs.filter(|pair| !foreign.has(&name(pair))).collect()
    }

    /// Whether every operation of this cycle was done, and the request has not failed.
    #[must_use]
    pub fn is_done(&self, cycle: usize) -> bool {
        self.exchanges.get(cycle).is_some_and(|exchange| {
            matches!(exchange.outcome, Outcome::Answered { save_error: None, .. })
                && exchange.answers().iter().all(Answer::is_done)
        })
    }

    /// Whether one of the requests got no response, or an incomplete one.
    #[must_use]
    pub fn has_unanswered(&self) -> bool {
        self.faults().any(BackendError::is_of_request)
    }

    /// The fault that keeps this transcript from being judged, if there is one.
    #[must_use]
    pub fn broken(&self) -> Option<&BackendError> {
        self.faults().find(|error| !error.is_of_request())
    }

    /// Whether nobody knows if the service has seen one of the requests. Nothing can then be concluded from this
    /// transcript.
    #[must_use]
    pub fn lost_connection(&self) -> bool {
        self.faults().any(|error| *error == BackendError::ConnectionLost)
    }

    /// Whether no request was turned away for what else was going on: each was answered by the handler, or was asked to
    /// fail, or is malformed or too large in the server's eyes, which others do not change. Nor was one held too late for that.
    #[must_use]
    pub fn is_fully_answered(&self) -> bool {
        self.not_launched.is_none()
            && !self.held_late
            && self.exchanges.iter().all(|exchange| match exchange.outcome {
                Outcome::Answered { .. } => true,
                Outcome::NoAnswers { status, .. } => {
                    exchange.interrupted
                        || exchange.disturbed
                        || exchange.asked_to_fail()
                        || matches!(status, 400 | 413 | 414 | 431)
                }
                Outcome::Broken(_) => exchange.was_dropped_as_asked(),
            })
    }

    /// How long it took from the first request to the last answer, by the backend's clock.
    #[must_use]
    pub fn lasted(&self) -> Duration {
        let first = self.exchanges.first().map(|exchange| exchange.sent);
        let last = self.exchanges.iter().filter_map(|exchange| exchange.answered).max();
        first.zip(last).and_then(|(first, last)| last.duration_since(first).ok()).unwrap_or_default()
    }

    fn faults(&self) -> impl Iterator<Item = &BackendError> {
        self.exchanges.iter().filter_map(|exchange| match &exchange.outcome {
            Outcome::Broken(error) => Some(error),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_of_the_session_of_the_service_that_was_asked() {
        let foreign = |name: &[u8]| Foreign::These([name.to_vec()].into());
        let exchange = |beside| Exchange {
            browser: "ann".to_owned(),
            ops: Operations::default(),
            node: None,
            connection: None,
            beside,
            interrupted: false,
            disturbed: false,
            outlasted: false,
            came_late: false,
            cookie: Some(b"sid=1; theme=dark; shop=2".to_vec()),
            outcome: Outcome::Broken(BackendError::Dropped),
            headers: Headers::default(),
            stored: Vec::new(),
            sent: SystemTime::UNIX_EPOCH,
            answered: None,
        };
        let transcript = Transcript {
            foreign: foreign(b"shop"),
            foreign_beside: foreign(b"sid"),
            exchanges: vec![exchange(false), exchange(true)],
            ..Transcript::default()
        };
        assert_eq!(transcript.session_sent_in(0), [&b"sid=1"[..], b"theme=dark"]);
        assert_eq!(transcript.session_sent_in(1), [&b"theme=dark"[..], b"shop=2"]);
        assert_eq!(transcript.session_sent_in(2), [&b""[..]; 0]);
    }
}
