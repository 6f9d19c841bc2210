//! Outages of a real store: services of ours that reach it at a socket, through the proxy that the harness puts between.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::support::{outcome, sessionspec};

/// A store at a socket, with a folder in which it keeps its texts.
pub(crate) struct Store {
    folder: PathBuf,
    pub(crate) address: SocketAddr,
}

impl Store {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("sessionspec-outage-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, served) = (listener.local_addr().unwrap(), folder.clone());
        // It is served as long as the tests run.
        std::thread::spawn(move || sessionspec_backends::serve_disk(&listener, &served));
        Self { folder, address }
    }

    /// A run on this embedded backend, whose process has this store.
    pub(crate) fn run(&self, backend: &str, arguments: &str) -> Command {
        let program = env!("CARGO_BIN_EXE_sessionspec");
        let launch = format!(
            "exec '{program}' serve --backend {backend} --store 127.0.0.1:{{store_port}} --addr 127.0.0.1:{{port}}"
        );
        let mut run = sessionspec(&format!("run --no-project --store {} {arguments}", self.address));
        run.args(["--launch", &launch]);
        run
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // What cannot be removed is left to the system.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

pub(crate) const RIGHT: &str = "conforming/store-over-a-connection";
pub(crate) const WRONG: &str = "flawed/cookie-removed-on-a-store-error";

pub(crate) fn is_right(run: &Output) {
    assert_eq!(run.status.code(), Some(0), "{}", outcome(run));
}

pub(crate) fn is_wrong(run: &Output) {
    let said = outcome(run);
    assert_eq!(run.status.code(), Some(1), "{said}");
    assert!(said.contains("outage/no-logout (recommended, data loss): cookie-lost-by-a-read"), "{said}");
    assert!(said.contains("the store is down: its connections end, and new ones are refused"), "{said}");
}

#[test]
fn two_runs_on_one_store_do_not_meet() {
    let store = Store::new("two");
    let asked = "--timeout 5 --check outage/usable-afterwards --check outage/no-logout";
    let begun = [RIGHT, WRONG].map(|backend| {
        store.run(backend, asked).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    });
    let [right, wrong] = begun.map(|run| run.wait_with_output().unwrap());
    is_right(&right);
    is_wrong(&wrong);
}

#[test]
fn a_store_is_emptied_by_its_command() {
    let store = Store::new("emptied");
    let empty = format!("rm -f '{}'/session-*", store.folder.display());
    let asked = "--timeout 5 --check outage/vanished-id-is-unknown";
    let run = store.run(RIGHT, asked).args(["--flush", &empty]).output().unwrap();
    is_right(&run);
    let left = fs::read_dir(&store.folder).unwrap().filter_map(Result::ok);
    let sessions = left.filter(|entry| entry.file_name().to_string_lossy().starts_with("session-"));
    assert!(sessions.count() < 20, "nothing was emptied");
    // A command that does nothing is no proof of anything.
    let run = store.run(RIGHT, asked).args(["--flush", "true"]).output().unwrap();
    let said = outcome(&run);
    assert_eq!(run.status.code(), Some(3), "{said}");
    assert!(said.contains("a session is still there after"), "{said}");
}

#[test]
fn a_service_that_has_another_way_to_its_store_is_not_judged() {
    let store = Store::new("another-way");
    let program = env!("CARGO_BIN_EXE_sessionspec");
    let launch = format!(
        "exec '{program}' serve --backend {WRONG} --store {} --addr 127.0.0.1:{{port}}",
        store.address
    );
    let run = sessionspec(&format!(
        "run --no-project --timeout 5 --store {} --check outage/no-logout",
        store.address
    ))
    .args(["--launch", &launch])
    .output()
    .unwrap();
    let said = outcome(&run);
    assert_eq!(run.status.code(), Some(3), "{said}");
    assert!(said.contains("does not come to its"), "{said}");
}
