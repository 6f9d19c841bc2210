//! All checks, from all suites.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Check;

static CATALOGUE: LazyLock<Vec<Check>> = LazyLock::new(|| {
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
});

/// Where each check stands in the catalogue, by its id.
static POSITIONS: LazyLock<HashMap<&str, usize>> =
    LazyLock::new(|| CATALOGUE.iter().enumerate().map(|(position, check)| (check.id, position)).collect());

/// All checks of all suites, in the order in which they are run and reported.
#[must_use]
pub fn catalogue() -> &'static [Check] {
    &CATALOGUE
}

/// The check with this id.
pub(crate) fn named(id: &str) -> Option<&'static Check> {
    position(id).map(|position| &CATALOGUE[position])
}

/// Where the check with this id stands in the catalogue.
pub(crate) fn position(id: &str) -> Option<usize> {
    POSITIONS.get(id).copied()
}
