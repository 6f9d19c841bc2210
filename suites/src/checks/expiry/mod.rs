//! The `expiry` suite: a session ends when its time has come, whatever the client does.
//!
//! Where the backend's time can be moved, nothing is waited for. Elsewhere the lifetimes have to be short.

mod ids;
mod lifetimes;
mod prolonging;
mod untouched;
mod window;

use crate::checks::Check;

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    window::NOT_EARLY,
    window::GONE,
    untouched::STAYS,
    window::USABLE,
    window::NOT_REVIVED,
    window::PERMANENT_STAYS,
    ids::NEVER_ADOPTED,
    prolonging::AS_DECLARED,
    lifetimes::OWN,
    lifetimes::STAYS,
    lifetimes::PAST,
    lifetimes::LONG,
    lifetimes::LONGER,
];
