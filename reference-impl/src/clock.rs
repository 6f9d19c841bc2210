//! The time that a store reads. It can be moved by hand, so that expiry is judged without waiting.

use std::cell::Cell;
use std::time::{Duration, SystemTime};

/// Where a session interface reads the time.
pub trait Clock {
    /// The time now.
    fn now(&self) -> SystemTime;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A clock that stands still until it is moved.
///
/// ```
/// use sessionspec_reference::clock::{Clock, ManualClock};
/// use std::time::Duration;
///
/// let clock = ManualClock::default();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now().duration_since(before).unwrap().as_secs(), 60);
/// ```
#[derive(Debug)]
pub struct ManualClock(Cell<SystemTime>);

impl Default for ManualClock {
    /// Starts at the beginning of the year 2001, so that a date in a report is recognised as virtual.
    fn default() -> Self {
        Self(Cell::new(SystemTime::UNIX_EPOCH + Duration::from_secs(978_307_200)))
    }
}

impl ManualClock {
    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.0.set(self.0.get() + by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        self.0.get()
    }
}
