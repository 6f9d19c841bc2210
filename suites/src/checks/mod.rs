//! The checks, one folder a suite and one file a promise: the tree is the table of contents.

mod catalogue;
mod check;
mod concurrency;
mod cookie;
mod expiry;
mod fault;
mod fidelity;
mod forgery;
mod glue;
mod identity;
mod minimum;
#[doc(hidden)]
pub mod names;

pub use catalogue::catalogue;
pub use check::{Check, GlueCheck, GlueFinding, Plan, Test};
