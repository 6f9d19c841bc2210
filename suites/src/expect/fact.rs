//! Facts: what a scenario takes for granted. `run/facts.rs` finds the facts of each scenario, and `run/scenarios`
//! does not judge a scenario where one of its facts does not hold.

use std::fmt;

/// What a scenario takes for granted: that a scenario of another check shows nothing wrong.
///
/// That scenario is played once in a run. If it fails, the check that it belongs to has failed, and a scenario which
/// relies on the fact is not judged and says why. Where it failed once and in no replay, its check has failed all the same, but
/// whatever relies on it is judged.
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
