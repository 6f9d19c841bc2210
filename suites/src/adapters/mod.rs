//! Backends of other people's frameworks, each behind a feature of its own.
//!
//! | feature | what it puts under test |
//! |---|---|
//! | `tower-sessions` | a `SessionManagerLayer` of tower-sessions 0.15, and its stores alone |
//! | `tower-sessions-core-0_14` | stores that are still made for tower-sessions-core 0.14 |
//!
//! ```toml
//! [dev-dependencies]
//! sessionspec = { path = "../sessionspec/suites", features = ["tower-sessions"] }
//! ```
//!
//! An adapter says what its framework says and nothing else. Where a framework lacks an attribute, the adapter stands
//! in with the mixin's default, and the report names the stand-in; what a framework cannot do is `unsupported`.

#[cfg(feature = "tower-sessions")]
pub mod tower_sessions;
#[cfg(feature = "tower-sessions-core-0_14")]
pub mod tower_sessions_core_0_14;
