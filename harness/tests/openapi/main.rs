//! The probe protocol as schemas, `openapi.json`: held against the probe server, the suite's operations and PROTOCOL.md.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod descriptions;
mod document;
mod examples;
mod operations;
mod probe;
mod prose;
mod refusals;
mod results;
