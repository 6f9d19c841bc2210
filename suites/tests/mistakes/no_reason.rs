//! A known failure without a reason.

sessionspec::conformance! {
    backend: sessionspec::reference::Memory::default(),
    level: minimum,
    known_failures { minimum::opens_empty: "" },
}

fn main() {}
