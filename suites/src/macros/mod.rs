//! The two macros that users of the dev-dependency call, and the functions that these expand to.

mod conformance;
mod hindered;
mod namespace;
mod set_up;
#[cfg(feature = "snapshots")]
mod snapshot;
mod support;
mod test_place;
mod umbrellas;

pub use namespace::namespace;
pub use set_up::NotRun;
#[cfg(feature = "snapshots")]
pub use snapshot::behaviour;
pub use support::judge;
pub use test_place::{KnownFailure, TestPlace};
