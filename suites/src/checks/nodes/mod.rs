//! The `nodes` suite: several processes that serve the same sessions, and browsers that come to any of them.
//!
//! Each promise is one that a single node has to keep, too, and relies on it: where one node alone breaks it, nothing is
//! said here.

mod at_work;
mod clocks;
mod ended;
mod expiry;
mod ids;
mod paused;
mod rotation;
mod saved;

use crate::checks::Check;
use crate::expect::Scenario;
use crate::script::Operation;
use crate::script::ops::{clear, destroy, set};
use crate::survey::Survey;

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    saved::SEEN,
    ids::UNIQUE,
    ended::FOR_ALL,
    rotation::FOR_ALL,
    expiry::FOR_ALL,
    at_work::ENDED,
    at_work::READER,
    at_work::SERIALISED,
    paused::HOLDER,
    paused::ENDED,
    clocks::SEEN,
    clocks::WRITES,
    clocks::ENDED,
];

/// The gate at which the first of two requests waits.
const GATE: &str = "gate";

/// A session with an item, which the first node has saved.
fn begun(reason: &str) -> Scenario {
    Scenario::new(reason).cycle("ann", [set("colour", "red").is_done()]).on_node(1)
}

/// How a session is ended here: `clear` is the logout of a framework that has no `destroy`.
fn logout(survey: &Survey) -> Operation {
    if survey.supports("destroy") { destroy() } else { clear() }
}
