//! All checks, from all suites.

use super::Check;

/// All checks of all suites, in the order in which they are run and reported.
#[must_use]
pub fn catalogue() -> Vec<Check> {
    [
        crate::checks::minimum::CHECKS,
        crate::checks::cookie::CHECKS,
        crate::checks::identity::CHECKS,
        crate::checks::forgery::CHECKS,
        crate::checks::expiry::CHECKS,
        crate::checks::fidelity::CHECKS,
        crate::checks::fault::CHECKS,
        crate::checks::concurrency::CHECKS,
        crate::checks::promises::CHECKS,
        crate::checks::nodes::CHECKS,
        crate::checks::beside::CHECKS,
        crate::checks::restart::CHECKS,
        crate::checks::outage::CHECKS,
        crate::checks::glue::CHECKS,
    ]
    .concat()
}
