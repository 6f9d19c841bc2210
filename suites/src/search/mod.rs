//! Finds scripts on which a backend differs from the reference, and makes them small.
//!
//! The strategies are proptest's, and this is the only module that knows it. The loop is our own: proptest's runner
//! cannot await, and may drift to another bug while it shrinks.

mod generate;
mod shrink;

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::script::Script;
use crate::survey::Survey;

pub(crate) use generate::generate;
pub(crate) use shrink::simpler;

/// A property: generated scripts on which the backend answers as the reference does.
#[derive(Debug, Clone, Copy)]
pub struct Property {
    /// The scripts that are generated.
    pub shape: Shape,
}

/// The shape of the scripts that are generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One cycle with several operations.
    OneCycle,
    /// Several cycles of one or two browsers.
    SeveralCycles,
}

/// The seed of one case: every case can be generated alone.
pub(crate) fn case_seed(run_seed: u64, check: &str, case: u32) -> u64 {
    let mut hasher = DefaultHasher::new();
    (run_seed, check, case).hash(&mut hasher);
    hasher.finish()
}

/// The script of one case.
pub(crate) fn script_of_case(
    property: Property,
    survey: &Survey,
    run_seed: u64,
    check: &str,
    case: u32,
) -> Script {
    generate(property.shape, survey, case_seed(run_seed, check, case))
}
