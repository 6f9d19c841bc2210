//! The two macros of the dev-dependency, and what their tests do.

mod conformance;
mod set_up;
#[cfg(feature = "snapshots")]
mod snapshot;
mod support;

pub use set_up::NotRun;
#[cfg(feature = "snapshots")]
pub use snapshot::behaviour;
pub use support::{KnownFailure, Place, judge};
