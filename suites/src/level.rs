//! How much is asked of a backend.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How much of a good backend is asked for. Each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The contract that Flask 0.8 set down.
    Minimum,
    /// What applications rely on, although the contract leaves it open.
    Recommended,
    /// What holds against an attacker, and under load.
    Hardened,
}

impl Level {
    /// All levels, from the lowest.
    pub const ALL: [Self; 3] = [Self::Minimum, Self::Recommended, Self::Hardened];

    /// The level's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minimum => "minimum",
            Self::Recommended => "recommended",
            Self::Hardened => "hardened",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| format!("there is no level `{text}`; choose minimum, recommended or hardened"))
    }
}
