//! A run that is stopped by a signal: its service is gone, and what it found so far is kept.

use std::process::Child;
use std::sync::mpsc;

use insta::assert_snapshot;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Answer, Launch, Service, complaint, outcome, pops_in_a_check};

#[test]
fn while_the_service_starts() {
    for (name, signal) in [("int", Signal::INT), ("term", Signal::TERM), ("hup", Signal::HUP)] {
        let launch = Launch::new(&format!("{name}_while_the_service_starts"));
        let run = launch.start("run", "");
        // Once the port is known, the service has been started; it never listens.
        launch.port();
        send(&run, signal);
        assert_eq!(
            complaint(&run.wait_with_output().unwrap()),
            "sessionspec: stopped before anything was judged\nexit 3"
        );
        assert_eq!(launch.survivors(), "");
    }
}

#[test]
fn before_anything_was_judged() {
    let launch = Launch::new("before_anything_was_judged");
    let run = launch.start("run", "");
    let (tell, told) = mpsc::channel();
    let _service = Service::at(launch.port(), move |_| {
        tell.send(()).unwrap();
        Answer::Silence
    });
    told.recv().unwrap();
    send(&run, Signal::TERM);
    assert_snapshot!(complaint(&run.wait_with_output().unwrap()), @"
    sessionspec: stopped before anything was judged
    exit 3
    ");
    assert_eq!(launch.survivors(), "");
}

#[test]
fn midway() {
    for (name, signal) in [("int", Signal::INT), ("term", Signal::TERM)] {
        let launch = Launch::new(&format!("{name}_midway"));
        let run = launch.start("run --check minimum/opens-empty --check minimum/each-mutator-persists", "");
        let (tell, told) = mpsc::channel();
        let is_time = pops_in_a_check();
        let _service = Service::at(launch.port(), move |request| {
            if !is_time(request) {
                return Answer::Good;
            }
            tell.send(()).unwrap();
            Answer::Silence
        });
        told.recv().unwrap();
        send(&run, signal);
        let outcome = outcome(&run.wait_with_output().unwrap());
        assert!(outcome.contains("pass            minimum/opens-empty"), "{outcome}");
        assert!(outcome.contains("unverified      minimum/each-mutator-persists"), "{outcome}");
        assert!(outcome.contains("incomplete: the run was stopped"), "{outcome}");
        assert!(outcome.ends_with("exit 3"), "{outcome}");
        assert_eq!(launch.survivors(), "");
    }
}

fn send(run: &Child, signal: Signal) {
    kill_process(Pid::from_child(run), signal).unwrap();
}
