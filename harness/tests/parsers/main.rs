//! Everything that reads what others wrote is fed with rubbish: with bytes, with texts, and with good input of which parts
//! were cut, doubled, swapped and replaced. Nothing panics, and what is read can be written, read and shown again.
//!
//! A normal run is short. SESSIONSPEC_FUZZ_CASES says how many inputs each test gets instead. The same entries are in
//! `harness/fuzz`, where libFuzzer is guided by what each input reaches (see CONTRIBUTING.md).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod rubbish;
mod seeds;
mod sockets;
#[path = "../../fuzz/src/targets/mod.rs"]
#[expect(unreachable_pub, reason = "the fuzzer has it as a library")]
mod targets;

use rubbish::{CASES, each, given};

/// Gives rubbish to a target.
fn feed(name: &str) {
    feed_times(name, CASES);
}

fn feed_times(name: &str, cases: u32) {
    let target = targets::find(name);
    each(cases, given((target.seeds)()), |bytes| (target.read)(&bytes));
}

#[test]
fn any_answer_is_as_long_as_what_was_asked_or_is_none() {
    feed("answers");
}

#[test]
fn any_case_is_refused_or_can_be_written_read_again_and_played() {
    feed("case_files");
}

#[test]
fn any_date_is_read_or_refused() {
    feed("cookie_dates");
}

#[test]
fn any_description_is_read_or_refused() {
    feed("descriptions");
}

#[test]
fn any_cookie_can_be_forged() {
    feed("forgeries");
}

#[test]
fn any_list_of_known_failures_is_refused_or_taken() {
    feed("known_failures");
}

#[test]
fn any_manifest_is_refused_or_taken() {
    feed("peer_manifests");
}

#[test]
fn any_project_is_refused_or_taken() {
    feed("projects");
}

#[test]
fn any_bytes_are_a_response_or_none() {
    feed("raw_http");
}

#[test]
fn any_report_is_refused_or_can_be_shown_in_every_form_and_compared() {
    feed("reports");
}

#[test]
fn any_service_is_judged_or_refused() {
    // Each input is a run.
    feed_times("services", CASES / 50);
}

#[test]
fn any_field_is_read_or_refused_and_a_browser_sends_nothing_that_it_cannot_send() {
    feed("set_cookie");
}
