//! The `outage` suite: the store of the service is down, silent, slow or emptied for a while. Where it has no socket, a command
//! breaks it.
//!
//! Its scripts are played on a process of their own. Nothing is expected of a request that comes while the store is out of
//! reach, but that it does no harm; what is judged is seen when the store can be reached again.

mod answered;
mod closed;
mod ended;
mod kept;
mod midway;
mod silent;
mod slow;
mod usable;
mod vanished;
mod whole;

use crate::checks::{Check, Fact};
use crate::expect::Scenario;
use crate::script::ops::{clear, destroy, set};
use crate::script::{Operation, StoreFault};
use crate::survey::Survey;

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    usable::USABLE,
    slow::SERVED,
    silent::ENDS,
    silent::STRANGERS,
    kept::NO_LOGOUT,
    midway::NOTHING_OVERWRITTEN,
    answered::KEPT,
    whole::WHOLE,
    ended::LOGOUT,
    ended::ROTATION,
    closed::CLOSED,
    vanished::UNKNOWN,
];

/// The gate at which a request waits while the store is out of reach.
const GATE: &str = "gate";

/// The ways in which this store is out of reach, each with what a reason ends in.
fn outages(survey: &Survey) -> impl Iterator<Item = (StoreFault, &'static str)> + use<> {
    let reset = (StoreFault::ResetPeer, "-when-reset");
    let reset = (!survey.store_control.is_broken_by_a_command_alone()).then_some(reset);
    [(down(survey), "")].into_iter().chain(reset)
}

/// How this store is taken away as a whole.
fn down(survey: &Survey) -> StoreFault {
    survey.store_control.down()
}

/// The fact that sessions can be used when the store can be reached again.
const RECOVERED: Fact = Fact::of("outage/usable-afterwards", "not-usable");

/// A session with an item.
fn begun(reason: &str) -> Scenario {
    Scenario::new(reason).cycle("ann", [set("colour", "red").is_done()])
}

/// How a session is ended here: `clear` is the logout of a framework that has no `destroy`.
fn logout(survey: &Survey) -> Operation {
    if survey.supports("destroy") { destroy() } else { clear() }
}
