//! The checks, one folder a suite and one file a promise: the tree is the table of contents.

mod age;
mod beside;
mod catalogue;
mod check;
mod concurrency;
mod cookie;
mod crossing;
mod expiry;
mod fault;
mod fidelity;
mod forgery;
mod glue;
mod harm;
mod identity;
mod lack;
mod lifetimes;
mod limits;
mod minimum;
#[doc(hidden)]
pub mod names;
mod nodes;
mod outage;
mod promises;
mod requirement;
mod restart;
mod statuses;

pub use crate::expect::Fact;
pub use catalogue::catalogue;
pub(crate) use catalogue::{named, position};
pub use check::{Check, GlueCheck, GlueFinding, Test};
pub use harm::Harm;
pub use lack::{Lack, Lacking};
pub use requirement::{Applicability, Requirement};
