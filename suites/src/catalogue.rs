//! All checks, from all suites.

use crate::check::Check;

/// All checks of all suites, in the order in which they are run and reported.
#[must_use]
pub fn catalogue() -> Vec<Check> {
    [
        crate::minimum::CHECKS,
        crate::cookie::CHECKS,
        crate::identity::CHECKS,
        crate::forgery::CHECKS,
        crate::expiry::CHECKS,
        crate::fidelity::CHECKS,
        crate::fault::CHECKS,
        crate::concurrency::CHECKS,
        crate::glue::CHECKS,
    ]
    .concat()
}
