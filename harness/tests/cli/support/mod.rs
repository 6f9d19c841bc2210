//! Runs the real binary, and makes what it says comparable.

mod careless;
mod launch;
mod project;
mod service;
mod slips;
mod toxiproxy;

pub(crate) use careless::careless_probe;
pub(crate) use launch::Launch;
pub(crate) use project::{Project, serving};
pub(crate) use service::{Answer, Service, pops_in_a_check};
pub(crate) use slips::{Slip, slipping};
pub(crate) use toxiproxy::{Double, NEW, OLD};

use std::process::{Command, Output};

/// The command `sessionspec` with these arguments, split at spaces.
pub(crate) fn sessionspec(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sessionspec"));
    command.args(arguments.split_whitespace()).env("SESSIONSPEC_PROBE", "1");
    command
}

/// What it wrote to standard output and to standard error, and its exit code.
pub(crate) fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let exit = output.status.code().map_or_else(|| output.status.to_string(), |code| code.to_string());
    format!("{}{}exit {exit}", text(&output.stdout), text(&output.stderr))
}

/// The same; numbers that the system hands out become `[n]`.
pub(crate) fn outcome(output: &Output) -> String {
    without_numbers(&said(output))
}

/// What it complained about: one line, with nothing on standard output.
pub(crate) fn complaint(output: &Output) -> String {
    assert_eq!(output.stderr.iter().filter(|byte| **byte == b'\n').count(), 1, "{}", outcome(output));
    assert!(output.stdout.is_empty(), "{}", outcome(output));
    outcome(output)
}

/// What a report comes to from its list of checks on, and what else was said.
pub(crate) fn ending(output: &Output) -> String {
    let outcome = outcome(output);
    let checks = outcome.find("\nChecks\n").expect("a report lists its checks");
    outcome[checks + 1..].to_owned()
}

/// Replaces the numbers that the system hands out.
pub(crate) fn without_numbers(text: &str) -> String {
    let mut normal = text.to_owned();
    for before in ["127.0.0.1:", "port ", "os error "] {
        let mut parts = normal.split(before);
        let first = parts.next().unwrap_or_default().to_owned();
        normal = parts.fold(first, |text, part| {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
            let number = if rest.len() < part.len() { "[n]" } else { "" };
            format!("{text}{before}{number}{rest}")
        });
    }
    normal
}
