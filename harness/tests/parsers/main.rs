//! Everything that reads what others wrote is fed with rubbish: with bytes, with texts, and with good input of which parts
//! were cut, doubled, swapped and replaced. Nothing panics, and what is read can be written, read and shown again.
//!
//! A normal run is short. SESSIONSPEC_FUZZ_CASES says how many inputs each test gets instead (see CONTRIBUTING.md).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cookies;
mod files;
mod rubbish;
mod wire;
