//! How far the checks go with time, in real seconds and in those of clocks.

/// The longest lifetime that is waited for in real time, in seconds.
pub(super) const LONGEST_WAIT: f64 = 10.0;

/// How many seconds the clock of the second node is ahead.
pub(super) const AHEAD: u32 = 300;
