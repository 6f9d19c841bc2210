//! What became of a check, before it is written down.

use std::rc::Rc;

use super::scenarios::Settled;
use crate::checks::{Lack, Lacking};
use crate::play::Evidence;
use crate::report::{Blocked, Failure, UnjudgedScenario, Verdict, message};

/// What became of a check, before it is written down.
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    pub(super) because: Option<String>,
    pub(super) lacks: Option<Lacking>,
    pub(super) held_to: Vec<String>,
    pub(super) blocked: Vec<Blocked>,
    pub(super) unjudged: Vec<UnjudgedScenario>,
    pub(super) evidence: Evidence,
    pub(super) failures: Vec<Failure>,
    /// The scenarios in which nothing was wrong.
    pub(super) kept: Vec<Rc<Settled>>,
}

impl Outcome {
    pub(super) fn without_evidence(verdict: Verdict, because: String) -> Self {
        Self { because: Some(because), ..Self::found(verdict, Evidence::default(), Vec::new()) }
    }

    pub(super) fn not_applicable(lack: &Lack) -> Self {
        let because = message(&lack.to_string());
        Self { lacks: Some(lack.of()), ..Self::without_evidence(Verdict::NotApplicable, because) }
    }

    pub(super) fn of(evidence: Evidence, failures: Vec<Failure>) -> Self {
        if !failures.is_empty() {
            return Self::found(Verdict::Fail, evidence, failures);
        }
        if evidence.comparisons == 0 {
            return Self::without_evidence(Verdict::Unverified, "nothing was compared".to_owned());
        }
        Self::found(Verdict::Pass, evidence, failures)
    }

    pub(super) fn found(verdict: Verdict, evidence: Evidence, failures: Vec<Failure>) -> Self {
        Self {
            verdict,
            because: None,
            lacks: None,
            held_to: Vec::new(),
            blocked: Vec::new(),
            unjudged: Vec::new(),
            evidence,
            failures,
            kept: Vec::new(),
        }
    }
}
