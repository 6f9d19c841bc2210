//! Several backends in one file, and a namespace for each test.

use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex};

use sessionspec::reference::Memory;

static NAMES: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);

/// A database that knows which of its schemas are taken.
async fn connect(schema: String) -> Result<Memory, std::io::Error> {
    let is_fresh = NAMES.lock().is_ok_and(|mut names| names.insert(schema));
    if is_fresh { Ok(Memory::default()) } else { Err(std::io::Error::other("another test has this schema")) }
}

sessionspec::conformance! {
    memory { backend: Memory::default(), level: minimum }
    database {
        backend: |schema| connect(schema).await?,
        level: recommended,
        options: sessionspec::Options { cases: 10, ..Default::default() },
    }
}

#[test]
fn a_snapshot_has_a_namespace_of_its_own() {
    sessionspec::assert_conformance_snapshot!(|schema| connect(schema).await?);
}
