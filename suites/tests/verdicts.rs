//! What the tests of `conformance!` say when they fail, and when they pass although something is wrong.
//!
//! A test binary cannot contain tests that fail. So it calls itself: in that process `SWAPPED` is set, and each module
//! below has the other of its two backends.

use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use sessionspec::NotRun;
use sessionspec::backend::{Backend, in_process};
use sessionspec::reference::clock::SystemClock;
use sessionspec::reference::http::{Request, Response};
use sessionspec::reference::{
    self, Memory, MemorySession, MemoryStore, Record, Session, SessionInterface, Store, Stored,
};

/// A backend that saves nothing.
struct Forgetful(Memory);

impl SessionInterface for Forgetful {
    type Session = MemorySession;

    async fn open_session(&self, request: &Request) -> reference::Result<Option<MemorySession>> {
        self.0.open_session(request).await
    }

    async fn save_session(
        &self,
        _session: &mut MemorySession,
        _response: &mut Response,
    ) -> reference::Result<()> {
        Ok(())
    }
}

/// A backend that does not keep items of certain names.
struct Dropping {
    inner: Memory,
    is_dropped: fn(&str) -> bool,
}

impl Dropping {
    fn new(is_dropped: fn(&str) -> bool) -> Self {
        Self { inner: Memory::default(), is_dropped }
    }
}

impl SessionInterface for Dropping {
    type Session = MemorySession;

    async fn open_session(&self, request: &Request) -> reference::Result<Option<MemorySession>> {
        self.inner.open_session(request).await
    }

    async fn save_session(
        &self,
        session: &mut MemorySession,
        response: &mut Response,
    ) -> reference::Result<()> {
        for key in session.items().await?.keys().filter(|key| (self.is_dropped)(key)) {
            session.delete(key).await?;
        }
        self.inner.save_session(session, response).await
    }
}

/// Only generated scripts have such names.
fn is_short(key: &str) -> bool {
    key.len() == 1
}

/// Only the check that changes an item a dozen times has this name.
fn is_counted(key: &str) -> bool {
    key == "times"
}

/// A store that deletes nothing: whoever has kept the id of a session that was ended is still in it.
struct Undying(MemoryStore);

impl Store for Undying {
    type Error = <MemoryStore as Store>::Error;

    async fn create(
        &self,
        id: &str,
        record: &Record,
        lifetime: Option<Duration>,
    ) -> Result<bool, Self::Error> {
        self.0.create(id, record, lifetime).await
    }

    async fn load(&self, id: &str) -> Result<Option<Record>, Self::Error> {
        self.0.load(id).await
    }

    async fn replace(
        &self,
        id: &str,
        record: &Record,
        lifetime: Option<Duration>,
    ) -> Result<bool, Self::Error> {
        self.0.replace(id, record, lifetime).await
    }

    async fn delete(&self, _id: &str) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn is_swapped() -> bool {
    std::env::var_os("SWAPPED").is_some()
}

fn backend(is_forgetful: bool) -> Rc<dyn Backend> {
    if is_forgetful { in_process(Forgetful(Memory::default())) } else { in_process(Memory::default()) }
}

mod broken_when_swapped {
    use super::*;

    sessionspec::conformance! { backend: backend(is_swapped()), level: minimum }
}

mod small_when_swapped {
    use super::*;

    fn backend() -> Rc<dyn Backend> {
        if is_swapped() { in_process(Dropping::new(is_short)) } else { in_process(Memory::default()) }
    }

    sessionspec::conformance! { backend: backend(), level: minimum }
}

mod known_and_small_when_swapped {
    use super::*;

    fn is_dropped(key: &str) -> bool {
        is_counted(key) || is_swapped() && is_short(key)
    }

    sessionspec::conformance! {
        backend: Dropping::new(is_dropped),
        level: minimum,
        known_failures { minimum::each_mutator_persists: "counters come with release 2" },
    }
}

mod undying_when_swapped {
    use super::*;

    fn backend() -> Rc<dyn Backend> {
        let store = MemoryStore::new(Rc::new(SystemClock));
        if is_swapped() { in_process(Stored::new(Undying(store))) } else { in_process(Stored::new(store)) }
    }

    sessionspec::conformance! { backend: backend(), level: recommended }
}

mod mended_when_swapped {
    use super::*;

    sessionspec::conformance! {
        backend: backend(!is_swapped()),
        level: minimum,
        known_failures {
            minimum::each_mutator_persists: "saving comes with release 2",
            minimum::persists: "saving comes with release 2",
            minimum::modified_stays: "of this nothing is known, which is no reason to remove it",
        },
    }
}

mod out_of_order_when_swapped {
    use super::*;

    async fn connect() -> Result<Memory, std::io::Error> {
        if is_swapped() { Err(std::io::Error::other("no store at port 6379")) } else { Ok(Memory::default()) }
    }

    sessionspec::conformance! { backend: connect().await?, level: minimum }
}

mod missing_when_swapped {
    use super::*;

    fn connect() -> Result<Memory, NotRun> {
        if is_swapped() {
            return Err(NotRun::because("there is no store on this machine"));
        }
        Ok(Memory::default())
    }

    sessionspec::conformance! { backend: connect()?, level: minimum }
}

/// Runs one test of this file in a process of its own: whether it passed, and what it said.
fn run(test: &str, swapped: bool) -> (bool, String) {
    let mut command = Command::new(std::env::current_exe().expect("a test knows its file"));
    command.args(["--exact", test, "--show-output", "--include-ignored"]).env("RUST_BACKTRACE", "1");
    if swapped {
        command.env("SWAPPED", "1");
    }
    let output = command.output().expect("a test can be run again");
    let text = String::from_utf8(output.stdout).expect("the output is text");
    let said = text.split_once(&format!("---- {test} stdout ----\n")).map_or("", |(_, said)| said);
    let said = said.split_once("\n\nsuccesses:").or(said.split_once("\n\nfailures:")).unwrap_or((said, "")).0;
    (output.status.success(), said.trim_end().to_owned())
}

#[test]
fn a_broken_promise_is_told_with_its_script() {
    let (passed, said) = run("broken_when_swapped::minimum::each_mutator_persists", true);
    assert!(!passed);
    insta::assert_snapshot!(said);
}

#[test]
fn what_a_failure_of_another_check_hinders_says_so_and_is_not_red_beside_it() {
    let (passed, said) = run("broken_when_swapped::minimum::new_never_for_saved", true);
    assert!(passed);
    insta::assert_snapshot!(said, @"not judged: relies on minimum/each-mutator-persists (set), which does not hold");
}

#[test]
fn a_generated_failure_says_which_case_it_is() {
    let (passed, said) = run("small_when_swapped::minimum::persists", true);
    assert!(!passed);
    insta::assert_snapshot!(said);
}

#[test]
fn what_a_named_check_explains_is_no_second_red_test_and_shows_its_script() {
    let (passed, said) = run("broken_when_swapped::minimum::persists", true);
    assert!(passed);
    let (first, script) = said.split_once('\n').unwrap();
    insta::assert_snapshot!(first, @"not judged: minimum/each-mutator-persists fails, and may be why this does");
    assert!(script.contains("seen      {}"), "{script}");
}

#[test]
fn generated_scripts_beside_a_known_failure_need_an_entry_of_their_own_and_name_it() {
    let (passed, said) = run("known_and_small_when_swapped::minimum::persists", true);
    assert!(!passed);
    let steps: Vec<&str> = said.lines().skip_while(|line| !line.starts_with("  May be")).collect();
    insta::assert_snapshot!(steps.join("\n"), @r#"
    May be the same as:  minimum/each-mutator-persists, a known failure
    If it has to stay:   known_failures { minimum::persists: "why" }
    "#);
}

#[test]
fn what_a_check_above_the_level_hinders_is_not_red_and_says_how_to_run_that_one() {
    let test = "undying_when_swapped::concurrency::read_does_not_resurrect";
    let (passed, said) = run(test, true);
    assert!(passed, "{said}");
    insta::assert_snapshot!(said, @"
    not judged: relies on identity/destroy-removes (alone), which does not hold
      A test above this level:  cargo test -p sessionspec -- --include-ignored --exact undying_when_swapped::identity::destroy_removes
    ");
    // Nothing else is red, so that this one has to be seen.
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args(["--exact", test]).env("SWAPPED", "1").output().unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap(), @"not judged: undying_when_swapped::concurrency::read_does_not_resurrect: relies on identity/destroy-removes (alone), which does not hold; run cargo test -p sessionspec -- --include-ignored --exact undying_when_swapped::identity::destroy_removes");
    let (passed, said) = run("undying_when_swapped::identity::destroy_removes", true);
    assert!(!passed);
    assert!(said.starts_with("identity/destroy-removes (hardened, security): alone\n"), "{said}");
}

#[test]
fn a_known_failure_passes_and_says_so() {
    let (passed, said) = run("mended_when_swapped::minimum::each_mutator_persists", false);
    assert!(passed);
    assert!(said.starts_with("known failure: saving comes with release 2\n"), "{said}");
}

#[test]
fn what_needs_a_known_failure_is_excused_listed_or_not() {
    let excused = |check: &str| {
        let (passed, said) = run(&format!("mended_when_swapped::minimum::{check}"), false);
        assert!(passed, "{said}");
        format!("{said}\n")
    };
    insta::assert_snapshot!([excused("new_never_for_saved"), excused("modified_stays")].concat(), @"
    excused: relies on minimum/each-mutator-persists (set), a known failure: saving comes with release 2
    excused: relies on minimum/each-mutator-persists (set), a known failure: saving comes with release 2
    ");
}

#[test]
fn a_known_failure_that_is_mended_fails() {
    let (passed, said) = run("mended_when_swapped::minimum::each_mutator_persists", true);
    assert!(!passed);
    insta::assert_snapshot!(said);
}

#[test]
fn what_does_not_apply_passes_with_its_reason() {
    let (passed, said) = run("broken_when_swapped::minimum::null_session", false);
    assert!(passed);
    insta::assert_snapshot!(said);
}

#[test]
fn a_backend_that_cannot_be_set_up_says_why() {
    let (passed, said) = run("out_of_order_when_swapped::minimum::opens_empty", true);
    assert!(!passed);
    insta::assert_snapshot!(said);
}

#[test]
fn what_is_missing_is_told_and_fails_in_ci() {
    let test = "missing_when_swapped::minimum::opens_empty";
    let run = |ci: Option<&str>| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", test]).env("SWAPPED", "1").env_remove("CI").envs(ci.map(|ci| ("CI", ci)));
        command.output().unwrap()
    };
    let local = run(None);
    assert!(local.status.success());
    let said = String::from_utf8(local.stderr).unwrap();
    assert_eq!(said, format!("not run: {test}: there is no store on this machine\n"));
    assert!(!run(Some("true")).status.success());
}
