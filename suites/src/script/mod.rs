//! A script says what is done: cycles of several browsers, in order. It is plain data that can be generated, shrunk,
//! stored and replayed.

mod answer;
mod connection;
mod disorder;
mod examples;
mod fields;
mod forgery;
mod json;
mod operation;
mod operations;
pub mod ops;
mod processes;
mod questions;
mod schedule;
mod spelled;
mod step;
mod store_fault;

pub use answer::Answer;
pub use connection::Connection;
pub(crate) use disorder::incompressible;
pub use fields::OperationError;
pub use forgery::{Change, Cookies, Forgery, Keyless, Neighbours, Spelling, Stranger};
pub(crate) use forgery::{is_readable, words};
pub(crate) use operation::call;
pub use operation::{Operation, OperationKind};
pub use operations::Operations;
pub use processes::{Processes, awake, paused};
pub use schedule::{Part, Segment, Then};
pub use spelled::SpelledOperation;
pub use step::{Ending, Step};
pub use store_fault::{FLUSHED, MENDED, StoreChange, StoreControl, StoreFault};

use serde::{Deserialize, Serialize};

/// Cycles of several browsers, in order. A cycle with a `hold` overlaps with the steps up to its release.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Script {
    /// What is done, in order.
    pub steps: Vec<Step>,
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
    /// The connection over which it comes, where one is opened for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub connection: Option<Connection>,
    /// Whether it goes to the other service, which is beside the one that is tested and has sessions of its own.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub beside: bool,
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

    /// Lets the cycle that was added last come over such a connection.
    #[must_use]
    pub fn over(mut self, connection: Connection) -> Self {
        if let Some(Step::Cycle(cycle) | Step::Start(cycle)) = self.steps.last_mut() {
            cycle.connection = Some(connection);
        }
        self
    }

    /// Sends the cycle that was added last to the service beside.
    #[must_use]
    pub fn beside(mut self) -> Self {
        if let Some(Step::Cycle(cycle) | Step::Start(cycle)) = self.steps.last_mut() {
            cycle.beside = true;
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

    /// The cycles, in the order in which they start.
    pub fn cycles(&self) -> impl Iterator<Item = &Cycle> {
        self.steps.iter().filter_map(|step| match step {
            Step::Cycle(cycle) | Step::Start(cycle) => Some(cycle),
            _ => None,
        })
    }

    /// The cycles, in the order in which they start, to be changed.
    pub(crate) fn cycles_mut(&mut self) -> impl Iterator<Item = &mut Cycle> {
        self.steps.iter_mut().filter_map(|step| match step {
            Step::Cycle(cycle) | Step::Start(cycle) => Some(cycle),
            _ => None,
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
        let ops = ops.into_iter().collect();
        Self { browser: browser.to_owned(), ops, node: None, connection: None, beside: false }
    }

    /// The gates at which the request is held, in the order in which it comes to them.
    pub(crate) fn gates(&self) -> Vec<&str> {
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
