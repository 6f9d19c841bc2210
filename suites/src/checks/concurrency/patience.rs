//! A request that waits for another one of its session for longer than the backend is willing to. How long that is nobody can see
//! beforehand, so that somebody has to say it (`--patience`).

use super::{GATE, begun, held};
use crate::checks::{Check, Harm, Requirement, Test};
use crate::expect::{Condition, Expected, Line, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::Answer;
use crate::script::ops::{get, set};
use crate::survey::{Store, Survey};

pub(super) const OUTWAITED: Check = Check {
    id: "concurrency/outwaited-loses-nothing",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.outwaited",
    promise: "A request that waits for another one of its session for too long fails or is served late: it finds no empty session, and takes nothing away.",
    source: "locks with a time limit, after which the session is opened without its data, and saved",
    applies: &[Requirement::RealSessions, Requirement::Holds, Requirement::Outwaited],
    relies: &[],
    test: Test::Scenarios(scenarios),
};

fn scenarios(survey: &Survey) -> Vec<Scenario> {
    let Some(seconds) = survey.lock_patience else { return Vec::new() };
    // Who loads the session at its first use may say of that operation that it has failed.
    let red_or_refused =
        || Expected::AnyOf(vec![Expected::Answer(Answer::Ok("red".into())), Expected::Refused]);
    let reads = outwaited("read-as-empty", seconds, [], [get("colour").answers(red_or_refused())]);
    let writes =
        outwaited("saved-over", seconds, [], [get("colour").unjudged(), set("size", "small").unjudged()]);
    // In a cookie, what comes last may be what was sent first.
    let is_kept = survey.store == Store::Server;
    let before = is_kept.then(|| {
        outwaited("held-write-lost", seconds, [set("size", "large").unjudged()], [get("colour").unjudged()])
            .cycle("ann", [get("size").is("large").only_if(Condition::DoneIn(1))])
    });
    [reads, writes].into_iter().chain(before).collect()
}

/// A request that is held, and goes on with this; one that waits for it meanwhile and does that, for as long as it takes the backend
/// to lose its patience; and what is there afterwards.
fn outwaited<const N: usize, const M: usize>(
    reason: &str,
    seconds: f64,
    rest: [Line; N],
    waiting: [Line; M],
) -> Scenario {
    // Others are served before and afterwards: the request has had its time to arrive, and to be answered.
    let others = |race: Scenario| (0..3).fold(race, |race, _| race.cycle("bob", [get("colour").is_absent()]));
    let race = begun(reason).cycle("ann", held(rest)).may_be_refused().start("ann", waiting).may_be_refused();
    others(others(race).wait(seconds))
        .release(GATE)
        .cycle("ann", [get("colour").is("red")])
        .response(ResponseRule::Served)
        .cycle("ann", [set("shape", "round").is_done()])
        .response(ResponseRule::Served)
        .cycle("ann", [get("shape").is("round"), get("colour").is("red")])
}
