//! The `minimum` suite: the contract that Flask 0.8 set down.

mod connections;
mod mapping;
mod modified;
mod new;
mod null;
mod permanent;
mod umbrella;
mod values;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::level::Level;

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    mapping::OPENS_EMPTY,
    mapping::EACH_MUTATOR_PERSISTS,
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
    UNTOUCHED_STAYS,
    umbrella::READS_BACK,
    umbrella::PERSISTS,
];

/// The others look for what is lost soon. What a store loses that keeps a thousand sessions, or what is written over now and then,
/// shows only after a whole run.
const UNTOUCHED_STAYS: Check = Check {
    id: "minimum/untouched-stays",
    level: Level::Minimum,
    harm: Harm::DataLoss,
    clause: "save.persists",
    promise: "A session that nobody touches is what it was after everything that is done to others.",
    source: "caches that drop the oldest entry, such as Django's LocMemCache with 300 and lru-cache",
    applies: &[Requirement::RealSessions, Requirement::LastingSessions],
    relies: &[
        Fact::of("minimum/browsers-isolated", "own-items-lost"),
        Fact::of("minimum/browsers-isolated", "forgotten-when-others-come"),
        Fact::of("minimum/browsers-isolated", "forgotten-after-a-hundred-others"),
    ],
    test: Test::Witness,
};

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
