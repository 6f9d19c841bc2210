//! `--callback-addr`: under which address a service is told to ask for a gate.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use insta::assert_snapshot;

use crate::support::{Answer, Service, complaint, outcome, said, sessionspec};

/// What the command says, and the addresses of the gates that it has told the service.
fn told(command: &str) -> (String, Vec<String>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&requests);
    let service = Service::new(move |request| {
        heard.lock().unwrap().push(request.text());
        Answer::Good
    });
    let said = outcome(&sessionspec(command).arg(service.url()).output().unwrap());
    let requests = requests.lock().unwrap();
    let urls = requests.iter().filter_map(|request| {
        let (before, _) = request.split_once("/hold/")?;
        Some(before.rsplit_once("http://")?.1.to_owned())
    });
    (said, urls.collect())
}

const RUN: &str = "run --level recommended --check concurrency/last-write-is-kept";

#[test]
fn an_address_is_served_and_handed_out() {
    for address in ["127.0.0.1", "127.0.0.1:0"] {
        let (said, gates) = told(&format!("doctor --callback-addr {address}"));
        assert!(said.contains("reached the harness, and went on"), "{said}");
        assert!(!gates.is_empty() && gates.iter().all(|gate| gate.starts_with("127.0.0.1:")), "{gates:?}");
    }
}

#[test]
fn a_name_is_handed_out_and_leads_to_loopback() {
    for command in ["doctor", RUN] {
        let (said, gates) = told(&format!("{command} --callback-addr localhost"));
        assert!(said.ends_with("exit 0"), "{said}");
        assert!(!gates.is_empty() && gates.iter().all(|gate| gate.starts_with("localhost:")), "{gates:?}");
    }
}

#[test]
fn the_next_command_reaches_it_there_as_well() {
    let (said, _) = told("doctor --callback-addr localhost");
    let next = said.lines().find(|line| line.starts_with("next: ")).unwrap();
    assert!(next.ends_with("--callback-addr localhost"), "{next}");
}

#[test]
fn an_address_that_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let run =
        sessionspec(&format!("run http://127.0.0.1:1/probe --callback-addr {address}")).output().unwrap();
    assert_snapshot!(complaint(&run), @"
    sessionspec: no gate can be served at 127.0.0.1:[n]: Address already in use (os error [n]); --callback-addr takes an address of this machine, or a host name
    exit 2
    ");
}

#[test]
fn what_is_no_address() {
    let usage = |address: &str| {
        said(
            &sessionspec(&format!("run http://127.0.0.1:1/probe --callback-addr {address}"))
                .output()
                .unwrap(),
        )
    };
    assert_snapshot!(usage("http://127.0.0.1"), @"
    error: invalid value 'http://127.0.0.1' for '--callback-addr <ADDR>': give an address of this machine or a host name, with or without a port, as in 172.17.0.1 or host.docker.internal:8080

    For more information, try '--help'.
    exit 2
    ");
    assert_snapshot!(usage("0.0.0.0"), @"
    error: invalid value '0.0.0.0' for '--callback-addr <ADDR>': 0.0.0.0 means every address of this machine; give the one at which the service reaches it

    For more information, try '--help'.
    exit 2
    ");
}
