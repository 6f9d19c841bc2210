//! A store that the crate under test has from elsewhere, and that is no `Store` yet.

use sessionspec::reference::Stored;

sessionspec::conformance! {
    backend: Stored::new(std::collections::HashMap::<String, String>::new()),
    level: minimum,
}

fn main() {}
