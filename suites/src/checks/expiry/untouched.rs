//! A session does not end because others begin.

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::level::Level;

/// The other checks look for what is lost soon. What a store loses that keeps a thousand sessions, or what is written over now and
/// then, shows only after a whole run.
pub(super) const STAYS: Check = Check {
    id: "expiry/untouched-stays",
    level: Level::Hardened,
    harm: Harm::DataLoss,
    clause: "expiry.window",
    promise: "A session that nobody touches is what it was after everything that is done to others.",
    source: "caches that drop an entry when they are full, such as Django's LocMemCache with 300 and lru-cache",
    applies: &[Requirement::RealSessions, Requirement::LastingSessions],
    relies: &[
        Fact::of("minimum/browsers-isolated", "own-items-lost"),
        Fact::of("minimum/browsers-isolated", "forgotten-when-others-come"),
        Fact::of("minimum/browsers-isolated", "forgotten-after-a-hundred-others"),
        Fact::of("minimum/browsers-isolated", "visitor-after-a-rotation"),
    ],
    test: Test::Sentinel,
};
