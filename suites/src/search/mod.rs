//! Finds scripts on which a backend differs from the reference, and makes them small.
//!
//! proptest is used for its strategies: they describe values, items and forgeries, and draw them from a seed. This is
//! the only module that uses it. Its runner is not used: it cannot await, it obeys environment variables that nobody
//! meant for it, it may go over to another bug while it shrinks, and it cannot replay one case alone. Its value trees are
//! not used either: they shrink along the way on which a value was drawn, so they never put a part in the place of the
//! whole. [`run_cases()`] draws each case from a seed of its own, and [`shrink`] is the one loop that makes a failure small.

mod any_races;
mod any_scripts;
mod case_runner;
mod generate;
mod generated;
mod generator;
mod look_again;
mod overlapping_scripts;
mod rng;
mod run_cases;
mod sequential_scripts;
mod shrink;
pub(crate) mod situations;
mod values;

use crate::expect::Scenario;
pub use crate::oracle::DeadSessions;
use crate::oracle::promises::{self, Asked, Excused};
use crate::oracle::{linearize, sequential};
use crate::play::Transcript;
use crate::script::Script;
use crate::survey::Survey;

pub(crate) use case_runner::CaseRunner;
pub use generate::case_seed;
pub use generated::Generated;
pub(crate) use generated::run_generated_cases;
pub use generator::Generator;
pub(crate) use look_again::look_again;
pub(crate) use run_cases::{Cases, Counterexample, run_cases};
pub use shrink::ShrinkBounds;

/// A property: generated scripts on which the backend answers as the reference does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property {
    /// The scripts that are generated.
    pub shape: Shape,
    /// Whether browsers act with the cookies of sessions that have ended.
    pub dead_sessions: DeadSessions,
}

/// The shape of the scripts that are generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One cycle of one browser, with several operations.
    OneCycle,
    /// Several cycles of one to three browsers, some of which share a session.
    SeveralCycles,
    /// Cycles of one browser, some of which are held while others go through.
    Overlapping,
    /// Cycles of several browsers that are held together and then go on at the same time.
    Parallel,
    /// Requests in every situation: how they end, what came before, who comes along.
    AnyScript,
    /// Sessions from their first save to their end: ids, rotations, logouts, lifetimes, and who kept the old cookies.
    AnyLife,
    /// A request that is held while others of its browser go through, whatever each of them does.
    AnyRace,
}

/// A script of requests in parallel has about four times as many requests as another, and keeps a place for each of those that
/// are at work at once.
const SHARE_OF_PARALLEL: u32 = 8;

impl Shape {
    /// How many scripts of this shape are played, where so many are asked for: fewer of those that are long. What they find
    /// in a hundred they have found in the first ten, on every embedded backend.
    pub(crate) fn cases(self, asked: u32) -> u32 {
        match self {
            Self::OneCycle | Self::SeveralCycles | Self::Overlapping => asked,
            Self::AnyScript | Self::AnyLife | Self::AnyRace => asked,
            Self::Parallel => asked.div_ceil(SHARE_OF_PARALLEL),
        }
    }
}

impl Property {
    /// The script with what it has to answer on a backend like the one that was surveyed.
    pub(crate) async fn scenario(
        self,
        script: Script,
        survey: &Survey,
        excused: &Excused,
        transcript: &Transcript,
    ) -> Scenario {
        match self.shape {
            Shape::OneCycle | Shape::SeveralCycles => {
                sequential::scenario(script, survey, self.dead_sessions, transcript).await
            }
            Shape::AnyScript => promises::scenario(script, survey, Asked::Recommended, excused, transcript),
            Shape::AnyLife => promises::scenario(script, survey, Asked::Hardened, excused, transcript),
            Shape::AnyRace => promises::race(script, survey, excused, transcript),
            Shape::Overlapping | Shape::Parallel => linearize::scenario(script, survey, transcript),
        }
    }
}

#[cfg(test)]
mod tests;
