//! The command as its users have it: the real binary, its output and its exit codes, against real sockets.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod callback;
mod curl;
mod doctor;
mod faults;
mod help;
mod json;
mod launch;
mod midway;
mod rerun_commands;
mod signals;
mod support;
mod target;
