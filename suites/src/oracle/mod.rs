//! What the contract says that a backend has to answer to a script that nobody wrote by hand.
//!
//! [`sequential`] asks the reference, [`model`] knows which of its answers the contract leaves open, [`promises`] knows all
//! that a response owes, and [`linearize`] decides whether the answers to overlapping requests can be explained at all.

pub(crate) mod linearize;
pub(crate) mod model;
pub(crate) mod promises;
pub(crate) mod sequential;

/// Whether browsers act with cookies whose session has ended or has another id since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadSessions {
    /// They do not, and what they get is not judged: at level `minimum` a backend may adopt an id that has died.
    Avoided,
    /// They do, and have to get a fresh session: for suites of a higher level, whose clauses say so.
    OnPurpose,
}
