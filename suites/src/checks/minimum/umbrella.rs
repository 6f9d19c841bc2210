//! The umbrella checks: on generated scripts, every data operation answers as the reference does.

use crate::checks::{Check, Harm, Requirement, Test};
use crate::level::Level;
use crate::search::{DeadSessions, Property, Shape};

pub(super) const READS_BACK: Check = Check {
    id: "minimum/reads-back",
    level: Level::Minimum,
    harm: Harm::Correctness,
    clause: "mapping.reads-back",
    promise: "Within a cycle, every data operation answers as a mapping does.",
    source: "Python, collections.abc.MutableMapping",
    applies: &[Requirement::RealSessions],
    relies: &[],
    test: generated(Shape::OneCycle),
};

pub(super) const PERSISTS: Check = Check {
    id: "minimum/persists",
    level: Level::Minimum,
    harm: Harm::DataLoss,
    clause: "save.persists",
    promise: "What a cycle leaves is what the next cycle of that browser finds.",
    source: "Flask 0.8, SessionInterface.save_session",
    applies: &[Requirement::RealSessions],
    relies: &[],
    test: generated(Shape::SeveralCycles),
};

/// Scripts of this shape. What becomes of a session that has ended is for higher levels to ask.
const fn generated(shape: Shape) -> Test {
    Test::Property(Property { shape, dead_sessions: DeadSessions::Avoided })
}
