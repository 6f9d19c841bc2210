//! The legal ways in which good backends differ: the reference can be set to each. What each value means is
//! said in `capability.rs`; which one a backend has is decided in `survey/` of the suites, by `values.rs` and its neighbours.

use std::time::Duration;

pub use crate::capability::{Emptied, Modified, Nested, New, OnError, Permanent};

/// How the in-memory interface behaves where the contract leaves a choice.
///
/// Some rows of a capability describe what no good backend does, or what could not be observed. The reference treats
/// [`Permanent::PerResponse`] as [`Permanent::InData`], and [`OnError::Unknown`] as [`OnError::Discarded`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modes {
    /// What `modified` says when an existing session is opened.
    pub modified: Modified,
    /// What `new` says of a session that was never saved.
    pub new: New,
    /// Where `permanent` lives.
    pub permanent: Permanent,
    /// What `permanent` says until somebody sets it.
    pub permanent_default: bool,
    /// What a change inside of a value does.
    pub nested: Nested,
    /// Whether a session that was not modified is saved too.
    pub write_back: bool,
    /// What becomes of an emptied session.
    pub emptied: Emptied,
    /// What becomes of the changes of a request that ends with a 5xx.
    pub on_error: OnError,
    /// How long a permanent session lives after a save.
    pub lifetime: Duration,
    /// How long any other session lives after a save; `None` means for ever.
    pub browser_lifetime: Option<Duration>,
}

impl Default for Modes {
    fn default() -> Self {
        Self {
            modified: Modified::Tracked,
            new: New::Real,
            permanent: Permanent::InData,
            permanent_default: false,
            nested: Nested::Untracked,
            write_back: false,
            emptied: Emptied::Removed,
            on_error: OnError::Saved,
            lifetime: Duration::from_secs(31 * 24 * 60 * 60),
            browser_lifetime: Some(Duration::from_secs(24 * 60 * 60)),
        }
    }
}
