//! Any value under any key: what nobody has thought of.

use sessionspec_reference::Value;

use crate::checks::{Check, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::ops::{get, set};
use crate::search::Generated;

pub(super) const ANY_VALUE: Check = Check {
    id: "fidelity/any-value",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "fidelity.values",
    promise: "Whatever is set is read back in the same request and in the next two, or is refused.",
    source: "CONTRACT.md, fidelity.values; serialisers that fail on one value in a thousand",
    applies: &[Requirement::RealSessions],
    relies: &[],
    test: Test::Generated(|survey| Generated::items(survey, kept_or_refused)),
};

/// What was accepted is there: in its own request, in the next, and in one more that may get it from another place. What
/// was there before is there in any case.
fn kept_or_refused(key: &str, value: &Value) -> Scenario {
    // A value like that may be there already, under a key that every backend takes and nobody has drawn.
    let before = if key == "there_before" { "here_before" } else { "there_before" };
    let accepted = Condition::Done { cycle: 1, op: 0 };
    let comes_back = || get(key).is(value.clone()).only_if(accepted.clone());
    let is_all_there = || [get(before).is("here"), comes_back()];
    Scenario::new("not-kept")
        .cycle("ann", [set(before, "here").is_done()])
        .cycle("ann", [set(key, value.clone()).unjudged(), comes_back()])
        .may_be_refused()
        .cycle("ann", is_all_there())
        .cycle("ann", is_all_there())
}
