//! A line of a scenario: what an operation does, and what it has to answer.

use super::{Condition, Expected};
use crate::script::{Answer, Operation};
use crate::survey::Survey;

/// A line of a scenario: an operation, with or without an expectation.
#[derive(Debug, Clone)]
pub struct Line {
    pub(super) op: Operation,
    pub(super) expected: Option<Expected>,
    pub(super) only_if: Option<Condition>,
}

impl Line {
    /// Expects the answer only where this condition is met.
    #[must_use]
    pub fn only_if(self, condition: Condition) -> Self {
        Self { only_if: Some(condition), ..self }
    }
}

impl Operation {
    /// Expects nothing.
    pub fn unjudged(self) -> Line {
        Line { op: self, expected: None, only_if: None }
    }

    /// Expects this value.
    pub fn is(self, value: impl Into<sessionspec_reference::Value>) -> Line {
        self.answers(Expected::Answer(Answer::Ok(value.into())))
    }

    /// Expects that there is no such item.
    pub fn is_absent(self) -> Line {
        self.answers(Expected::Answer(Answer::Absent))
    }

    /// Expects true or false.
    pub fn is_boolean(self) -> Line {
        self.answers(Expected::Boolean)
    }

    /// Expects that it is done.
    pub fn is_done(self) -> Line {
        self.answers(Expected::Done)
    }

    /// Expects that it is refused, with a reason.
    pub fn is_refused(self) -> Line {
        self.answers(Expected::Refused)
    }

    /// Expects exactly these items, apart from the framework's own.
    pub fn are(
        self,
        items: impl IntoIterator<Item = (&'static str, sessionspec_reference::Value)>,
        survey: &Survey,
    ) -> Line {
        let items = items.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        self.answers(Expected::Items { items, own_keys: survey.own_keys.clone() })
    }

    /// Expects this of the answer.
    pub fn answers(self, expected: Expected) -> Line {
        Line { op: self, expected: Some(expected), only_if: None }
    }
}
