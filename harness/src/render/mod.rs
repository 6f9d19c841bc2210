//! Renders reports for people.

mod text;

pub use text::{side_by_side, single};
