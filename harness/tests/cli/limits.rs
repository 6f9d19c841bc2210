//! What files may ask for, and what ends a command that reads one.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::support::{Answer, Service, pops_in_a_check, said, sessionspec};

/// A file of this test's that is gone when it is over.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{}", std::process::id()));
        let _ = fs::remove_file(&path);
        Self(path)
    }

    fn case(name: &str, script: &Value, expectations: &Value) -> Self {
        let scratch = Self::new(name);
        let scenario = json!({"reason": "r", "script": script, "expectations": expectations});
        let case = json!({"version": 1, "check": "no/check", "reason": "r", "scenario": scenario});
        fs::write(&scratch.0, case.to_string()).unwrap();
        scratch
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn cycle(op: &Value) -> Value {
    json!({"cycle": {"browser": "ann", "ops": [op]}})
}

#[test]
fn a_case_from_virtual_time_waits_on_virtual_time_and_nowhere_else() {
    let script = json!([
        cycle(&json!({"op": "set", "key": "a", "value": 1})),
        {"wait": {"seconds": 1e9}},
        cycle(&json!({"op": "get", "key": "a"})),
    ]);
    let expectations = json!([{"cycle": 1, "op": 0, "expected": {"answer": {"absent": true}}}]);
    let case = Scratch::case("virtual_time", &script, &expectations);
    let output =
        sessionspec("replay --backend conforming/second-granular-expiry").arg(&case.0).output().unwrap();
    assert!(said(&output).contains("exit 0") || said(&output).contains("exit 1"), "{}", said(&output));
    let service = Service::new(|_| Answer::Good);
    let output = sessionspec("replay").arg(&case.0).arg(service.url()).output().unwrap();
    let said = said(&output);
    assert!(
        said.contains("waits for 1000000000 s, and this service has no time that can be moved"),
        "{said}"
    );
    assert!(said.ends_with("exit 2"), "{said}");
}

#[test]
fn a_case_that_asks_for_too_much_is_refused_unless_it_is_allowed() {
    let steps: Vec<Value> = (0..1_001).map(|_| cycle(&json!({"op": "items"}))).collect();
    let expectations = json!([{"cycle": 0, "op": 0, "expected": {"answer": {"ok": {}}}}]);
    let case = Scratch::case("too_much", &json!(steps), &expectations);
    let refused = said(&sessionspec("replay").arg(&case.0).output().unwrap());
    assert!(
        refused.ends_with(
            "this case has 1001 steps, and at most 1000 are played; --no-limit plays it all the same\nexit 2"
        ),
        "{refused}"
    );
    let played = said(&sessionspec("replay --no-limit").arg(&case.0).output().unwrap());
    assert!(played.ends_with("exit 0"), "{played}");
    let forged = json!([{"forge": {"from": "ann", "to": "bob", "forgery": {"length": u64::MAX}}}]);
    let case = Scratch::case("too_long", &forged, &json!([]));
    let refused = said(&sessionspec("replay").arg(&case.0).output().unwrap());
    assert!(refused.contains("bytes in a forged value"), "{refused}");
    let eternal = Scratch::case("no_time", &json!([{"wait": {"seconds": 1e300}}]), &json!([]));
    let refused = said(&sessionspec("replay --no-limit").arg(&eternal.0).output().unwrap());
    assert!(refused.contains("which is no time") && refused.ends_with("exit 2"), "{refused}");
}

/// What is short in a file may take hundreds of times as much memory where it is read as a script.
#[test]
fn a_case_of_too_many_values_is_not_read_as_one() {
    let values: Vec<Value> = (0..200_000).map(|_| json!({})).collect();
    let script = json!([cycle(&json!({"op": "set", "key": "a", "value": values}))]);
    let case = Scratch::case("many_values", &script, &json!([]));
    let refused = said(&sessionspec("replay").arg(&case.0).output().unwrap());
    assert!(
        refused.ends_with("it has more than 200000 values; --no-limit plays it all the same\nexit 2"),
        "{refused}"
    );
    let played = said(&sessionspec("replay --no-limit").arg(&case.0).output().unwrap());
    assert!(played.contains("nothing could be compared: "), "{}", played.len());
    assert!(played.ends_with("exit 3"), "{}", played.len());
}

#[test]
fn a_file_that_never_ends_is_not_read_to_its_end() {
    let run = "run --backend reference --check minimum/opens-empty";
    for arguments in [
        "replay /dev/zero".to_owned(),
        "render /dev/zero --as text".to_owned(),
        "diff /dev/zero /dev/zero".to_owned(),
        "known-failures /dev/zero".to_owned(),
        format!("{run} --known-failures /dev/zero"),
        format!("{run} --baseline /dev/zero"),
        "run --header @/dev/zero http://127.0.0.1:1/".to_owned(),
    ] {
        let refused = said(&sessionspec(&arguments).output().unwrap());
        assert!(
            refused.contains("it is larger than ") && refused.ends_with("exit 2"),
            "{arguments}: {refused}"
        );
    }
}

#[test]
fn a_signal_ends_whoever_waits_for_a_file() {
    let fifo = Scratch::new("never_written");
    assert!(Command::new("mkfifo").arg(&fifo.0).status().unwrap().success());
    let path = fifo.0.display();
    for arguments in [
        "render - --as text".to_owned(),
        format!("diff - {path}"),
        format!("render {path} --as json"),
        format!("replay {path}"),
    ] {
        for signal in [Signal::INT, Signal::TERM] {
            let mut waiting = sessionspec(&arguments).stdin(Stdio::piped()).spawn().unwrap();
            send(&waiting, signal);
            // Its standard input stays open.
            let pipe = waiting.stdin.take();
            assert!(!waiting.wait().unwrap().success(), "{arguments}");
            drop(pipe);
        }
    }
}

#[test]
fn a_run_ends_at_its_deadline() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n[";
    for service in
        [Service::new(|_| Answer::Silence), Service::new(move |_| Answer::Dripping(head.to_vec(), b' '))]
    {
        let output = sessionspec("run --timeout 3000 --deadline 0.2").arg(service.url()).output().unwrap();
        assert_eq!(
            said(&output),
            "sessionspec: the --deadline of 0.2 s was over before anything was judged\nexit 3"
        );
    }
}

#[test]
fn what_was_judged_before_the_deadline_is_kept() {
    let is_time = pops_in_a_check();
    let service = Service::new(move |request| if is_time(request) { Answer::Silence } else { Answer::Good });
    let checks = ["opens-empty", "each-mutator-persists"];
    let mut run = sessionspec("run --timeout 3000 --deadline 8");
    run.args(checks.map(|check| format!("--check=minimum/{check}"))).arg(service.url());
    let said = said(&run.output().unwrap()).split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "pass minimum/opens-empty",
        "unverified minimum/each-mutator-persists: the run was stopped",
        "1 pass, 1 unverified",
        "incomplete: the run was stopped: its --deadline of 8 s was over",
        "minimum: not verified",
    ] {
        assert!(said.contains(words), "no `{words}`: {said}");
    }
    assert!(said.ends_with("exit 3"), "{said}");
}

fn send(command: &Child, signal: Signal) {
    kill_process(Pid::from_child(command), signal).unwrap();
}
