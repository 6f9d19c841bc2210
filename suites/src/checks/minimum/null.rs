//! The null session: what a backend opens that cannot open a real one.

use serde_json::json;

use crate::checks::{Check, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{
    clear, contains, delete, get, items, len, pop, set, set_permanent, setdefault, update,
};
use crate::survey::Survey;

pub(super) const NULL_SESSION: Check = Check {
    id: "minimum/null-session",
    level: Level::Minimum,
    harm: Harm::Correctness,
    clause: "null.refuses",
    promise: "A null session reads as empty, refuses every change with a reason, and is never saved.",
    source: "Flask 0.8, NullSession",
    applies: &[Requirement::NullSessions],
    relies: &[],
    test: Test::Scenarios(null_session),
};

fn null_session(survey: &Survey) -> Vec<Scenario> {
    let mutators = [
        set("colour", "red"),
        delete("colour"),
        pop("colour"),
        setdefault("colour", "red"),
        update([("colour", json!("red"))]),
        clear(),
        set_permanent(true),
    ];
    let reads = Scenario::new("reads-something").cycle(
        "ann",
        [items().are([], survey), len().is(0), get("colour").is_absent(), contains("colour").is(false)],
    );
    let refuses = mutators.into_iter().filter(|op| survey.supports(op.name())).map(|mutator: Operation| {
        Scenario::new(&format!("accepts-{}", mutator.name()))
            .cycle("ann", [mutator.is_refused(), items().are([], survey)])
    });
    let saves = Scenario::new("saves")
        .cycle("ann", [set("colour", "red").is_refused()])
        .cycle("ann", [items().are([], survey), get("colour").is_absent()]);
    [reads].into_iter().chain(refuses).chain([saves]).collect()
}
