//! tower-sessions 0.15 and its store in memory, as they are.

use tower_sessions::{MemoryStore, SessionManagerLayer};

mod middleware {
    use super::*;

    sessionspec::conformance! {
        backend: SessionManagerLayer::new(MemoryStore::default()),
        level: hardened,
        known_failures {
            cookie::removal_repeats_attributes: "the removal has a name, a path and a past date, and nothing else",
            cookie::vary: "the layer leaves `Vary` to the application",
            identity::rotation_survives_failure:
                "`cycle_id` deletes the old record at once, and a response of 500 or more gets no cookie",
            identity::destroy_then_write: "what is written after `flush` is stored under the old id",
            concurrency::write_does_not_resurrect: "a save stores its record, whether or not it is still there",
            concurrency::write_does_not_revive_a_rotated_id:
                "a save stores its record, whether or not it is still there",
        },
    }
}

mod store {
    use super::*;
    use sessionspec::adapters::tower_sessions::store;

    sessionspec::conformance! {
        backend: store(MemoryStore::default()),
        level: hardened,
        known_failures {
            concurrency::write_does_not_resurrect: "`save` stores a record, whether or not it is still there",
            concurrency::write_does_not_revive_a_rotated_id:
                "`save` stores a record, whether or not it is still there",
        },
    }
}

#[test]
fn the_behaviour_of_the_middleware() {
    sessionspec::assert_conformance_snapshot!(SessionManagerLayer::new(MemoryStore::default()));
}
