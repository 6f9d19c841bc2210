//! What differs between identical runs: when it was, and how long it took.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::backend::refusals_told;

/// When a run was, and how long it took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The checks of which a script took longer than a session lives, and was played with sessions that were given a longer
    /// lifetime. Their verdicts are those of that.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub lived_longer: Vec<String>,
    /// Whether the service has closed a connection instead of answering the next request on it. That depends on the
    /// moment where it closes connections after its answer, and it may also have died of that request.
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
        let closes = self.closes_connections.then(|| {
            "the service closed a connection instead of answering the next request on it".to_owned()
        });
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
            ..ThisRun::default()
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
