//! The `promises` suite: generated scripts in which every situation is met, and all that is owed there.
//!
//! A named check asks for one promise in the situations that it lists. These ask for all promises in situations that nobody
//! has listed. Where one of them finds what no named check names, a named check is missing.

use crate::checks::{Check, Harm, Requirement, Test};
use crate::level::Level;
use crate::search::{DeadSessions, Property, Shape};

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "promises/any-script",
        level: Level::Recommended,
        harm: Harm::Correctness,
        clause: "situations.any",
        promise: "Whatever a session has been through, however the request ends, and whoever's cookies come along, every \
                  promise is kept.",
        source: "CONTRACT.md, situations.any; DESIGN.md has the reports from which the situations come",
        applies: &[Requirement::RealSessions],
        relies: &[],
        test: Test::Property(Property { shape: Shape::AnyScript, dead_sessions: DeadSessions::Avoided }),
    },
    Check {
        id: "promises/any-life",
        level: Level::Hardened,
        harm: Harm::Security,
        clause: "situations.any",
        promise: "From its first save to its end, a session keeps every promise: to its browser, and against whoever has kept \
                  an old cookie.",
        source: "CONTRACT.md, situations.any; DESIGN.md has the reports from which the situations come",
        applies: &[Requirement::RealSessions],
        relies: &[],
        test: Test::Property(Property { shape: Shape::AnyLife, dead_sessions: DeadSessions::OnPurpose }),
    },
    Check {
        id: "promises/any-race",
        level: Level::Hardened,
        harm: Harm::DataLoss,
        clause: "situations.any",
        promise: "Whatever two requests of a browser do at the same time, the session is as one or both of them leave it.",
        source: "CONTRACT.md, situations.any; the suite `concurrency` has the reports from which the races come",
        applies: &[Requirement::RealSessions, Requirement::Holds],
        relies: &[],
        test: Test::Property(Property { shape: Shape::AnyRace, dead_sessions: DeadSessions::Avoided }),
    },
];
