//! Observes whether the changes of a request are saved that ends with a 404, a 500 or an exception, and whether the probe
//! can end a request in this way.

use sessionspec_reference::Value;

use super::observer::{Observer, TEXT};
use super::{OnError, Survey};
use crate::play::{Exchange, Outcome};
use crate::script::ops::{get, header, set};
use crate::script::{Answer, Operation};

impl Observer<'_> {
    /// What becomes of the change of a request that ends like this.
    pub(super) async fn after_a_change_and(&self, ending: Operation) -> OnError {
        let mut player = self.player();
        let begun = player.cycle("surveyor", vec![set("text", TEXT)]).await;
        let ended = player.cycle("surveyor", vec![set("text", "changed"), ending.clone()]).await;
        let after = player.cycle("surveyor", vec![get("text")]).await;
        let exchanges = &player.transcript().exchanges;
        if is_only_said(&ending, &exchanges[ended]) {
            self.not_done.borrow_mut().insert(ending.name());
            return OnError::Unknown;
        }
        let is_refused = |answer: &Answer| matches!(answer, Answer::Unsupported | Answer::Error(_));
        if ends_otherwise(&ending, &exchanges[ended]) {
            return OnError::Unknown;
        }
        match exchanges[after].answer(0) {
            _ if exchanges[ended].answer(1).is_some_and(is_refused) => OnError::Unknown,
            _ if !exchanges[begun].answer(0).is_some_and(Answer::is_done) => OnError::Unknown,
            Some(Answer::Ok(Value::String(text))) if text == "changed" => OnError::Saved,
            _ => OnError::Discarded,
        }
    }

    /// Whether the probe adds the fields that it is asked to add. No backend has a reason to take this one away.
    pub(super) async fn header(&self) {
        let mut player = self.player();
        let cycle = player.cycle("surveyor", vec![header(NEUTRAL, "1")]).await;
        let exchange = &player.transcript().exchanges[cycle];
        let is_said = exchange.answer(0).is_some_and(Answer::is_done);
        if is_said && exchange.headers.all(NEUTRAL).next().is_none() {
            self.not_done.borrow_mut().insert("header");
        }
    }
}

impl Survey {
    /// Whether the probe says that a request can end with this status, which has no body.
    pub(crate) fn ends_without_body(&self, status: u16) -> bool {
        self.description.without_body.contains(&status) && self.gap_of_probe("respond").is_none()
    }

    /// Whether a request can end like this, or do this at its end, as far as the survey has seen.
    pub(crate) fn can_end_with(&self, op: &Operation) -> bool {
        match op {
            Operation::Raise => self.on_error != OnError::Unknown,
            op => self.gap_of_probe(op.name()).is_none(),
        }
    }
}

/// A field that means nothing to anybody.
const NEUTRAL: &str = "X-Sessionspec";

/// Whether somebody has answered in the handler's place, with a status that it did not choose.
fn ends_otherwise(ending: &Operation, exchange: &Exchange) -> bool {
    match (ending, &exchange.outcome) {
        (Operation::Respond { status: wanted }, Outcome::NoAnswers { status, .. }) => status != wanted,
        _ => false,
    }
}

/// Whether a cycle that ends with this operation says that it was done, and the response shows that it was not.
fn is_only_said(ending: &Operation, exchange: &Exchange) -> bool {
    let Outcome::Answered { results, status, .. } = &exchange.outcome else { return false };
    let is_done = match ending {
        Operation::Respond { status: wanted } => status == wanted,
        // What becomes of an exception is an error, whatever its number.
        _ => *status >= 400,
    };
    results.last().is_some_and(Answer::is_done) && !is_done
}
