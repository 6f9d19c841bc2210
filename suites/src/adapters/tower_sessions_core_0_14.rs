//! Stores that are still made for tower-sessions-core 0.14. The source of its store trait is that of 0.15, but the
//! compiler takes them for two traits.

// The same adapter is compiled against either version.
#[cfg_attr(
    feature = "tower-sessions",
    expect(clippy::duplicate_mod, reason = "it names its version by `super::tower`")
)]
#[path = "tower_sessions/session_store.rs"]
mod session_store;

use ::tower_sessions_core_0_14 as tower;

pub use session_store::{TowerStore, store};
