//! The `identity` suite: who decides which session it is. An id is the server's to give, and dies when it says so.

mod destroy;
mod ids;
mod rivals;
mod rotated;
mod rotation;
mod unknown;

use crate::checks::Check;

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    unknown::NEVER_ADOPTED,
    unknown::READERS_STORE_NOTHING,
    ids::UNIQUE,
    ids::UNPREDICTABLE,
    rotation::NEW_ID,
    rotation::KEEPS_DATA,
    rotation::KEEPS_PERMANENT,
    rotation::OLD_ID_DIES,
    rotation::SURVIVES_FAILURE,
    destroy::RECORD_GONE,
    destroy::WRITES_AFTERWARDS,
    destroy::IDEMPOTENT,
    rotation::NEEDS_NO_RECORD,
    unknown::STALE_NEVER_ADOPTED,
];
