//! What differs between identical runs: when it was, and how long it took.

use std::collections::BTreeMap;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// When a run was, and how long it took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThisRun {
    /// When it began, in seconds since 1970-01-01T00:00:00Z.
    pub started: u64,
    /// How many milliseconds it took.
    pub milliseconds: u64,
    /// How many milliseconds each check took, by its id.
    pub checks: BTreeMap<String, u64>,
    /// Whether the service closes connections after its answer, so that a request met that, which depends on the moment.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub closes_connections: bool,
}

/// Takes the time of a run.
pub(crate) struct Watch {
    started: SystemTime,
    began: Instant,
    checks: BTreeMap<String, u64>,
}

impl Watch {
    pub(crate) fn start() -> Self {
        Self { started: SystemTime::now(), began: Instant::now(), checks: BTreeMap::new() }
    }

    pub(crate) fn check_ended(&mut self, id: &str, began: Instant) {
        self.checks.insert(id.to_owned(), milliseconds(began));
    }

    pub(crate) fn stop(self, closes_connections: bool) -> ThisRun {
        let started = self.started.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        ThisRun { started, milliseconds: milliseconds(self.began), checks: self.checks, closes_connections }
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
