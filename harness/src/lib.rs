//! The reference harness: runs the suite against services in any language, and serves embedded backends as probes.

pub mod beside;
mod bounded;
pub mod builtin;
mod called_as;
pub mod cli;
pub mod exit;
pub mod http;
pub mod known_failures;
pub mod launch;
mod near;
pub mod nodes;
pub mod peer;
mod peer_storage;
pub mod probe;
pub mod project;
mod quote;
pub mod render;
pub mod report_diff;
pub mod report_file;
pub mod store_proxy;
mod toml_error;
pub mod watchdog;
mod why;
