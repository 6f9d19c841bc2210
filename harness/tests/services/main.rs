//! Services that misbehave, each a real socket, against the real command. A row says what a service does, how the command
//! ends, and which words its user has to see. Whatever a service does, the command ends as its help says, says no more than
//! anybody reads, and nothing that it says acts on a terminal.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bodies;
mod cookies;
mod first_contact;
mod framing;
mod fronts;
mod midway;
mod probes;
#[path = "../cli/support/service.rs"]
#[expect(dead_code, reason = "other tests use more of it")]
mod service;
mod table;
