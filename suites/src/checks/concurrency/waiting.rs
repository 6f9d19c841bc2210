//! Which request waits for which other: none waits for a request of another session, and none waits for ever.

use super::{GATE, begun, held, races};
use crate::checks::{Applicability, Check, Harm, Requirement, Test};
use crate::expect::{ResponseRule, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{get, set};

/// The browsers that come while a request of another session is held: enough of them to meet in a table of locks.
const STRANGERS: [&str; 7] = ["bob", "cyd", "dan", "eve", "fay", "gus", "hal"];

pub(super) const STRANGERS_ARE_SERVED: Check = Check {
    id: "concurrency/strangers-are-served",
    level: Level::Recommended,
    harm: Harm::Availability,
    clause: "concurrency.strangers",
    promise: "A request does not wait for a request of another session.",
    source: "locks that are chosen by a hash of the id, or by nothing",
    applies: &[Requirement::RealSessions, Requirement::Holds],
    relies: &[],
    test: Test::Scenarios(|_survey| {
        let begin = |race: Scenario, name: &&str| race.cycle(name, [set("colour", "blue").is_done()]);
        let visit = |race: Scenario, name: &&str| race.cycle(name, [get("colour").is("blue")]);
        let race = STRANGERS.iter().fold(begun("not-served"), begin).cycle("ann", held([]));
        races(vec![STRANGERS.iter().fold(race, visit).release(GATE).cycle("ann", [get("colour").is("red")])])
    }),
};

pub(super) const FAILED_REQUEST: Check = Check {
    id: "concurrency/failed-request-lets-others-go-on",
    level: Level::Recommended,
    harm: Harm::Availability,
    clause: "concurrency.serialised",
    promise: "A request that fails keeps no other waiting: neither one that came meanwhile nor one that comes later.",
    source: "locks that are released where the session is saved, and nowhere else",
    applies: &[Requirement::RealSessions, Requirement::Endings],
    relies: &[],
    test: Test::Scenarios(|survey| {
        // Of failures, one of each class: the suite `promises` has races that end with the others.
        let endings = [
            ("raise", Operation::Raise),
            ("server-error", Operation::Respond { status: 500 }),
            ("not-found", Operation::Respond { status: 404 }),
        ];
        let known = endings.into_iter().filter(|(_, ending)| survey.can_end_with(ending));
        let holds = Requirement::Holds.applicability(survey) == Applicability::Applies;
        let scenarios = known.flat_map(|(name, ending)| {
            let failing =
                [get("colour").unjudged(), set("size", "small").unjudged(), ending.clone().unjudged()];
            let later = begun(&format!("kept-waiting-by-a-{name}"))
                .cycle("ann", failing)
                .cycle("ann", [get("colour").unjudged()])
                .response(ResponseRule::Served)
                .cycle("ann", [set("colour", "blue").unjudged()])
                .response(ResponseRule::Served);
            let meanwhile = holds.then(|| {
                begun(&format!("kept-waiting-beside-a-{name}"))
                    .cycle("ann", held([ending.unjudged()]))
                    .start("ann", [get("colour").unjudged()])
                    // Others are served meanwhile: the second request has had its time to arrive when the first is released.
                    .cycle("bob", [get("colour").is_absent()])
                    .cycle("bob", [get("colour").is_absent()])
                    .cycle("bob", [get("colour").is_absent()])
                    .release(GATE)
                    .cycle("ann", [get("colour").unjudged()])
            });
            [later].into_iter().chain(meanwhile)
        });
        races(scenarios.collect())
    }),
};
