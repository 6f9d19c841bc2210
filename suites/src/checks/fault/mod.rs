//! The `fault` suite: what becomes of a session when the handler does not succeed.

mod redirects;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Line, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{clear, delete, get, items, pop, set, setdefault, update};
use crate::survey::{OnError, Survey};

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[redirects::ARE_SAVED, CONSISTENT];

const CONSISTENT: Check = Check {
    id: "fault/consistent",
    level: Level::Recommended,
    harm: Harm::Correctness,
    clause: "fault.consistent",
    promise: "A request that ends in the same way is saved in the same way, whatever it has changed.",
    source: "Flask saves after an exception since 1.1, and always after a 404",
    applies: &[Requirement::RealSessions, Requirement::Endings],
    relies: &[Fact::of("minimum/each-mutator-persists", "overwrite")],
    test: Test::Scenarios(consistent),
};

fn consistent(survey: &Survey) -> Vec<Scenario> {
    let endings = [
        ("not-found", Operation::Respond { status: 404 }, survey.on_not_found),
        ("server-error", Operation::Respond { status: 500 }, survey.on_server_error),
        ("raised", Operation::Raise, survey.on_error),
    ];
    let known = endings.into_iter().filter(|(_, _, mode)| *mode != OnError::Unknown);
    known.flat_map(|(name, ending, mode)| ways(name, &ending, mode, survey)).collect()
}

/// Each way to change a session, in a request that ends like this.
fn ways(name: &'static str, ending: &Operation, mode: OnError, survey: &Survey) -> Vec<Scenario> {
    let is_saved = mode == OnError::Saved;
    let changing = |what: &str, op: Operation, before: Line, after: Line| {
        survey.supports(op.name()).then(|| {
            Scenario::new(&format!("{name}-{what}"))
                .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
                .cycle("ann", [op.unjudged(), ending.clone().unjudged()])
                .cycle("ann", [if is_saved { after } else { before }])
        })
    };
    let both = [("colour", "red".into()), ("size", "small".into())];
    let fresh = Scenario::new(&format!("{name}-fresh"))
        .cycle("ann", [set("colour", "red").unjudged(), ending.clone().unjudged()])
        .cycle("ann", [if is_saved { get("colour").is("red") } else { get("colour").is_absent() }]);
    let kept = || Fact::of("cookie/only-if-kept", name);
    let scenarios = vec![
        changing("overwrite", set("colour", "blue"), get("colour").is("red"), get("colour").is("blue")),
        changing("set", set("shape", "round"), get("shape").is_absent(), get("shape").is("round")),
        changing("delete", delete("colour"), get("colour").is("red"), get("colour").is_absent()),
        changing("pop", pop("colour"), get("colour").is("red"), get("colour").is_absent()),
        changing(
            "update",
            update([("shape", "round".into())]),
            get("shape").is_absent(),
            get("shape").is("round"),
        ),
        changing(
            "setdefault",
            setdefault("shape", "round"),
            get("shape").is_absent(),
            get("shape").is("round"),
        ),
        changing("clear", clear(), items().are(both, survey), items().are([], survey)),
        Some(fresh),
    ];
    scenarios.into_iter().flatten().map(|scenario| scenario.relies_on(kept())).collect()
}
