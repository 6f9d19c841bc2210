//! The umbrella checks of this suite: whatever overlaps with whatever, something explains what was seen.

use crate::checks::{Check, Plan, Test};
use crate::level::Level;
use crate::search::{DeadSessions, Property, Shape};
use crate::survey::{AtOnce, Survey};

pub(super) const EXPLAINED: Check = Check {
    id: "concurrency/explains-history",
    level: Level::Recommended,
    clause: "concurrency.history",
    promise: "What overlapping requests see and leave is explained by saving each of them as a whole, in some order.",
    source: "Herlihy and Wing 1990, linearizability, with what a backend does to two writers as it was observed",
    needs: NAMED,
    test: Test::Property(|survey| generated(survey, Shape::Overlapping)),
};

pub(super) const PARALLEL: Check = Check {
    id: "concurrency/parallel",
    level: Level::Recommended,
    clause: "concurrency.history",
    promise: "Requests of four browsers that go on at the same moment, eight at once, are each kept or lost as a whole.",
    source: "as concurrency/explains-history, with no order laid down",
    needs: &["concurrency/explains-history"],
    test: Test::Property(|survey| generated(survey, Shape::Parallel)),
};

/// The races that have a name: what one of them shows, the histories need not show again.
const NAMED: &[&str] = &[
    "minimum/persists",
    "concurrency/read-does-not-undo-a-write",
    "concurrency/first-requests",
    "concurrency/clear-against-set",
    "concurrency/all-or-nothing",
    "concurrency/last-write-is-kept",
    "concurrency/serialised",
    "concurrency/strangers-are-served",
    "concurrency/failed-request-lets-others-go-on",
];

fn generated(survey: &Survey, shape: Shape) -> Plan<Property> {
    if survey.null {
        return Plan::NotApplicable("this backend opens only null sessions".to_owned());
    }
    match survey.at_once {
        AtOnce::Many | AtOnce::OnePerSession => {
            Plan::Do(Property { shape, dead_sessions: DeadSessions::Avoided })
        }
        AtOnce::One => Plan::NotApplicable("this server takes one request at a time".to_owned()),
        AtOnce::Unknown => Plan::NotApplicable("no request of this probe can be held".to_owned()),
    }
}
