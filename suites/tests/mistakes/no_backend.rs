//! A value that is neither a session interface nor a backend.

sessionspec::conformance! {
    backend: 5_u32,
    level: minimum,
}

fn main() {}
