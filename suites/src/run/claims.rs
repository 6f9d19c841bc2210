//! Holds what a backend declares against what was observed.

use super::outcome::Outcome;
use crate::checks::Lack;
use crate::play::Evidence;
use crate::report::Failure;
use crate::survey::Survey;

pub(super) fn claims(survey: &Survey) -> Outcome {
    if survey.null {
        return Outcome::not_applicable(&Lack::RealSessions);
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
        return Outcome::not_applicable(&Lack::Claims);
    }
    Outcome::of(evidence, failures)
}
