//! What the fuzzer feeds. Each file of `fuzz_targets` is one entry of [`targets::TARGETS`].

pub mod targets;

pub use libfuzzer_sys::fuzz_target;

/// The target of this name.
#[macro_export]
macro_rules! fuzz {
    ($name:literal) => {
        $crate::fuzz_target!(|bytes: &[u8]| ($crate::targets::find($name).read)(bytes));
    };
}
