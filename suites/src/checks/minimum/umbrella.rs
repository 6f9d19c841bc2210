//! The umbrella checks: on generated scripts, every data operation answers as the reference does.

use super::for_real_sessions;
use crate::checks::{Check, Plan, Test};
use crate::level::Level;
use crate::search::{DeadSessions, Property, Shape};
use crate::survey::Survey;

pub(super) const READS_BACK: Check = Check {
    id: "minimum/reads-back",
    level: Level::Minimum,
    clause: "mapping.reads-back",
    promise: "Within a cycle, every data operation answers as a mapping does.",
    source: "Python, collections.abc.MutableMapping",
    needs: &[],
    test: Test::Property(|survey| generated(survey, Shape::OneCycle)),
};

pub(super) const PERSISTS: Check = Check {
    id: "minimum/persists",
    level: Level::Minimum,
    clause: "save.persists",
    promise: "What a cycle leaves is what the next cycle of that browser finds.",
    source: "Flask 0.8, SessionInterface.save_session",
    // The same operations are compared in both: what a cycle answers wrongly by itself is not what saving is about.
    needs: &["minimum/reads-back"],
    test: Test::Property(|survey| generated(survey, Shape::SeveralCycles)),
};

/// Scripts of this shape. What becomes of a session that has ended is for higher levels to ask.
fn generated(survey: &Survey, shape: Shape) -> Plan<Property> {
    for_real_sessions(survey, || Plan::Do(Property { shape, dead_sessions: DeadSessions::Avoided }))
}
