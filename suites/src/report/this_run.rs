//! What differs between identical runs: when it was, and how long it took.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// When a run was, and how long it took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThisRun {
    /// When it began, in seconds since 1970-01-01T00:00:00Z.
    pub started: u64,
    /// How many milliseconds it took.
    pub milliseconds: u64,
    /// How many milliseconds each check took, by its id, from its beginning to its end. Several may go on at once.
    pub checks: BTreeMap<String, u64>,
    /// How many answers were compared by each check whose scripts are generated, by its id. What is compared there depends
    /// on which request came first, and on how long a script took.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub compared: BTreeMap<String, usize>,
    /// How many requests were at work at once, at most.
    #[serde(default = "one")]
    pub jobs: u32,
    /// The checks of which something has failed while others were at work, and not when it was played alone. Their verdicts
    /// are those of playing alone.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub only_beside_others: Vec<String>,
    /// Whether the service closes connections after its answer, so that a request met that, which depends on the moment.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub closes_connections: bool,
}

/// Takes the time of a run.
pub(crate) struct Watch {
    started: SystemTime,
    began: Instant,
    checks: BTreeMap<String, u64>,
    compared: BTreeMap<String, usize>,
}

impl Watch {
    pub(crate) fn start() -> Self {
        Self {
            started: SystemTime::now(),
            began: Instant::now(),
            checks: BTreeMap::new(),
            compared: BTreeMap::new(),
        }
    }

    pub(crate) fn check_ended(&mut self, id: &str, took: Duration) {
        self.checks.insert(id.to_owned(), milliseconds(took));
    }

    pub(crate) fn compared(&mut self, id: &str, answers: usize) {
        self.compared.insert(id.to_owned(), answers);
    }

    pub(crate) fn stop(self) -> ThisRun {
        ThisRun {
            started: self.started.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
            milliseconds: milliseconds(self.began.elapsed()),
            checks: self.checks,
            compared: self.compared,
            jobs: one(),
            only_beside_others: Vec::new(),
            closes_connections: false,
        }
    }
}

fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

/// As many as there were before there could be more.
fn one() -> u32 {
    1
}
