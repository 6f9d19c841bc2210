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
    /// How many answers were compared by each check whose scripts are generated, by its id. What is compared there depends
    /// on which request came first, and on how long a script took.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub compared: BTreeMap<String, usize>,
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

    pub(crate) fn check_ended(&mut self, id: &str, began: Instant) {
        self.checks.insert(id.to_owned(), milliseconds(began));
    }

    pub(crate) fn compared(&mut self, id: &str, answers: usize) {
        self.compared.insert(id.to_owned(), answers);
    }

    pub(crate) fn stop(self, closes_connections: bool) -> ThisRun {
        let started = self.started.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let Self { began, checks, compared, .. } = self;
        ThisRun { started, milliseconds: milliseconds(began), checks, compared, closes_connections }
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
