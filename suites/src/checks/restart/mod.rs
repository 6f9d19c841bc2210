//! The `restart` suite: the process of the service ends, and is started again with the store that it had.
//!
//! Its scripts are played on a process of their own, so that nobody else loses anything.

mod ended;
mod ids;
mod killed;
mod saved;
mod usable;

use sessionspec_reference::Value;

use crate::checks::{Check, Fact};
use crate::expect::{Expected, Line, Scenario};
use crate::script::ops::set;
use crate::script::{Answer, Ending};
use crate::survey::{Durability, Survey};

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    usable::USABLE,
    killed::NO_LOCK,
    saved::SURVIVES,
    saved::ANSWERED,
    ended::STAYS,
    ended::EXPIRED,
    ids::NOT_AGAIN,
    killed::WHOLE,
];

/// The gate at which a request waits for the end of its process.
const GATE: &str = "gate";

/// Both ways to end a process, each with what a reason calls it.
const ENDINGS: [(Ending, &str); 2] = [(Ending::Term, "stop"), (Ending::Kill, "kill")];

/// The fact that a browser with a cookie from before is served.
const SERVED: Fact = Fact::of("restart/usable-afterwards", "not-usable-after-a-kill");

/// A session with an item.
fn begun(reason: &str) -> Scenario {
    Scenario::new(reason).cycle("ann", [set("colour", "red").is_done()])
}

/// Whether sessions may end with their process.
fn may_be_lost(survey: &Survey) -> bool {
    survey.description.declares.durability == Some(Durability::Lost)
}

/// Expects this value, or none where sessions may be lost.
fn is_or_is_lost(op: crate::script::Operation, value: &str, survey: &Survey) -> Line {
    let kept = Expected::Answer(Answer::Ok(Value::from(value)));
    if may_be_lost(survey) {
        op.answers(Expected::AnyOf(vec![kept, Expected::Answer(Answer::Absent)]))
    } else {
        op.answers(kept)
    }
}
