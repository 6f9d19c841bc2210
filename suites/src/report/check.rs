//! What became of one check.

use serde::{Deserialize, Serialize};

use super::{Blocked, Evidence, Failure, KnownFailureReport, KnownState, UnjudgedScenario, Verdict};
use crate::checks::{Check, Harm, Lacking};
use crate::level::Level;

/// What became of one check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// `suite/slug`.
    pub id: String,
    /// The level that asks for it.
    pub level: Level,
    /// What is lost where the promise is broken.
    pub harm: Harm,
    /// The clause of the contract.
    pub clause: String,
    /// What is promised.
    pub promise: String,
    /// What became of it.
    pub verdict: Verdict,
    /// Why, where it is neither pass nor fail.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub because: Option<String>,
    /// Who lacks what the check is about, where it does not apply.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lacks: Option<Lacking>,
    /// What the backend was held to, where that follows from what it declares.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub held_to: Vec<String>,
    /// The scenarios that could not be judged, by what is in their way.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub blocked: Vec<Blocked>,
    /// The scenarios from which nothing can be concluded, each with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub unjudged: Vec<UnjudgedScenario>,
    /// The entry in the list of known failures that names it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub known_failure: Option<KnownFailureReport>,
    /// What the verdict rests on.
    pub evidence: Evidence,
    /// What was found.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub failures: Vec<Failure>,
}

impl CheckReport {
    /// A report on this check that rests on nothing yet.
    #[doc(hidden)]
    #[must_use]
    pub fn of(check: &Check, verdict: Verdict) -> Self {
        Self {
            id: check.id.to_owned(),
            level: check.level,
            harm: check.harm,
            clause: check.clause.to_owned(),
            promise: check.promise.to_owned(),
            verdict,
            because: None,
            lacks: None,
            held_to: Vec::new(),
            blocked: Vec::new(),
            unjudged: Vec::new(),
            known_failure: None,
            evidence: Evidence::default(),
            failures: Vec::new(),
        }
    }

    /// Whether it was judged by some of its scenarios, and nothing can be concluded from others.
    #[must_use]
    pub fn is_judged_in_part(&self) -> bool {
        matches!(self.verdict, Verdict::Pass | Verdict::Fail | Verdict::KnownFailure)
            && !self.unjudged.is_empty()
    }

    /// What is in the way of scenarios and is no failure of the check itself, which would say enough.
    pub fn blocked_by_others(&self) -> impl Iterator<Item = &Blocked> {
        self.blocked.iter().filter(|blocked| blocked.check != self.id)
    }

    /// The suite that the check belongs to.
    #[must_use]
    pub fn suite(&self) -> &str {
        self.id.split_once('/').map_or(&self.id, |(suite, _)| suite)
    }

    /// Whether it did not fail, although it is listed as a known failure: then its entry has to go.
    #[must_use]
    pub fn is_listed_in_vain(&self) -> bool {
        self.known_failure.as_ref().is_some_and(|known| known.state == KnownState::Stale)
    }

    /// Whether its entry in the list of known failures has to go, or its day has passed.
    #[must_use]
    pub fn entry_is_outdated(&self) -> bool {
        let state = self.known_failure.as_ref().map(|known| known.state);
        matches!(state, Some(KnownState::Stale | KnownState::Expired))
    }
}
