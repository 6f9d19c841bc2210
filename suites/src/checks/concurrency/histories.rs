//! The umbrella checks of this suite: however requests overlap, some order of their saves explains what was seen.

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::level::Level;
use crate::search::{DeadSessions, Property, Shape};

pub(super) const EXPLAINED: Check = Check {
    id: "concurrency/explains-history",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.history",
    promise: "What overlapping requests see and leave is explained by saving each of them as a whole, in some order.",
    source: "Herlihy and Wing 1990, linearizability, with what a backend does to two writers as it was observed",
    applies: &[Requirement::RealSessions, Requirement::Holds, Requirement::SavedChangesOnly],
    relies: NAMED,
    test: generated(Shape::Overlapping),
};

pub(super) const PARALLEL: Check = Check {
    id: "concurrency/parallel",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "concurrency.history",
    promise: "Requests of four browsers that go on at the same moment, eight at once, are each kept or lost as a whole.",
    source: "as concurrency/explains-history, with no order laid down",
    applies: &[Requirement::RealSessions, Requirement::Holds, Requirement::SavedChangesOnly],
    relies: NAMED,
    test: generated(Shape::Parallel),
};

/// The races that have a name: what one of them shows, the histories need not show again.
const NAMED: &[Fact] = &[
    Fact::of("concurrency/read-does-not-undo-a-write", "overwrite-undone"),
    Fact::of("concurrency/read-does-not-undo-a-write", "item-lost"),
    Fact::of("concurrency/read-does-not-undo-a-write", "overwrite-undone-when-older"),
    Fact::of("concurrency/read-does-not-undo-a-write", "item-lost-when-older"),
    Fact::of("concurrency/first-requests", "neither"),
    Fact::of("concurrency/clear-against-set", "a-mixture"),
    Fact::of("concurrency/all-or-nothing", "a-part"),
    Fact::of("concurrency/last-write-is-kept", "lost"),
    Fact::of("concurrency/serialised", "lost"),
    Fact::of("concurrency/strangers-are-served", "not-served"),
    Fact::of("concurrency/failed-request-lets-others-go-on", "not-served"),
];

const fn generated(shape: Shape) -> Test {
    Test::Property(Property { shape, dead_sessions: DeadSessions::Avoided })
}
