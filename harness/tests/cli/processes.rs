//! Nodes, and processes that are ended and started again: real ones, which share a folder.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use crate::support::{complaint, outcome, sessionspec};

/// A folder of its own for each test, which is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("sessionspec-processes-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// What comes of a run on this embedded backend, whose processes have this folder.
    fn run(&self, backend: &str, arguments: &str) -> Output {
        let (program, folder) = (env!("CARGO_BIN_EXE_sessionspec"), self.0.display());
        let launch = format!(
            "exec '{program}' serve --backend {backend} --store '{folder}' --addr 127.0.0.1:{{port}}"
        );
        let arguments = format!("run --no-project {arguments}");
        sessionspec(&arguments).args(["--launch", &launch]).output().unwrap()
    }

    /// The processes that still have this folder.
    fn survivors(&self) -> Vec<String> {
        let name = self.0.to_string_lossy().into_owned();
        let commands = fs::read_dir("/proc").unwrap().filter_map(|entry| {
            let command = fs::read(entry.ok()?.path().join("cmdline")).ok()?;
            Some(String::from_utf8_lossy(&command).into_owned())
        });
        commands.filter(|command| command.contains(&name) && command.contains("serve")).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn two_nodes_are_two_processes() {
    let folder = Folder::new("nodes");
    let asked = "--nodes 2 --check nodes/saved-is-seen --check nodes/logout-holds-everywhere";
    let right = folder.run("conforming/two-nodes", asked);
    assert_eq!(right.status.code(), Some(0), "{}", outcome(&right));
    let wrong = folder.run("flawed/cache-per-node", asked);
    assert_eq!(wrong.status.code(), Some(1), "{}", outcome(&wrong));
    let said = outcome(&wrong);
    assert!(
        said.contains("nodes/saved-is-seen (recommended, data loss): older-state-on-the-other"),
        "{said}"
    );
    assert!(said.contains("to node 2") && said.contains("--nodes 2 --check nodes/saved-is-seen"), "{said}");
    assert_eq!(folder.survivors(), [""; 0]);
}

#[test]
fn whoever_asks_for_the_suite_nodes_gets_two() {
    let folder = Folder::new("asked-for");
    let asked = "--suite nodes --exclude nodes/clock* --exclude nodes/paused*";
    let right = folder.run("conforming/two-nodes", &format!("{asked} --suite fault --level hardened"));
    assert_eq!(right.status.code(), Some(0), "{}", outcome(&right));
    let wrong = folder.run("flawed/cache-per-node", asked);
    let said = outcome(&wrong);
    assert!(said.contains("two are started, as with --nodes 2"), "{said}");
    assert!(said.contains("--nodes 2 --check nodes/saved-is-seen"), "{said}");
    assert_eq!(folder.survivors(), [""; 0]);
    // A backend of this program says itself how many it has.
    let embedded = "run --no-project --backend conforming/two-nodes --check nodes/saved-is-seen";
    let embedded = sessionspec(embedded).output().unwrap();
    assert_eq!(embedded.status.code(), Some(0), "{}", outcome(&embedded));
    assert!(!outcome(&embedded).contains("two are started"), "{}", outcome(&embedded));
}

#[test]
fn a_process_is_ended_and_started_again() {
    let folder = Folder::new("restart");
    let asked = "--check restart/usable-afterwards --check restart/saved-survives \
                 --check restart/killed-request-leaves-no-lock";
    let right = folder.run("conforming/two-nodes", asked);
    assert_eq!(right.status.code(), Some(0), "{}", outcome(&right));
    let wrong = folder.run("flawed/secret-per-process", asked);
    assert_eq!(wrong.status.code(), Some(1), "{}", outcome(&wrong));
    let said = outcome(&wrong);
    assert!(said.contains("restart/saved-survives (recommended, data loss): lost-when-stopped"), "{said}");
    assert!(said.contains("the service is stopped (TERM) and started again"), "{said}");
    assert_eq!(folder.survivors(), [""; 0]);
}

#[test]
fn what_is_said_of_processes_has_to_fit() {
    let refused = |arguments: &str| complaint(&sessionspec(arguments).output().unwrap());
    insta::assert_snapshot!(
        [
            refused("run --no-project --backend conforming/two-nodes --nodes 2"),
            refused("run --no-project http://127.0.0.1:1/probe --nodes 2"),
            refused("run --no-project http://127.0.0.1:1/probe --node http://127.0.0.1:2/other"),
            refused("serve --backend reference --store /tmp"),
        ]
        .join("\n"), @"
        sessionspec: --nodes is for a service that is started with --launch or --peer; an embedded backend says itself how many nodes it has
        exit 2
        sessionspec: --nodes is for a service that is started; name the nodes of this one with --node
        exit 2
        sessionspec: the probe is at /probe on the first node and at /other on another: browsers send their cookies by the path, so that it has to be the same on all nodes
        exit 2
        sessionspec: `reference` keeps its sessions to itself, so that it has no --store
        exit 2
        "
    );
}

#[test]
fn a_node_has_a_clock_of_its_own() {
    let folder = Folder::new("clocks");
    let asked = "--nodes 2 --check nodes/clock-ahead-ends-nothing";
    let right = folder.run("conforming/two-nodes", asked);
    let wrong = folder.run("flawed/session-of-the-future-refused", asked);
    assert_eq!(folder.survivors(), [""; 0]);
    let said = outcome(&wrong);
    if said.contains("libfaketime on this machine") {
        // Without the library nobody is judged, and the report says why.
        assert_eq!((right.status.code(), wrong.status.code()), (Some(3), Some(3)), "{said}");
        return;
    }
    assert_eq!(right.status.code(), Some(0), "{}", outcome(&right));
    assert_eq!(wrong.status.code(), Some(1), "{said}");
    assert!(said.contains("lost-after-the-one-ahead"), "{said}");
    assert!(said.contains("the clock of node 2 is 300 s ahead"), "{said}");
}

#[test]
fn a_node_is_stopped_and_goes_on() {
    let folder = Folder::new("paused");
    let asked = "--nodes 2 --check nodes/paused-holder-*";
    for right in ["conforming/lock-lease-with-a-fence", "conforming/locked-across-nodes"] {
        let run = folder.run(right, asked);
        assert_eq!(run.status.code(), Some(0), "{right}: {}", outcome(&run));
    }
    let wrong = folder.run("flawed/lock-lease-without-a-fence", asked);
    let said = outcome(&wrong);
    assert_eq!(wrong.status.code(), Some(1), "{said}");
    assert!(said.contains("write-undone"), "{said}");
    assert!(said.contains("node 1 is stopped where it is (STOP)"), "{said}");
    let wrong = folder.run("flawed/lock-lease-with-a-fence-in-the-record", asked);
    let said = outcome(&wrong);
    assert_eq!(wrong.status.code(), Some(1), "{said}");
    assert!(said.contains("brought-back-by-a-write"), "{said}");
    assert_eq!(folder.survivors(), [""; 0]);
}

/// As the workers of a daemon do, whose parent is killed.
#[test]
#[cfg(target_os = "linux")]
fn what_has_left_the_process_group_of_its_service_ends_with_the_run() {
    let folder = Folder::new("strays");
    let (program, at) = (env!("CARGO_BIN_EXE_sessionspec"), folder.0.display());
    let serve = format!("'{program}' serve --backend conforming/two-nodes --store '{at}' --addr 127.0.0.1:");
    let launch = format!("setsid {serve}0 & exec {serve}{{port}}");
    let run = "run --no-project --check minimum/opens-empty --check restart/usable-afterwards";
    let output = sessionspec(run).args(["--launch", &launch]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", outcome(&output));
    assert_eq!(folder.survivors(), [""; 0]);
}
