//! tower-sessions 0.15 and its store in memory, as they are.

use tower_sessions::{MemoryStore, SessionManagerLayer};

mod middleware {
    use super::*;

    sessionspec::conformance! {
        backend: SessionManagerLayer::new(MemoryStore::default()),
        level: hardened,
    }
}

mod store {
    use super::*;
    use sessionspec::adapters::tower_sessions::store;

    sessionspec::conformance! {
        backend: store(MemoryStore::default()),
        level: hardened,
    }
}

#[test]
fn the_behaviour_of_the_middleware() {
    sessionspec::assert_conformance_snapshot!(SessionManagerLayer::new(MemoryStore::default()));
}
