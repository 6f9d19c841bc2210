//! A script says what is done: cycles of several browsers, in order. It is plain data that can be generated, shrunk,
//! stored and replayed.

mod answer;
mod disorder;
mod fields;
mod forgery;
mod json;
mod operation;
mod operations;
pub mod ops;
mod processes;
mod schedule;
mod store_fault;

pub use answer::Answer;
pub(crate) use disorder::incompressible;
pub use fields::OperationError;
pub use forgery::{Change, Cookies, Forgery, Neighbours, Spelling, Stranger};
pub(crate) use forgery::{is_readable, words};
pub(crate) use operation::call;
pub use operation::{Operation, OperationKind};
pub use operations::Operations;
pub use processes::{Processes, awake, paused};
pub use schedule::{Part, Segment, Then};
pub use store_fault::{FLUSHED, MENDED, StoreChange, StoreControl, StoreFault};

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Cycles of several browsers, in order. A cycle with a `hold` overlaps with the steps up to its release.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Script {
    /// What is done, in order.
    pub steps: Vec<Step>,
}

/// One step of a script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Sends a request. The next step begins when it was answered, or when it has arrived at the first of its gates.
    Cycle(Cycle),
    /// Sends a request. The next step does not wait for it: it is answered after a release, or when the script ends.
    Start(Cycle),
    /// Opens the gate of this name to all cycles that wait there. The next step begins when each of them was answered,
    /// or has arrived at its next gate.
    Release(String),
    /// Gives one browser a copy of the cookies of another, so that a cookie outlives what its own browser drops.
    CopyCookies {
        /// The browser whose cookies are copied; its own stay as they are.
        from: String,
        /// The browser that gets them; what it had is gone.
        to: String,
    },
    /// Gives one browser forged cookies, made from those of another. It sends them until a response sets others.
    Forge {
        /// The browser whose cookies they are made from; its own stay as they are.
        from: String,
        /// The browser that gets them; what it had is gone.
        to: String,
        /// Another browser, where the forgery needs its cookies, too.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        with: Option<String>,
        /// How the cookies are made.
        forgery: Forgery,
    },
    /// Lets time pass before the next step.
    Wait {
        /// How much time passes, in seconds.
        seconds: f64,
    },
    /// Starts the backend once more. Later requests go to this new process. Where it does not start, the script ends.
    Launch {
        /// How long its permanent sessions live, in seconds.
        lifetime: f64,
    },
    /// Ends the process of the backend and starts it again, on the same store. Requests that are held are let go once the
    /// process was told to end. A script with such a step is played on a process of its own.
    Restart {
        /// How it is ended.
        by: Ending,
    },
    /// The script has so many nodes to itself: processes with the store of the backend, of which it may pause each. It is the
    /// first step, and later cycles name these nodes.
    Apart {
        /// How many there are.
        nodes: usize,
        /// How many seconds the clock of the last of them is ahead.
        #[serde(skip_serializing_if = "is_zero", default)]
        ahead: u32,
    },
    /// Stops a node in the middle of whatever it does, by SIGSTOP: it does nothing, and knows nothing of the time that passes.
    /// Requests that wait for it may take until it goes on.
    Pause {
        /// The node, counted from one.
        node: usize,
    },
    /// Lets a node go on that was stopped, by SIGCONT. What is still stopped in the end goes on before the last answers are
    /// awaited.
    Wake {
        /// The node, counted from one.
        node: usize,
    },
    /// Breaks the store, or the way between the backend and it, until it is mended. A script with such a step is played on a process
    /// of its own, and what is still broken in the end is mended before the last answers are awaited.
    Break {
        /// What is wrong from now on.
        fault: StoreFault,
    },
    /// Mends the store and the way to it. Requests that still wait are answered, or cut off, before the next step, and the backend
    /// gets some time to find its store again.
    Mend {},
    /// Empties the store, as somebody does who restarts one that keeps nothing.
    Flush {},
}

fn is_zero(seconds: &u32) -> bool {
    *seconds == 0
}

/// How a process is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It is asked to end, by SIGTERM, and may do what it has begun.
    Term,
    /// It is killed, by SIGKILL.
    Kill,
}

impl Ending {
    /// What happens, in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Term => "the service is stopped (TERM) and started again",
            Self::Kill => "the service is killed (KILL) and started again",
        }
    }
}

/// One request: open, operations, save.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cycle {
    /// The browser that sends it. A browser that was not named before has no cookies.
    pub browser: String,
    /// What the handler does.
    pub ops: Operations,
    /// The node that answers it, counted from one; the first where none is named.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub node: Option<usize>,
}

impl Script {
    /// A script with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a cycle.
    #[must_use]
    pub fn cycle(mut self, browser: &str, ops: impl IntoIterator<Item = Operation>) -> Self {
        self.steps.push(Step::Cycle(Cycle::new(browser, ops)));
        self
    }

    /// Adds a cycle that the next step does not wait for.
    #[must_use]
    pub fn start(mut self, browser: &str, ops: impl IntoIterator<Item = Operation>) -> Self {
        self.steps.push(Step::Start(Cycle::new(browser, ops)));
        self
    }

    /// Lets this node answer the cycle that was added last. Nodes are counted from one.
    #[must_use]
    pub fn on_node(mut self, node: usize) -> Self {
        if let Some(Step::Cycle(cycle) | Step::Start(cycle)) = self.steps.last_mut() {
            cycle.node = Some(node);
        }
        self
    }

    /// Adds the release of a gate.
    #[must_use]
    pub fn release(mut self, gate: &str) -> Self {
        self.steps.push(Step::Release(gate.to_owned()));
        self
    }

    /// Adds a copy of the cookies of one browser to another.
    #[must_use]
    pub fn copy_cookies(mut self, from: &str, to: &str) -> Self {
        self.steps.push(Step::CopyCookies { from: from.to_owned(), to: to.to_owned() });
        self
    }

    /// Adds forged cookies for the browser `to`, made from those of `from`.
    #[must_use]
    pub fn forge(mut self, from: &str, to: &str, forgery: Forgery) -> Self {
        self.steps.push(Step::Forge { from: from.to_owned(), to: to.to_owned(), with: None, forgery });
        self
    }

    /// Adds forged cookies as [`forge`](Self::forge) does, made from those of `from` and of `with`.
    #[must_use]
    pub fn forge_with(mut self, from: &str, with: &str, to: &str, forgery: Forgery) -> Self {
        let with = Some(with.to_owned());
        self.steps.push(Step::Forge { from: from.to_owned(), to: to.to_owned(), with, forgery });
        self
    }

    /// Adds a wait, in seconds.
    #[must_use]
    pub fn wait(mut self, seconds: f64) -> Self {
        self.steps.push(Step::Wait { seconds });
        self
    }

    /// Adds another start of the backend, whose permanent sessions live for so many seconds.
    #[must_use]
    pub fn launch(mut self, lifetime: f64) -> Self {
        self.steps.push(Step::Launch { lifetime });
        self
    }

    /// Adds an end of the process, after which it is started again.
    #[must_use]
    pub fn restart(mut self, by: Ending) -> Self {
        self.steps.push(Step::Restart { by });
        self
    }

    /// Lets the script have so many nodes to itself, the last of which has a clock that is so many seconds ahead. It comes first.
    #[must_use]
    pub fn apart(mut self, nodes: usize, ahead: u32) -> Self {
        self.steps.push(Step::Apart { nodes, ahead });
        self
    }

    /// Adds that a node is stopped.
    #[must_use]
    pub fn pause(mut self, node: usize) -> Self {
        self.steps.push(Step::Pause { node });
        self
    }

    /// Adds that a node goes on.
    #[must_use]
    pub fn wake(mut self, node: usize) -> Self {
        self.steps.push(Step::Wake { node });
        self
    }

    /// Adds a break of the way to the store.
    #[must_use]
    pub fn break_store(mut self, fault: StoreFault) -> Self {
        self.steps.push(Step::Break { fault });
        self
    }

    /// Adds the mending of the way to the store.
    #[must_use]
    pub fn mend_store(mut self) -> Self {
        self.steps.push(Step::Mend {});
        self
    }

    /// Adds that the store is emptied.
    #[must_use]
    pub fn flush_store(mut self) -> Self {
        self.steps.push(Step::Flush {});
        self
    }

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

    /// The cycles, in the order in which they start.
    pub fn cycles(&self) -> impl Iterator<Item = &Cycle> {
        self.steps.iter().filter_map(|step| match step {
            Step::Cycle(cycle) | Step::Start(cycle) => Some(cycle),
            _ => None,
        })
    }

    /// How many nodes there have to be: the number of the last one that a cycle names.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.cycles().filter_map(|cycle| cycle.node).max().unwrap_or(1)
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

    /// The number of operations in all cycles.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cycles().map(|cycle| cycle.ops.len()).sum()
    }

    /// Whether no cycle does anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Cycle {
    /// A request of this browser, which the first node answers.
    #[must_use]
    pub fn new(browser: &str, ops: impl IntoIterator<Item = Operation>) -> Self {
        Self { browser: browser.to_owned(), ops: ops.into_iter().collect(), node: None }
    }

    /// The gates at which the request is held, in the order in which it comes to them.
    fn gates(&self) -> Vec<&str> {
        let mut gates: Vec<&str> = Vec::new();
        for op in &self.ops {
            if let Operation::Hold { gate } = op
                && !gates.contains(&gate.as_str())
            {
                gates.push(gate);
            }
        }
        gates
    }
}
