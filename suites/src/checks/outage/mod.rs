//! The `outage` suite: the store of the service is down, silent, slow or emptied for a while.
//!
//! Its scripts are played on a process of their own. Nothing is expected of a request that comes while the store is out of
//! reach, but that it does no harm; what is judged is seen when the store can be reached again.

mod usable;

use crate::checks::{Check, Fact};
use crate::expect::Scenario;
use crate::script::StoreFault;
use crate::script::ops::set;

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[usable::USABLE];

/// The ways in which a store is out of reach, each with what a reason calls it.
const OUTAGES: [(StoreFault, &str); 2] =
    [(StoreFault::Down, "the-store-was-down"), (StoreFault::ResetPeer, "connections-were-reset")];

/// The fact that sessions can be used when the store can be reached again.
const RECOVERED: Fact = Fact::of("outage/usable-afterwards", "not-usable-after-the-store-was-down");

/// A session with an item.
fn begun(reason: &str) -> Scenario {
    Scenario::new(reason).cycle("ann", [set("colour", "red").is_done()])
}
