//! The reference, under the macro that backend authors use: one test for each check.

use sessionspec::reference::Memory;

sessionspec::conformance! {
    backend: Memory::default(),
    level: hardened,
}

/// A second backend in the same file, and a backend that takes time and may fail.
mod always_modified {
    use super::*;
    use sessionspec::reference::modes::{Modes, Modified};

    async fn connect() -> Result<Memory, std::io::Error> {
        Ok(Memory::new(Modes { modified: Modified::Always, ..Modes::default() }))
    }

    sessionspec::conformance! {
        backend: connect().await?,
        level: minimum,
    }
}
