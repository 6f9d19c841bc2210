//! What ends a session, or an id, at one service ends nothing at the other.

use super::{APART_FACT, begun};
use crate::checks::{Check, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{clear, destroy, get};

pub(super) const ALONE: Check = Check {
    id: "beside/ended-alone",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "beside.ended",
    promise: "A logout, a rotation or a `clear` at one service leaves the session of that browser at the other as it is.",
    source: "logouts that remove every cookie, or every record under any id that a browser sends",
    applies: &[Requirement::RealSessions, Requirement::Beside, Requirement::EndedIds],
    relies: &[APART_FACT],
    test: Test::Scenarios(|survey| {
        let ends = || [("logout", destroy()), ("clear", clear()), ("rotation", Operation::Regenerate)];
        let has = |op: &Operation| survey.supports(op.name());
        let has_beside =
            |op: &Operation| survey.beside.as_ref().is_some_and(|beside| beside.supports(op.name()));
        let kept_there = ends().into_iter().filter(|(_, op)| has(op)).map(|(name, op)| {
            begun(&format!("lost-at-the-other-by-a-{name}"))
                .cycle("ann", [op.is_done()])
                .cycle("ann", [get("size").is("small")])
                .beside()
        });
        let kept_here = ends().into_iter().filter(|(_, op)| has_beside(op)).map(|(name, op)| {
            begun(&format!("lost-here-by-a-{name}"))
                .cycle("ann", [op.unjudged()])
                .beside()
                .cycle("ann", [get("colour").is("red")])
        });
        kept_there.chain(kept_here).collect::<Vec<Scenario>>()
    }),
};
