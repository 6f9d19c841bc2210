//! What a scenario takes for granted.

use std::fmt;

/// What a scenario takes for granted: that a scenario of another check shows nothing wrong.
///
/// A fact is established by that scenario, once in a run. One that does not hold is the failure of the check that it is
/// named after, so that a scenario which relies on it is skipped, and says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// The check that names what is wrong where the fact does not hold.
    pub check: &'static str,
    /// The scenario of that check, by its reason.
    pub scenario: &'static str,
}

impl Fact {
    /// The fact that this scenario of this check establishes.
    #[must_use]
    pub const fn of(check: &'static str, scenario: &'static str) -> Self {
        Self { check, scenario }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scenario.is_empty() {
            return f.write_str(self.check);
        }
        write!(f, "{} ({})", self.check, self.scenario)
    }
}
