//! The command as its users have it: the real binary, its output and its exit codes, against real sockets.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod baseline;
mod beside;
mod breaking;
mod callback;
mod curl;
mod cut_off;
mod doctor;
mod escapes;
mod faults;
mod help;
mod init;
mod json;
mod launch;
mod limits;
mod midway;
mod outage;
mod output;
mod processes;
mod project;
mod rerun_commands;
mod secrets;
mod serve;
mod signals;
mod spellings;
mod support;
mod target;
mod toxics;
mod toxiproxy;
