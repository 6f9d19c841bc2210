//! The `beside` suite: another service with sessions of its own, and browsers that have the cookies of both.
//!
//! The other one was only looked at as far as it finds what it has saved: whether it keeps what the contract promises is asked of
//! it where it is tested itself.

mod cookie;
mod data;
mod ended;
mod expiry;
mod ids;

use crate::checks::{Check, Fact};
use crate::expect::Scenario;
use crate::script::ops::set;

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] =
    &[data::APART, ids::APART, ended::ALONE, expiry::ALONE, cookie::OPENS_NOTHING];

/// The fact that each service finds its own item in a browser that has the cookies of both.
const APART_FACT: Fact = Fact::of("beside/data-apart", "overwritten");

/// A browser with a session at each service, and an item in each.
fn begun(reason: &str) -> Scenario {
    Scenario::new(reason)
        .cycle("ann", [set("colour", "red").is_done()])
        .cycle("ann", [set("size", "small").unjudged()])
        .beside()
}
