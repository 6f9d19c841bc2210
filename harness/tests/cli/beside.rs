//! Another service beside the one that is tested: real processes over one folder, at two hosts of this machine.

use std::io::{BufRead, BufReader};
use std::process::{Child, Output, Stdio};

use crate::support::{outcome, sessionspec};

/// An embedded backend that is served with its sessions in this folder, until this is dropped.
struct Served {
    process: Child,
    url: String,
}

impl Served {
    fn new(backend: &str, folder: &str) -> Self {
        let command = format!("serve --backend {backend} --store {folder}");
        let mut process = sessionspec(&command).stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { process, url: url.trim().to_owned() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What comes of a run on the first of two services, each with this folder, where the second is seen at this host.
fn run(folders: [&str; 2], host: &str, asked: &str) -> Output {
    let [service, other] = folders.map(|folder| Served::new("conforming/two-nodes", folder));
    let beside = other.url.replace("127.0.0.1", host);
    sessionspec(&format!("run --no-project {} --beside {beside} {asked}", service.url)).output().unwrap()
}

#[test]
fn two_services_over_one_store_are_seen_from_one_browser() {
    let folder = |name: &str| {
        let folder = std::env::temp_dir().join(format!("sessionspec-beside-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder.to_string_lossy().into_owned()
    };
    let (one, other) = (folder("one"), folder("other"));
    let asked = "--check beside/data-apart --check beside/cookie-opens-nothing";
    let apart = run([&one, &other], "localhost", asked);
    let shared = run([&one, &one], "localhost", asked);
    let at_one_host = run([&one, &other], "127.0.0.1", asked);
    for folder in [one, other] {
        std::fs::remove_dir_all(folder).unwrap();
    }
    assert_eq!(apart.status.code(), Some(0), "{}", outcome(&apart));
    assert!(outcome(&apart).contains("store server, cookies session"), "{}", outcome(&apart));

    let said = outcome(&shared);
    assert_eq!(shared.status.code(), Some(1), "{said}");
    assert!(said.contains("to the service beside"), "{said}");
    assert!(said.contains("--beside http://localhost:") && said.contains("/cookie-opens-nothing"), "{said}");

    let said = outcome(&at_one_host);
    assert_eq!(at_one_host.status.code(), Some(3), "{said}");
    assert!(said.contains("both call their cookie `session`"), "{said}");
}

#[test]
fn an_embedded_backend_says_itself_what_is_beside_it() {
    let asked = "run --no-project --backend reference --beside http://127.0.0.1:1/probe";
    let said = outcome(&sessionspec(asked).output().unwrap());
    assert!(
        said.ends_with("exit 2") && said.contains("an embedded backend says itself what is beside it"),
        "{said}"
    );
    let alone = sessionspec("run --no-project --backend reference --suite beside").output().unwrap();
    let said = outcome(&alone);
    assert!(said.contains("beside (all 5): no service beside this one is known"), "{said}");
    let two = sessionspec("serve --backend flawed/one-store-for-two-services").output().unwrap();
    assert!(outcome(&two).contains("is two services"), "{}", outcome(&two));
}
