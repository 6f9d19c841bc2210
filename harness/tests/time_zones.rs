//! Where a service runs decides nothing about when its sessions end.
//!
//! A cookie's `Expires` is in UTC, and a store that keeps local times is off by hours: too early in Tokyo or too late in
//! New York.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use sessionspec_cli::peer::Peer;

/// UTC, Tokyo and New York, spelled so that no machine has to have a file about them.
const ZONES: [&str; 3] = ["UTC0", "JST-9", "EST5EDT,M3.2.0,M11.1.0"];

#[test]
fn sessions_in_a_signed_cookie() {
    same_everywhere("flask-3.1.3-default-3s");
}

#[test]
fn sessions_on_the_server() {
    same_everywhere("flask-session-0.8.0-filesystem-3s");
}

fn same_everywhere(name: &str) {
    let peer = Peer::read(&peers().join(name)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    if let Err(error) = runtime.block_on(peer.provision()) {
        assert!(std::env::var_os("CI").is_none(), "{error}");
        let _ = writeln!(std::io::stderr(), "{error}");
        return;
    }
    // All at once: what they do is waiting.
    let runs = ZONES.map(|zone| start(name, zone));
    let [utc, tokyo, new_york] = runs.map(verdicts);
    assert_eq!(utc["expiry/not-early"], "pass", "the end of its sessions can be seen: {utc:#?}");
    assert_eq!(utc["expiry/gone"], "pass", "{utc:#?}");
    assert_eq!(tokyo, utc);
    assert_eq!(new_york, utc);
}

fn start(name: &str, zone: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_sessionspec"))
        .args(["run", "--suite", "expiry", "--format", "json", "--peer"])
        .arg(peers().join(name))
        .env("TZ", zone)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The verdict of each check.
fn verdicts(run: Child) -> BTreeMap<String, String> {
    let output = run.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let checks = report["checks"].as_array().unwrap().iter();
    checks.map(|check| (text(&check["id"]), text(&check["verdict"]))).collect()
}

fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/peers")
}
