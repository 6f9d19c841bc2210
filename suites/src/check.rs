//! What a check is: one promise of the contract, and how it is tested.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::glue::GlueCheck;
use crate::scenario::Scenario;
use crate::search::{Generated, Property};
use crate::survey::Survey;

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

/// One promise of the contract, and how it is tested.
#[derive(Clone, Copy)]
pub struct Check {
    /// `suite/slug`: stable, never positional.
    pub id: &'static str,
    /// The level that asks for it.
    pub level: Level,
    /// The clause of `CONTRACT.md` that it tests.
    pub clause: &'static str,
    /// What is promised, in one sentence.
    pub promise: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// Checks without which this one means nothing: where one has failed, this one is unverified.
    pub needs: &'static [&'static str],
    /// How it is tested.
    pub test: Test,
}

/// How a check is tested.
#[derive(Clone, Copy)]
pub enum Test {
    /// Short scripts with literal expectations, chosen in the light of the survey.
    Scenarios(fn(&Survey) -> Plan<Vec<Scenario>>),
    /// Generated scripts, on which the backend has to answer as the reference does. Such a check is an umbrella.
    Property(fn(&Survey) -> Plan<Property>),
    /// Generated scripts with literal expectations.
    Generated(fn(&Survey) -> Plan<Generated>),
    /// What was observed against what was declared.
    Claims,
    /// The glue for applications with two hooks.
    Glue(GlueCheck),
}

/// What there is to do for a check on the backend that was surveyed.
pub enum Plan<T> {
    /// This.
    Do(T),
    /// Nothing, for this reason.
    NotApplicable(String),
}

impl Check {
    /// The suite that the check belongs to.
    #[must_use]
    pub fn suite(&self) -> &'static str {
        self.id.split_once('/').map_or(self.id, |(suite, _)| suite)
    }

    /// Whether the check compares everything, so that it may fail beside the check that names the defect.
    #[must_use]
    pub fn is_umbrella(&self) -> bool {
        matches!(self.test, Test::Property(_))
    }

    /// Whether its scripts are generated, so that each has a number.
    #[must_use]
    pub fn has_cases(&self) -> bool {
        matches!(self.test, Test::Property(_) | Test::Generated(_))
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("id", &self.id).finish_non_exhaustive()
    }
}
