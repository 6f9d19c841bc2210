//! Backends of other people's frameworks, each behind a feature of its own.
//!
//! | feature | what it puts under test |
//! |---|---|
//! | `tower` | any application that is a `tower` service, with whatever middleware for sessions it has |
//! | `tower-sessions` | a `SessionManagerLayer` of tower-sessions 0.15, and its stores alone |
//! | `tower-sessions-core-0_14` | stores that are still made for tower-sessions-core 0.14 |
//!
//! ```toml
//! [dev-dependencies]
//! sessionspec = { path = "../sessionspec/suites", features = ["tower-sessions"] }
//! ```
//!
//! For tower-sessions behind a router of axum and for actix-session, the macros `tower_sessions_probe!` (with the feature
//! `tower`) and [`actix_session_probe!`](crate::actix_session_probe) make an adapter in the crate under test, for whichever
//! versions it has. They are macros, and no features, since a feature would make one version of a library a dependency here,
//! and that is out of date with the next release of either.
//!
//! An adapter passes on what its framework does, and adds nothing. Where a framework lacks an attribute, the adapter
//! answers with the mixin's default in its place, and the report names this stand-in. An operation that a framework
//! does not have is `unsupported`.

mod actix_session_probe;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "tower-sessions")]
pub mod tower_sessions;
#[cfg(feature = "tower-sessions-core-0_14")]
pub mod tower_sessions_core_0_14;
#[cfg(feature = "tower")]
mod tower_sessions_probe;
mod written_keys;

pub use written_keys::WrittenKeys;
