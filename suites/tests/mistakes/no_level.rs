//! A level that does not exist.

sessionspec::conformance! {
    backend: sessionspec::reference::Memory::default(),
    level: maximum,
}

fn main() {}
