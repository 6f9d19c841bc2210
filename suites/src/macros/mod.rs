//! The two macros that users of the dev-dependency call, and the functions that these expand to.

mod conformance;
mod hindered;
mod namespace;
mod place;
mod set_up;
#[cfg(feature = "snapshots")]
mod snapshot;
mod support;
mod umbrellas;

pub use namespace::namespace;
pub use place::{KnownFailure, Place};
pub use set_up::NotRun;
#[cfg(feature = "snapshots")]
pub use snapshot::behaviour;
pub use support::judge;
