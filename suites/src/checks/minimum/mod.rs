//! The `minimum` suite: the contract that Flask 0.8 set down.

mod connections;
mod mapping;
mod modified;
mod new;
mod null;
mod permanent;
mod umbrella;
mod values;
mod within;

use crate::checks::{Check, Harm, Requirement, Test};
use crate::level::Level;

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    mapping::OPENS_EMPTY,
    mapping::EACH_MUTATOR_PERSISTS,
    within::SEES_OWN_CHANGES,
    values::FALSE_VALUES_ARE_ITEMS,
    values::VALUES_SURVIVE,
    mapping::BROWSERS_ISOLATED,
    connections::ANY,
    permanent::IS_BOOLEAN,
    permanent::READS_BACK,
    permanent::PERSISTS,
    permanent::LEAVES_ITEMS_ALONE,
    modified::IS_BOOLEAN,
    modified::ONE_MODE,
    modified::AFTER_CHANGE,
    modified::STAYS,
    modified::CAN_BE_SET,
    new::IS_BOOLEAN,
    new::NEVER_FOR_SAVED,
    null::NULL_SESSION,
    CLAIMS_HOLD,
    umbrella::READS_BACK,
    umbrella::PERSISTS,
];

const CLAIMS_HOLD: Check = Check {
    id: "minimum/claims-hold",
    level: Level::Minimum,
    harm: Harm::Correctness,
    clause: "claims.true",
    promise: "What the backend declares of itself is what is observed.",
    source: "CONTRACT.md, claims",
    applies: &[Requirement::RealSessions],
    relies: &[],
    test: Test::Claims,
};
