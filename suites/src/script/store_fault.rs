//! How a store is taken away. What is wrong with the way to it has the words of Toxiproxy, which
//! <https://github.com/Shopify/toxiproxy> has made common.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is said where the way to the store is mended.
pub const MENDED: &str = "the store can be reached again";

/// What is said where the store is emptied.
pub const FLUSHED: &str = "the store is emptied: all its records are gone";

/// What is wrong with the connections between a backend and its store, or with the store itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreFault {
    /// Connections end, and new ones are refused.
    Down,
    /// Connections are reset, new ones as well.
    ResetPeer,
    /// Nothing comes through, and nothing ends.
    Timeout,
    /// Each answer comes so much later.
    Latency {
        /// How much, in milliseconds.
        milliseconds: u32,
    },
    /// A connection that the store has ended ends so much later.
    SlowClose {
        /// How much, in milliseconds.
        milliseconds: u32,
    },
    /// What is sent comes in pieces.
    Slicer {
        /// The length of a piece, in bytes.
        bytes: u32,
    },
    /// A connection ends once so much was sent to the store.
    LimitData {
        /// How much, in bytes.
        bytes: u32,
    },
    /// The command was run that breaks the store itself, for everybody: also where there are no connections to it.
    Command,
}

impl StoreFault {
    /// The longest delay, in milliseconds, so that no fault outlasts the patience of whoever plays it.
    pub const LONGEST_DELAY: u32 = 5_000;

    /// Whether all that is sent arrives, though late or in pieces: requests are then served as at any other time.
    #[must_use]
    pub fn lets_through(self) -> bool {
        matches!(self, Self::Latency { .. } | Self::SlowClose { .. } | Self::Slicer { .. })
    }

    /// Whether the connections that there are end, and none can be made.
    pub(crate) fn ends_connections(self) -> bool {
        matches!(self, Self::Down | Self::ResetPeer)
    }

    /// The delay that it brings, in milliseconds.
    #[must_use]
    pub fn delay(self) -> u32 {
        match self {
            Self::Latency { milliseconds } | Self::SlowClose { milliseconds } => milliseconds,
            _ => 0,
        }
    }
}

impl fmt::Display for StoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Down => f.write_str("the store is down: its connections end, and new ones are refused"),
            Self::ResetPeer => f.write_str("the connections to the store are reset"),
            Self::Timeout => f.write_str("the store is silent: nothing comes through, and nothing ends"),
            Self::Latency { milliseconds } => {
                write!(f, "the store is slow: its answers come {milliseconds} ms later")
            }
            Self::SlowClose { milliseconds } => {
                write!(f, "connections that the store ends are ended {milliseconds} ms later")
            }
            Self::Slicer { bytes } => {
                write!(f, "what the store is sent, and what it answers, comes in pieces of {bytes} bytes")
            }
            Self::LimitData { bytes } => {
                write!(f, "each connection to the store ends once {bytes} bytes were sent on it")
            }
            Self::Command => f.write_str("the command of --break has broken the store"),
        }
    }
}

/// What is done to the store, or to the way to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreChange {
    /// From now on this is wrong with the connections, or with the store.
    Break(StoreFault),
    /// The store and the connections are as they should be. What was held up is cut off.
    Mend,
    /// All records are gone.
    Flush,
}

/// What can be done to the store of a backend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreControl {
    /// The connections to it can be broken and mended, in each of the ways of a [`StoreFault`].
    pub connections: bool,
    /// There are commands that break and mend the store itself.
    pub command: bool,
    /// It can be emptied.
    pub flushes: bool,
}

impl StoreControl {
    /// Whether the store can be taken away for a while.
    #[must_use]
    pub fn breaks(self) -> bool {
        self.connections || self.command
    }

    /// How the store is taken away as a whole: by its command, where there is one.
    #[must_use]
    pub fn down(self) -> StoreFault {
        if self.command { StoreFault::Command } else { StoreFault::Down }
    }

    /// Whether nothing but its command takes it away.
    #[must_use]
    pub fn is_broken_by_a_command_alone(self) -> bool {
        self.command && !self.connections
    }
}
