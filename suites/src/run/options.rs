//! What to run, and how.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::backend::Glue;
use crate::checks::Check;
use crate::level::Level;
use crate::report::KnownFailure;
use crate::search::ShrinkBounds;

/// How many scripts each check is given in a quick run, whose scripts are generated. The benchmark of whole runs counts which
/// defects that leaves unseen.
pub const QUICK_CASES: u32 = 10;

/// What to run, and how.
#[derive(Clone)]
pub struct Options {
    /// The seed of everything that is generated.
    pub seed: u64,
    /// How many scripts each check is given whose scripts are generated; `concurrency/parallel` is given an eighth of them.
    pub cases: u32,
    /// The only case to give to them, where one is to be replayed alone. Cases are counted from zero; each can be
    /// replayed without those before it.
    pub case: Option<u32>,
    /// How long a failing script is made smaller, at most.
    pub shrink: ShrinkBounds,
    /// How many requests may be at work at once while scripts are played side by side; where nothing is said, as many as make the
    /// run faster, but at most 16. With one, requests still overlap where a script is about that, and where scripts wait for time
    /// that nobody can move: these all begin at once. A report says the same however many there are, but for
    /// [`this_run`](crate::Report::this_run).
    pub jobs: Option<u32>,
    /// How long a cycle may take.
    pub patience: Duration,
    /// For how long a request is let wait for another one of its session: longer than the backend is willing to. Where nothing is
    /// said, the check that does that is left out. It has the time limit of a cycle beside that.
    pub lock_patience: Option<Duration>,
    /// The checks to run, by id; those that they need are not added.
    pub only: Option<Vec<String>>,
    /// The glue to test; without it the `glue` suite does not apply.
    pub glue: Option<Glue>,
    /// Checks that are known to fail, by id, and why. Checks that need one of these are excused, and not listed.
    pub known_failures: BTreeMap<String, KnownFailure>,
    /// The names of the session's cookies; where none is named, each cookie is left out once to see which they are.
    pub session_cookies: Vec<String>,
    /// The level of which the first failure ends the run, where one does. What needs no time to pass is judged first then.
    pub fail_fast: Option<Level>,
    /// How the backend is reached, for the report.
    pub door: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 0,
            cases: 100,
            case: None,
            shrink: ShrinkBounds::default(),
            jobs: Some(1),
            patience: Duration::from_secs(10),
            lock_patience: None,
            only: None,
            glue: None,
            known_failures: BTreeMap::new(),
            session_cookies: Vec::new(),
            fail_fast: None,
            door: "in-process".to_owned(),
        }
    }
}

impl Options {
    pub(super) fn wants(&self, check: &Check) -> bool {
        match &self.only {
            Some(only) => only.iter().any(|id| id == check.id),
            None => !check.is_on_demand() || (check.outwaits() && self.lock_patience.is_some()),
        }
    }
}
