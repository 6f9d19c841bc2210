//! The `minimum` suite: the contract that Flask 0.8 set down.

mod mapping;
mod modified;
mod new;
mod null;
mod permanent;
mod umbrella;
mod values;

use crate::checks::{Check, Plan, Test};
use crate::level::Level;
use crate::survey::{Attribute, Survey};

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    mapping::OPENS_EMPTY,
    mapping::EACH_MUTATOR_PERSISTS,
    values::FALSE_VALUES_ARE_ITEMS,
    values::VALUES_SURVIVE,
    mapping::BROWSERS_ISOLATED,
    permanent::IS_BOOLEAN,
    permanent::READS_BACK,
    permanent::PERSISTS,
    permanent::LEAVES_ITEMS_ALONE,
    permanent::CLEARED_WITH_THE_DATA,
    permanent::DEFAULTS_FALSE,
    modified::IS_BOOLEAN,
    modified::ONE_MODE,
    modified::AFTER_CHANGE,
    modified::STAYS,
    modified::CAN_BE_SET,
    new::IS_BOOLEAN,
    new::NEVER_FOR_SAVED,
    new::FOR_FRESH,
    null::NULL_SESSION,
    CLAIMS_HOLD,
    umbrella::READS_BACK,
    umbrella::PERSISTS,
];

const CLAIMS_HOLD: Check = Check {
    id: "minimum/claims-hold",
    level: Level::Minimum,
    clause: "claims.true",
    promise: "What the backend declares of itself is what is observed.",
    source: "CONTRACT.md, claims",
    needs: &[],
    test: Test::Claims,
};

/// The plan for a backend that opens real sessions; one that only has null sessions is judged by `null-session` alone.
fn for_real_sessions<T>(survey: &Survey, plan: impl FnOnce() -> Plan<T>) -> Plan<T> {
    if survey.null {
        return Plan::NotApplicable("this backend opens only null sessions".to_owned());
    }
    plan()
}

/// The plan for an attribute that the backend itself has.
fn for_attribute<T, M>(
    survey: &Survey,
    name: &str,
    attribute: Attribute<M>,
    plan: impl FnOnce() -> Plan<T>,
) -> Plan<T> {
    if matches!(attribute, Attribute::Derived) {
        return Plan::NotApplicable(format!("the probe stands in for `{name}`"));
    }
    for_real_sessions(survey, plan)
}
