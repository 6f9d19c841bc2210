//! Holds what a backend declares against what was observed.

use super::outcome::Outcome;
use crate::play::Evidence;
use crate::report::{Failure, Verdict};
use crate::survey::Survey;

pub(super) fn claims(survey: &Survey) -> Outcome {
    if survey.null {
        return Outcome::without_evidence(
            Verdict::NotApplicable,
            "this backend opens only null sessions".to_owned(),
        );
    }
    let capabilities = survey.capabilities();
    let declared =
        capabilities.iter().filter_map(|capability| Some((capability, capability.declared.as_ref()?)));
    let mut evidence = Evidence::default();
    let mut failures = Vec::new();
    for (capability, declared) in declared {
        let Some(borne_out) = survey.bears_out(capability.name, declared) else { continue };
        evidence.comparisons += 1;
        if !borne_out {
            failures.push(Failure {
                reason: capability.name.to_owned(),
                expected: format!("{}: {declared}, as declared", capability.name),
                seen: format!("{}: {}", capability.name, capability.observed),
                done: Some(format!("observed as follows: {}", capability.how)),
                ..Failure::default()
            });
        }
    }
    if evidence.comparisons == 0 {
        return Outcome::without_evidence(
            Verdict::NotApplicable,
            "nothing is declared that was observed".to_owned(),
        );
    }
    Outcome::of(evidence, failures)
}
