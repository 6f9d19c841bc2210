//! The `concurrency` suite: races between two requests of one browser, made deterministic by holding one of them.
//!
//! A held cycle reads before it is held, so that a session which is loaded at its first use has been loaded; the first
//! request of a browser has nothing to read.

mod clobbering;
mod expired;
mod histories;
mod patience;
mod permanent;
mod resurrection;
mod rotation;
mod waiting;
mod writers;

use crate::checks::Check;
use crate::expect::{Line, Scenario};
use crate::script::Operation;
use crate::script::ops::{clear, destroy, get, hold, set};
use crate::survey::Survey;

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    resurrection::BY_A_READ,
    resurrection::BY_A_WRITE,
    resurrection::OF_A_ROTATED_ID,
    clobbering::BY_A_READ,
    clobbering::PERMANENT,
    rotation::TWO_ROTATIONS,
    rotation::LATE_WRITE,
    writers::FIRST_REQUESTS,
    writers::CLEAR_AGAINST_SET,
    writers::ALL_OR_NOTHING,
    writers::LAST_WRITE_IS_KEPT,
    writers::SAME_NEW_ITEM,
    writers::SERIALISED,
    rotation::KEEPS_WAITERS,
    permanent::AND_DATA,
    expired::WHILE_HELD,
    waiting::STRANGERS_ARE_SERVED,
    waiting::FAILED_REQUEST,
    patience::OUTWAITED,
    histories::EXPLAINED,
    histories::PARALLEL,
];

/// The gate at which the first of two requests waits.
const GATE: &str = "gate";

/// A held request that writes may be refused when it is saved: that is a way to keep two writers apart.
fn races(scenarios: Vec<Scenario>) -> Vec<Scenario> {
    scenarios.into_iter().map(refusable).collect()
}

fn refusable(scenario: Scenario) -> Scenario {
    let is_held = |ops: &[Operation]| ops.iter().any(|op| matches!(op, Operation::Hold { .. }));
    let cycles: Vec<usize> = (scenario.script.cycles().enumerate())
        .filter(|(_, cycle)| is_held(&cycle.ops) && cycle.ops.iter().any(Operation::writes))
        .map(|(index, _)| index)
        .collect();
    cycles.into_iter().fold(scenario, Scenario::may_be_refused_in)
}

/// A session with an item, as each race begins.
fn begun(reason: &str) -> Scenario {
    Scenario::new(reason).cycle("ann", [set("colour", "red").is_done()])
}

/// The request that is held: it has read the session, and does the rest when it is released.
fn held(rest: impl IntoIterator<Item = Line>) -> Vec<Line> {
    [get("colour").unjudged(), hold(GATE).is_done()].into_iter().chain(rest).collect()
}

/// How a session is ended here: `clear` is the logout of a framework that has no `destroy`.
fn logout(survey: &Survey) -> Operation {
    if survey.supports("destroy") { destroy() } else { clear() }
}
