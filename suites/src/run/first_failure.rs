//! A run that ends with its first failure looks first at what needs no time to pass.

use std::collections::BTreeMap;
use std::pin::Pin;

use crate::checks::Check;
use crate::report::{KnownFailure, Verdict};

use super::tasks::{Ended, Tasks};
use super::{Run, STOPPED};

impl Run {
    /// What is known of these checks before any time has passed, where the first failure ends the run: each that was judged as
    /// a whole, or that has failed. With a failure, or where the run is stopped, nothing more is asked.
    pub(super) async fn known_at_once(
        &mut self,
        wanted: &[Check],
        mut stop: Pin<&mut dyn Future<Output = ()>>,
    ) -> BTreeMap<&'static str, Ended> {
        let mut known = BTreeMap::new();
        let options = &self.judging.options;
        let Some(level) = options.fail_fast.filter(|_| !self.judging.survey.virtual_time) else {
            return known;
        };
        if self.stopped_because.is_some() {
            return known;
        }
        self.judging.scenarios.begin_waits(wanted);
        let mut tasks = Tasks::begin_at_once(&self.judging, wanted);
        for check in wanted {
            let ended = tokio::select! {
                ended = tasks.end_of(check, &|_, _| {}) => ended,
                () = &mut stop => {
                    self.stopped_because = Some(STOPPED.to_owned());
                    return known;
                }
            };
            let known_failure = options.known_failures.get(check.id);
            let fails = ended.outcome.verdict == Verdict::Fail;
            let failures = &ended.outcome.failures;
            let is_accepted = |known: &KnownFailure| known.apply(Verdict::Fail, failures).0 != Verdict::Fail;
            let decides = check.level <= level && !known_failure.is_some_and(is_accepted);
            if ended.is_whole || (fails && decides) {
                known.insert(check.id, ended);
            }
            if fails && decides {
                self.stopped_because = Some(STOPPED.to_owned());
                return known;
            }
        }
        known
    }
}
