//! Cookies that are no part of the session.

use std::collections::BTreeSet;

/// Which cookies are no part of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foreign {
    /// These.
    These(BTreeSet<Vec<u8>>),
    /// All but these.
    AllBut(BTreeSet<Vec<u8>>),
}

impl Default for Foreign {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl Foreign {
    /// Whether the cookie of this name is no part of the session.
    #[must_use]
    pub fn has(&self, name: &[u8]) -> bool {
        match self {
            Self::These(names) => names.contains(name),
            Self::AllBut(names) => !names.contains(name),
        }
    }
}
