//! Scenarios that could not be judged, by what is in their way.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::checks::Fact;

/// Scenarios that could not be judged, since they take for granted what does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// The check that names what does not hold.
    pub check: String,
    /// The scenario of that check which shows it, by its reason.
    pub scenario: String,
    /// How many scenarios it hinders.
    pub scenarios: usize,
}

impl Blocked {
    /// One scenario that this fact hinders.
    pub(crate) fn by(fact: Fact) -> Self {
        Self { check: fact.check.to_owned(), scenario: fact.scenario.to_string(), scenarios: 1 }
    }

    /// Takes one more scenario into account.
    pub(crate) fn add(all: &mut Vec<Self>, fact: Fact) {
        let same = |blocked: &&mut Self| blocked.check == fact.check && blocked.scenario == fact.scenario;
        match all.iter_mut().find(same) {
            Some(blocked) => blocked.scenarios += 1,
            None => all.push(Self::by(fact)),
        }
    }
}

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scenario.is_empty() {
            return f.write_str(&self.check);
        }
        write!(f, "{} ({})", self.check, self.scenario)
    }
}
