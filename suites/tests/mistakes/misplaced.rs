//! The parts in another order.

sessionspec::conformance! {
    backend: sessionspec::reference::Memory::default(),
    level: minimum,
    known_failures { minimum::opens_empty: "issue 1" },
    options: sessionspec::Options::default(),
}

fn main() {}
