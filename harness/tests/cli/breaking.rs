//! Outages of a store without a socket: commands break and mend it. The store is a folder of files, which services of ours have.
//! The command puts a file in the place of the folder, so that nothing can be read or stored, also by root.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{complaint, outcome, sessionspec};

/// A folder of sessions, beside which there is room for other files.
struct Store(PathBuf);

impl Store {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("sessionspec-breaking-{}-{name}", std::process::id()));
        fs::create_dir_all(folder.join("sessions")).unwrap();
        Self(folder)
    }

    /// A run on this embedded backend, whose processes have this store, with these commands that run beside it.
    fn run(&self, backend: &str, arguments: &str, breaking: &str, mending: &str) -> Command {
        let (program, folder) = (env!("CARGO_BIN_EXE_sessionspec"), self.0.display());
        let launch = format!(
            "exec '{program}' serve --backend {backend} --store '{folder}/sessions' --addr 127.0.0.1:{{port}}"
        );
        let beside = |command: &str| format!("cd '{folder}' && {command}");
        let mut run = sessionspec(&format!("run --no-project --timeout 5 {arguments}"));
        run.args(["--launch", &launch, "--break", &beside(breaking), "--mend", &beside(mending)]);
        run.stdout(Stdio::piped()).stderr(Stdio::piped());
        run
    }

    fn is_mended(&self) -> bool {
        self.0.join("sessions").is_dir() && !self.0.join("away").exists()
    }

    fn make_pipe(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // What cannot be removed is left to the system.
        let _ = fs::remove_dir_all(&self.0);
    }
}

const RIGHT: &str = "conforming/store-over-a-connection";
const WRONG: &str = "flawed/cookie-removed-on-a-store-error";
const BREAK: &str = "mv sessions away && touch sessions";
const MEND: &str = "rm sessions && mv away sessions";

fn is_not_judged(run: &Output, why: &str) {
    let said = outcome(run).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(run.status.code(), Some(3), "{said}");
    assert!(said.contains(why), "{said}");
}

#[test]
fn a_store_of_files_is_broken_and_mended() {
    let store = Store::new("files");
    let right = store.run(RIGHT, "--suite outage --level hardened", BREAK, MEND).output().unwrap();
    let said = outcome(&right);
    assert_eq!(right.status.code(), Some(0), "{said}");
    // What only connections show does not apply, and neither does an empty store: nobody says what empties it.
    assert!(said.contains("\n7 pass, 5 not applicable\n"), "{said}");
    assert!(store.is_mended());
    let asked = "--check outage/no-logout --check outage/usable-afterwards";
    let wrong = store.run(WRONG, asked, BREAK, MEND).output().unwrap();
    let said = outcome(&wrong);
    assert_eq!(wrong.status.code(), Some(1), "{said}");
    assert!(said.contains("outage/no-logout (recommended, data loss): cookie-lost-by-a-read"), "{said}");
    assert!(said.contains("break     the command of --break has broken the store"), "{said}");
    assert!(said.contains("--break "), "the commands that show it again name it: {said}");
    assert!(store.is_mended());
}

#[test]
fn a_command_that_breaks_nothing_proves_nothing() {
    let store = Store::new("nothing");
    let run = store.run(WRONG, "--check outage/no-logout", "true", "true").output().unwrap();
    is_not_judged(&run, "nothing shows that the command of --break breaks the store of this service");
}

#[test]
fn a_command_that_fails_says_so_and_what_it_broke_is_mended() {
    let store = Store::new("fails");
    let breaking = format!("{BREAK} && echo too many hands >&2 && exit 7");
    let run = store.run(RIGHT, "--check outage/no-logout", &breaking, MEND).output().unwrap();
    is_not_judged(&run, "the command of --break has failed (exit status: 7); its last words: too many hands");
    assert!(store.is_mended());
}

#[test]
fn a_store_that_cannot_be_mended_ends_the_run_with_what_was_found() {
    let store = Store::new("unmended");
    let asked = "--check minimum/persists --check outage/no-logout";
    let run = store.run(RIGHT, asked, BREAK, "echo no hands >&2 && exit 7").output().unwrap();
    let failed = "the command of --mend has failed (exit status: 7); its last words: no hands";
    is_not_judged(&run, &format!("incomplete: the store may still be out of reach: {failed}"));
    is_not_judged(&run, "pass minimum/persists");
    is_not_judged(&run, &format!("sessionspec: the store is still broken: {failed}; mend it by hand"));
}

#[test]
fn a_run_that_is_stopped_or_killed_in_an_outage_leaves_the_store_mended() {
    for (name, signal) in [("stopped", Signal::INT), ("killed", Signal::KILL)] {
        let store = Store::new(name);
        let [broken, mended] = ["broken", "mended"].map(|name| store.make_pipe(name));
        // Each waits until the test has read what it says; what is broken later in the run is of no interest.
        let breaking = format!("{BREAK} && if mkdir once; then echo > broken; fi");
        let mending = format!("{MEND} && if mkdir twice; then echo > mended; fi");
        let run = store.run(RIGHT, "--check outage/no-logout", &breaking, &mending).spawn().unwrap();
        let heard = |pipe: &PathBuf| fs::File::open(pipe).unwrap().read_to_end(&mut Vec::new()).unwrap();
        heard(&broken);
        kill_process(Pid::from_child(&run), signal).unwrap();
        heard(&mended);
        let ended = run.wait_with_output().unwrap();
        assert!(store.is_mended(), "{name}: {}", outcome(&ended));
    }
}

#[test]
fn what_is_broken_has_to_be_mended_and_what_is_emptied_is_known() {
    let refused = |arguments: &str| {
        let output = sessionspec(&format!("run --no-project --launch x {arguments}")).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused("--break x").contains("--mend <COMMAND>"));
    assert!(refused("--mend x").contains("--break <COMMAND>"));
    let output = sessionspec("run --no-project --launch x --flush x").output().unwrap();
    insta::assert_snapshot!(complaint(&output), @"
    sessionspec: --flush empties a store that the suite `outage` knows: name it with --store HOST:PORT, or with --break and --mend
    exit 2
    ");
}
