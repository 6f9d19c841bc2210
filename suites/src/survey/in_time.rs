//! The survey's guard against time: what took longer than a session lives has shown nothing.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sessionspec_reference::Description;

/// How often a row is looked at that may have outlived its session.
const TIMES: usize = 2;

/// Looks at rows of the survey, and notes those that could not be told.
pub(super) struct InTime<'a> {
    description: &'a Description,
    untold: RefCell<BTreeSet<&'static str>>,
}

impl<'a> InTime<'a> {
    pub(super) fn new(description: &'a Description) -> Self {
        Self { description, untold: RefCell::default() }
    }

    /// What is seen while no session has ended of itself. What takes longer is looked at once more; where it takes longer
    /// again, the row is not told, and what was seen last stands in.
    pub(super) async fn look<T>(&self, row: &'static str, mut look: impl AsyncFnMut() -> T) -> T {
        let mut seen = timed(&mut look).await;
        for _ in 1..TIMES {
            if !self.is_too_late(seen.1) {
                return seen.0;
            }
            seen = timed(&mut look).await;
        }
        if self.is_too_late(seen.1) {
            self.untold.borrow_mut().insert(row);
        }
        seen.0
    }

    /// As [`look`](Self::look), with what is assumed where it could not be told.
    pub(super) async fn look_or<T>(&self, row: &'static str, unknown: T, look: impl AsyncFnMut() -> T) -> T {
        let seen = self.look(row, look).await;
        if self.untold.borrow().contains(row) { unknown } else { seen }
    }

    /// The rows that could not be told.
    pub(super) fn untold(self) -> BTreeSet<&'static str> {
        self.untold.into_inner()
    }

    fn is_too_late(&self, elapsed: Duration) -> bool {
        super::may_have_ended(self.description, elapsed)
    }
}

async fn timed<T>(look: &mut impl AsyncFnMut() -> T) -> (T, Duration) {
    let began = Instant::now();
    let seen = look().await;
    (seen, began.elapsed())
}
