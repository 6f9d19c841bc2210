//! A known failure that names no check.

sessionspec::conformance! {
    backend: sessionspec::reference::Memory::default(),
    level: minimum,
    known_failures { minimum::opens_emty: "issue 1" },
}

fn main() {}
