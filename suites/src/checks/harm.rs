//! What is lost where a promise is broken.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is lost where a promise is broken, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Harm {
    /// Somebody gets into a session that is not theirs, or stays in one that has ended.
    Security,
    /// What was saved is gone, or is changed.
    DataLoss,
    /// Requests fail, or wait for ever.
    Availability,
    /// An application is told something that is not so.
    Correctness,
    /// Something is sent or stored without need, or without a word that good services say.
    Hygiene,
}

impl Harm {
    /// The harm's name, as reports spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::DataLoss => "data loss",
            Self::Availability => "availability",
            Self::Correctness => "correctness",
            Self::Hygiene => "hygiene",
        }
    }
}

impl fmt::Display for Harm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
