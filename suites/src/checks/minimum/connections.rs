//! It does not matter over which connection a request comes.
//!
//! A server of several processes gives each new connection to one of them, and a client that keeps its connection meets no other.

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::Connection;
use crate::script::ops::{get, set};
use crate::survey::{AtOnce, Survey};

/// Over so many other connections is read what was written over one. Of two processes that take connections by chance, only one
/// has them all in one of two hundred and fifty-six runs.
const OTHERS: usize = 8;

pub(super) const ANY: Check = Check {
    id: "minimum/any-connection",
    level: Level::Minimum,
    harm: Harm::DataLoss,
    clause: "save.any-connection",
    promise: "What was saved over one connection is found over every other, also while the first is open.",
    source: "pre-fork servers whose workers keep sessions in their own memory, such as express-session's MemoryStore in a cluster",
    applies: &[Requirement::RealSessions],
    relies: &[],
    test: Test::Scenarios(any),
};

fn any(survey: &Survey) -> Vec<Scenario> {
    // Who serves one request at a time may serve one connection at a time, too.
    let connection = if survey.at_once == AtOnce::One { Connection::Alone } else { Connection::New };
    let told = |scenario: Scenario| match connection {
        Connection::New => scenario,
        Connection::Alone => scenario.held_to("one connection at a time".to_owned()),
    };
    let write = |scenario: Scenario, colour: &str| {
        scenario.cycle("ann", [set("colour", colour).is_done()]).over(connection)
    };
    let reads = |scenario: Scenario, count: usize, colour: Option<&str>| {
        (0..count).fold(scenario, |scenario, _| {
            let read = get("colour");
            let line = match colour {
                Some(colour) => read.is(colour),
                None => read.unjudged(),
            };
            scenario.cycle("ann", [line]).over(connection)
        })
    };
    let unknown = reads(write(Scenario::new("unknown-over-another"), "red"), OTHERS, Some("red"));
    // Each process may have read the session before it changes.
    let begun = Scenario::new("older-state-over-another")
        .cycle("ann", [set("colour", "red").is_done()])
        .cycle("ann", [get("colour").unjudged()]);
    let written = write(reads(begun, OTHERS, None), "blue").cycle("ann", [get("colour").is("blue")]);
    let older = reads(written, OTHERS, Some("blue")).relies_on(Fact::of(ANY.id, "unknown-over-another"));
    vec![told(unknown), told(older)]
}
