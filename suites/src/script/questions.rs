//! What a script asks of whoever plays it: time, processes of its own, a store that can be broken, room for its requests.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Operation, Processes, Script, Step, StoreFault};

impl Script {
    /// Whether the store, or the way to it, is not always as it should be.
    #[must_use]
    pub fn troubles_the_store(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Break { .. } | Step::Mend {} | Step::Flush {}))
    }

    /// Whether the store is emptied.
    #[must_use]
    pub fn flushes_the_store(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Flush {}))
    }

    /// Whether the store itself is broken, for everybody who has it.
    #[must_use]
    pub fn breaks_the_store_of_all(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Break { fault: StoreFault::Command }))
    }

    /// Whether it is played on processes of its own.
    #[must_use]
    pub fn goes_apart(&self) -> bool {
        self.restarts() || self.troubles_the_store() || !self.processes().is_one()
    }

    /// The processes on which it is played where it [goes apart](Self::goes_apart).
    #[must_use]
    pub fn processes(&self) -> Processes {
        let wanted = self.steps.iter().find_map(|step| match step {
            Step::Apart { nodes, ahead } => Some((*nodes, *ahead)),
            _ => None,
        });
        let (nodes, ahead) = wanted.unwrap_or((1, 0));
        // A script on nodes of its own waits for locks, and never for the end of a session.
        Processes { nodes, ahead, see_sessions_end: wanted.is_none() && self.waits() }
    }

    /// Whether the process is ended and started again.
    #[must_use]
    pub fn restarts(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Restart { .. }))
    }

    /// How many nodes there have to be: the number of the last one that a cycle names.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.cycles().filter_map(|cycle| cycle.node).max().unwrap_or(1)
    }

    /// Whether a request goes to the service beside.
    #[must_use]
    pub fn goes_beside(&self) -> bool {
        self.cycles().any(|cycle| cycle.beside)
    }

    /// Whether the script needs time to pass.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Wait { .. }))
    }

    /// How much time passes, all in all.
    #[must_use]
    pub fn waited(&self) -> Duration {
        let seconds = self.steps.iter().map(|step| match step {
            Step::Wait { seconds } => Duration::try_from_secs_f64(*seconds).unwrap_or_default(),
            _ => Duration::ZERO,
        });
        seconds.fold(Duration::ZERO, Duration::saturating_add)
    }

    /// The same script, in which this share of the time passes.
    #[must_use]
    pub(crate) fn with_waits(mut self, share: f64) -> Self {
        for step in &mut self.steps {
            if let Step::Wait { seconds } = step {
                *seconds *= share;
            }
        }
        self
    }

    /// Whether sessions have another lifetime in it than the declared one.
    #[must_use]
    pub fn sets_a_lifetime(&self) -> bool {
        let launches = self.steps.iter().any(|step| matches!(step, Step::Launch { .. }));
        let is_set = |op: &Operation| matches!(op, Operation::SetLifetime { .. });
        launches || self.cycles().any(|cycle| cycle.ops.iter().any(is_set))
    }

    /// How many requests are at work at once, at most. One that nobody waits for is counted until the next release.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        // The gates that each request has yet to pass; none where one was started that waits for others.
        let mut at_work: Vec<Vec<&str>> = Vec::new();
        let mut most = 0;
        for step in &self.steps {
            match step {
                Step::Cycle(cycle) => {
                    let gates = cycle.gates();
                    most = most.max(at_work.len() + 1);
                    at_work.extend((!gates.is_empty()).then_some(gates));
                }
                Step::Start(cycle) => {
                    at_work.push(cycle.gates());
                    most = most.max(at_work.len());
                }
                Step::Release(open) => {
                    for gates in &mut at_work {
                        if gates.first() == Some(&open.as_str()) {
                            gates.remove(0);
                        }
                    }
                    at_work.retain(|gates| !gates.is_empty());
                }
                Step::Restart { .. } => at_work.clear(),
                _ => {}
            }
        }
        most
    }

    /// Whether anybody comes back to a session: a browser that has been there, or one that has cookies of another.
    ///
    /// ```
    /// use sessionspec::engine::script::Script;
    ///
    /// let visits = || Script::new().cycle("ann", []).cycle("bob", []);
    /// assert!(!visits().comes_back());
    /// assert!(visits().cycle("ann", []).comes_back());
    /// assert!(visits().copy_cookies("ann", "thief").comes_back());
    /// ```
    #[must_use]
    pub fn comes_back(&self) -> bool {
        let mut seen = BTreeSet::new();
        self.steps.iter().any(|step| match step {
            Step::Cycle(cycle) | Step::Start(cycle) => !seen.insert(cycle.browser.as_str()),
            Step::CopyCookies { .. } | Step::Forge { .. } => true,
            Step::Release(_)
            | Step::Wait { .. }
            | Step::Launch { .. }
            | Step::Restart { .. }
            | Step::Apart { .. }
            | Step::Pause { .. }
            | Step::Wake { .. }
            | Step::Break { .. }
            | Step::Mend {}
            | Step::Flush {} => false,
        })
    }
}
