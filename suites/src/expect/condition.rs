//! Conditions of expectations: an expectation is judged only where its condition is met.

use serde::{Deserialize, Serialize};

use crate::play::{Outcome, Transcript};
use crate::script::Answer;

/// A condition of an expectation. Cycles are counted from zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// This cycle has set a cookie.
    SetCookieIn(usize),
    /// This cycle has sent a cookie of the session: its browser had not dropped it.
    SentCookieIn(usize),
    /// Every operation of this cycle was done, and the request has not failed.
    DoneIn(usize),
    /// This operation of this cycle was done, and the request has not failed.
    Done {
        /// The cycle.
        cycle: usize,
        /// The operation, from zero.
        op: usize,
    },
    /// This operation of this cycle was answered with `absent`.
    AbsentIn {
        /// The cycle.
        cycle: usize,
        /// The operation, from zero.
        op: usize,
    },
    /// This operation of this cycle was answered with a value.
    FoundIn {
        /// The cycle.
        cycle: usize,
        /// The operation, from zero.
        op: usize,
    },
    /// This operation of this cycle was answered with false.
    FalseIn {
        /// The cycle.
        cycle: usize,
        /// The operation, from zero.
        op: usize,
    },
    /// The cycle of the expectation is answered within this time after another cycle was sent, by the backend's clock. The
    /// session may have been saved long before the answer to that cycle came.
    Within {
        /// The other cycle.
        since: usize,
        /// The time, in seconds.
        seconds: f64,
    },
    /// Each of these conditions is met.
    All(Vec<Condition>),
}

impl Condition {
    /// Whether it depends on the answers to this cycle.
    pub(crate) fn is_of_answers_in(&self, number: usize) -> bool {
        match self {
            Self::SetCookieIn(_) | Self::SentCookieIn(_) | Self::Within { .. } => false,
            Self::DoneIn(cycle)
            | Self::Done { cycle, .. }
            | Self::AbsentIn { cycle, .. }
            | Self::FoundIn { cycle, .. }
            | Self::FalseIn { cycle, .. } => *cycle == number,
            Self::All(conditions) => conditions.iter().any(|one| one.is_of_answers_in(number)),
        }
    }

    /// Whether it depends on the time that has passed.
    pub(crate) fn is_of_time(&self) -> bool {
        match self {
            Self::Within { .. } => true,
            Self::All(conditions) => conditions.iter().any(Self::is_of_time),
            _ => false,
        }
    }

    /// Whether nothing but the time that has passed keeps it from being the case.
    pub(crate) fn is_over(&self, transcript: &Transcript, cycle: usize) -> bool {
        match self {
            Self::Within { since, .. } => {
                let is_answered = |cycle: usize| {
                    transcript.exchanges.get(cycle).is_some_and(|exchange| exchange.answered.is_some())
                };
                is_answered(*since) && is_answered(cycle) && !self.holds(transcript, cycle)
            }
            Self::All(conditions) => {
                conditions.iter().any(|one| one.is_over(transcript, cycle))
                    && conditions.iter().all(|one| {
                        one.may_be_over() || one.holds(transcript, cycle) || one.is_over(transcript, cycle)
                    })
            }
            _ => false,
        }
    }

    /// Whether it may be missed for no other reason than that the answer came late: a session that was asked for may have ended by
    /// then.
    fn may_be_over(&self) -> bool {
        matches!(self, Self::FoundIn { .. })
    }

    /// Whether the condition is met for an expectation of this cycle.
    pub(crate) fn holds(&self, transcript: &Transcript, cycle: usize) -> bool {
        let answer =
            |cycle: usize, op| transcript.exchanges.get(cycle).and_then(|exchange| exchange.answer(op));
        match self {
            Self::SetCookieIn(cycle) => transcript.exchanges.get(*cycle).is_some_and(|exchange| {
                let mut fields = exchange.headers.all("Set-Cookie");
                fields.any(|field| transcript.is_of_session(exchange, field))
            }),
            Self::SentCookieIn(cycle) => {
                transcript.session_sent_in(*cycle).iter().any(|cookie| !cookie.is_empty())
            }
            Self::DoneIn(cycle) => transcript.is_done(*cycle),
            Self::Done { cycle, op } => transcript.exchanges.get(*cycle).is_some_and(|exchange| {
                matches!(exchange.outcome, Outcome::Answered { save_error: None, .. })
                    && exchange.answer(*op).is_some_and(Answer::is_done)
            }),
            Self::AbsentIn { cycle, op } => answer(*cycle, *op) == Some(&Answer::Absent),
            Self::FoundIn { cycle, op } => matches!(answer(*cycle, *op), Some(Answer::Ok(_))),
            Self::FalseIn { cycle, op } => answer(*cycle, *op).and_then(Answer::as_bool) == Some(false),
            Self::Within { since, seconds } => {
                let sent = transcript.exchanges.get(*since).map(|exchange| exchange.sent);
                let answered = transcript.exchanges.get(cycle).and_then(|exchange| exchange.answered);
                let passed = sent.zip(answered).and_then(|(sent, now)| now.duration_since(sent).ok());
                passed.is_some_and(|passed| passed.as_secs_f64() <= *seconds)
            }
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(transcript, cycle)),
        }
    }
}
