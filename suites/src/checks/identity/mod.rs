//! The `identity` suite: who decides which session it is. An id is the server's to give, and dies when it says so.

mod destroy;
mod ids;
mod rotation;
mod unknown;

use crate::checks::{Check, Plan};
use crate::expect::Scenario;
use crate::survey::{Store, Survey};

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    unknown::NEVER_ADOPTED,
    unknown::READERS_STORE_NOTHING,
    ids::UNIQUE,
    ids::UNPREDICTABLE,
    rotation::NEW_ID,
    rotation::KEEPS_DATA,
    rotation::OLD_ID_DIES,
    rotation::SURVIVES_FAILURE,
    destroy::RECORD_GONE,
    destroy::WRITES_AFTERWARDS,
    destroy::IDEMPOTENT,
    rotation::NEEDS_NO_RECORD,
    unknown::STALE_NEVER_ADOPTED,
];

/// The plan for a backend that opens sessions and has these operations.
fn for_operations(
    survey: &Survey,
    operations: &[&str],
    plan: impl FnOnce() -> Vec<Scenario>,
) -> Plan<Vec<Scenario>> {
    if survey.null {
        return Plan::NotApplicable("this backend opens only null sessions".to_owned());
    }
    match operations.iter().find(|name| survey.unsupported.iter().any(|missing| missing == *name)) {
        Some(name) => Plan::NotApplicable(format!("this backend has no `{name}`")),
        None => Plan::Do(plan()),
    }
}

/// The same, for what only a server can do: where the data are in the cookie, an older cookie is as good as a newer one.
fn on_the_server(
    survey: &Survey,
    operations: &[&str],
    plan: impl FnOnce() -> Vec<Scenario>,
) -> Plan<Vec<Scenario>> {
    match survey.store {
        Store::Server => for_operations(survey, operations, plan),
        Store::Client => Plan::NotApplicable(
            "the data are in the cookie, and nothing that was sent can be revoked: its lifetime has to bound it"
                .to_owned(),
        ),
        Store::Unknown => Plan::NotApplicable("this backend sends no cookies".to_owned()),
    }
}
