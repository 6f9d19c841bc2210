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
    /// The scenarios that it hinders, by their reasons; none where it hinders a check that generates them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub hindered: Vec<String>,
}

/// A scenario that was played, or was to be played, and from which nothing can be concluded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnjudgedScenario {
    /// The scenario, by its reason.
    pub scenario: String,
    /// Why nothing can be concluded.
    pub because: String,
}

impl Blocked {
    /// A check with generated scenarios that this fact hinders.
    pub(crate) fn by(fact: Fact) -> Self {
        Self {
            check: fact.check.to_owned(),
            scenario: fact.scenario.to_string(),
            scenarios: 1,
            hindered: Vec::new(),
        }
    }

    /// Takes one more scenario into account.
    pub(crate) fn add(all: &mut Vec<Self>, fact: Fact, hindered: String) {
        Self::add_named(all, fact.check, fact.scenario, hindered);
    }

    /// Takes one more scenario into account, which this scenario of this check hinders.
    pub(crate) fn add_named(all: &mut Vec<Self>, check: &str, scenario: &str, hindered: String) {
        let same = |blocked: &&mut Self| blocked.check == check && blocked.scenario == scenario;
        match all.iter_mut().find(same) {
            Some(blocked) => blocked.hinders(hindered),
            None => all.push(Self {
                check: check.to_owned(),
                scenario: scenario.to_owned(),
                scenarios: 1,
                hindered: vec![hindered],
            }),
        }
    }

    /// Takes one more scenario into account that it hinders.
    pub(crate) fn hinders(&mut self, scenario: String) {
        self.scenarios += 1;
        self.hindered.push(scenario);
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
