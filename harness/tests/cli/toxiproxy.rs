//! Outages of a real store, whose way is broken by a Toxiproxy. Here that is a double.

use std::process::Stdio;

use insta::assert_snapshot;
use rustix::process::{Pid, Signal, kill_process};

use crate::outage::{RIGHT, Store, WRONG, is_right, is_wrong};
use crate::support::{Double, NEW, OLD, complaint, outcome, sessionspec};

/// The text, wherever its lines were broken.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_verdicts_are_those_of_the_own_proxy_and_nothing_is_left_there() {
    let store = Store::new("toxiproxy");
    let (toxiproxy, _) = Double::start(NEW);
    let asked = format!(
        "--toxiproxy {} --timeout 5 --check outage/usable-afterwards --check outage/no-logout",
        toxiproxy.url
    );
    let begun = [RIGHT, WRONG].map(|backend| {
        store.run(backend, &asked).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    });
    let [right, wrong] = begun.map(|run| run.wait_with_output().unwrap());
    is_right(&right);
    is_wrong(&wrong);
    let again = words(&outcome(&wrong).replace('\\', ""));
    assert!(
        again.contains("--toxiproxy http://127.0.0.1:[n] --timeout 5 --check outage/no-logout"),
        "{again}"
    );
    for asked in ["{\"enabled\":false}", "{\"enabled\":true}", "\"type\":\"reset_peer\""] {
        assert!(!toxiproxy.asked(asked).is_empty(), "{asked}");
    }
    assert_eq!(toxiproxy.proxies(), 0, "each proxy is removed");
}

#[test]
fn a_run_that_is_stopped_leaves_no_proxy() {
    let store = Store::new("toxiproxy-stopped");
    let (toxiproxy, is_made) = Double::start(NEW);
    let asked = format!("--toxiproxy {} --suite outage", toxiproxy.url);
    let run = store.run(RIGHT, &asked).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The first is for the service, and the second for a process of which the store is broken.
    is_made.recv().unwrap();
    is_made.recv().unwrap();
    kill_process(Pid::from_child(&run), Signal::TERM).unwrap();
    let said = outcome(&run.wait_with_output().unwrap());
    assert!(said.ends_with("exit 3"), "{said}");
    assert_eq!(toxiproxy.proxies(), 0, "{said}");
}

#[test]
fn what_cannot_be_driven_is_refused() {
    let (old, _) = Double::start(OLD);
    let start = |arguments: &str| {
        let mut run = sessionspec(&format!("run --no-project {arguments}"));
        complaint(&run.args(["--launch", "exit 4"]).output().unwrap())
    };
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let peer = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/peers/django-5.2.19-file");
    assert_snapshot!(
        [
            start("--toxiproxy http://127.0.0.1:8474"),
            complaint(&sessionspec("run --no-project --toxiproxy http://127.0.0.1:8474").output().unwrap()),
            complaint(
                &sessionspec(&format!("run --no-project --peer {peer} --toxiproxy http://127.0.0.1:8474"))
                    .output()
                    .unwrap()
            ),
            start(&format!("--store 127.0.0.1:1 --toxiproxy http://{nobody}")),
            start(&format!("--store 127.0.0.1:1 --toxiproxy {}", old.url)),
        ]
        .join("\n")
    );
    assert_eq!(old.proxies(), 0);
}

#[test]
fn a_toxic_that_is_refused_leaves_the_check_unverified() {
    // It does not say how old it is.
    let store = Store::new("toxiproxy-refused");
    let (toxiproxy, _) = Double::start("git-4f2a");
    toxiproxy.refuse("reset_peer");
    let asked = format!("--toxiproxy {} --timeout 5 --check outage/no-logout", toxiproxy.url);
    let said = outcome(&store.run(RIGHT, &asked).output().unwrap());
    assert!(said.ends_with("exit 3"), "{said}");
    let why = "Toxiproxy refuses the toxic `reset_peer` with status 400: invalid toxic type";
    assert!(words(&said).contains(why), "{said}");
    assert_eq!(toxiproxy.proxies(), 0);
}
