//! The legal ways in which good backends differ: the reference can be set to each.

use std::time::Duration;

/// How the in-memory interface behaves where the contract leaves a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modes {
    /// When `modified` is true.
    pub modified: Modified,
    /// What `new` says.
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
    /// How long any other session lives after a save; `None` is for ever.
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

/// When `modified` is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modified {
    /// Always.
    Always,
    /// From the first change on.
    Tracked,
}

/// What `new` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum New {
    /// True until the session was saved.
    Real,
    /// False, always.
    Constant,
}

/// Where `permanent` lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permanent {
    /// In the data, under [`PERMANENT_KEY`](crate::PERMANENT_KEY), where the application sees it among the items.
    InData,
    /// Beside the data: an attribute of the record.
    Beside {
        /// Whether it survives `clear`.
        survives_clear: bool,
    },
}

/// What a change inside of a value does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nested {
    /// It changes the value and nobody notices: it is kept if the session is saved for another reason.
    Untracked,
    /// It changes the value and sets `modified`.
    Tracked,
    /// It changes a copy: the session never sees it.
    Copies,
}

/// What becomes of an emptied session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emptied {
    /// Its record and its cookie are removed.
    Removed,
    /// It is kept, with no items.
    Kept,
}

/// What becomes of the changes of a request that ends with a 5xx.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// They are saved like any others.
    Saved,
    /// They are dropped.
    Discarded,
}
