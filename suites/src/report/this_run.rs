//! What differs between identical runs: when it was, and how long it took.

use std::collections::BTreeMap;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::backend::{Front, refusals_told};

/// When a run was, and how long it took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// How many requests were refused in front of the service, by the status of the response.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub refused: BTreeMap<u16, usize>,
    /// Whether requests were sent more slowly because there were too many of them.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub slowed: bool,
}

impl ThisRun {
    /// What the transport did to the run, a sentence without a stop each.
    #[must_use]
    pub fn disturbances(&self) -> Vec<String> {
        let closes =
            self.closes_connections.then(|| "the service closes connections after its answer".to_owned());
        let refused = (!self.refused.is_empty()).then(|| {
            format!("requests were refused: {}; nothing is concluded from them", refusals_told(&self.refused))
        });
        let slowed = self
            .slowed
            .then(|| "there were too many requests, so that they were sent more slowly".to_owned());
        closes.into_iter().chain(refused).chain(slowed).collect()
    }
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

    pub(crate) fn stop(self, closes_connections: bool, front: &Front) -> ThisRun {
        let started = self.started.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        ThisRun {
            started,
            milliseconds: milliseconds(self.began),
            checks: self.checks,
            closes_connections,
            refused: front.refused(),
            slowed: front.is_slowed(),
        }
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
