//! The processes that a script has to itself, and what is said of them.

use std::fmt;

/// What is said of a node that is stopped.
#[must_use]
pub fn paused(node: usize) -> String {
    format!("node {node} is stopped where it is (STOP): it does nothing, and time passes")
}

/// What is said of a node that goes on.
#[must_use]
pub fn awake(node: usize) -> String {
    format!("node {node} goes on (CONT)")
}

/// The processes that a script has to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processes {
    /// How many nodes there are.
    pub nodes: usize,
    /// How many seconds the clock of the last of them is ahead.
    pub ahead: u32,
    /// Whether the script waits for sessions to end, so that they have to live as long as elsewhere. Otherwise they may live
    /// for longer, so that none ends before a script that takes its time.
    pub see_sessions_end: bool,
}

impl Processes {
    /// Whether it is one, by the clock of all others.
    #[must_use]
    pub fn is_one(self) -> bool {
        self.nodes == 1 && self.ahead == 0
    }
}

impl fmt::Display for Processes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} nodes that nobody else uses", self.nodes)?;
        match self.ahead {
            0 => Ok(()),
            ahead => write!(f, "; the clock of node {} is {ahead} s ahead", self.nodes),
        }
    }
}
