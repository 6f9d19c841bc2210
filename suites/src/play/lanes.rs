//! How many requests may be at work at once: scripts are played side by side, and some of them alone.
//!
//! What was played beside others counts only where it shows nothing unusual. Everything else is played again alone, and
//! only that is judged, so that a report does not depend on how many scripts are played side by side.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::script::Script;

/// The room for requests in front of one service: for one at first, and for all once [`widen`](Self::widen) was called.
pub(crate) struct Lanes {
    asked: u32,
    open: Cell<u32>,
    /// Whether every script is played alone from now on.
    narrow: Cell<bool>,
    room: Arc<Semaphore>,
    /// The checks of which a script has failed beside others, and not when it was played alone.
    only_beside_others: RefCell<BTreeSet<String>>,
}

/// The room that a script takes while it is played.
pub(crate) struct Place<'a> {
    _permit: Option<SemaphorePermit<'a>>,
}

/// As [`Place`], for as long as its owner keeps it.
pub(crate) struct OwnedPlace {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Lanes {
    /// Room for so many requests at once, of which one is open.
    pub(crate) fn new(asked: u32) -> Self {
        Self {
            asked: asked.max(1),
            open: Cell::new(1),
            narrow: Cell::default(),
            room: Arc::new(Semaphore::new(1)),
            only_beside_others: RefCell::default(),
        }
    }

    /// Opens all the room, where browsers are seen to be apart from each other; how much there is more.
    pub(crate) fn widen(&self) -> usize {
        let more = usize::try_from(self.asked - self.open.replace(self.asked)).unwrap_or(0);
        self.room.add_permits(more);
        more
    }

    /// Whether there would be room for several requests.
    pub(crate) fn can_widen(&self) -> bool {
        self.asked > self.open.get()
    }

    /// How many requests there was room for, at most.
    pub(crate) fn jobs(&self) -> u32 {
        self.open.get()
    }

    /// How many scripts may be begun before the first of them has ended.
    pub(crate) fn width(&self) -> usize {
        if self.are_several() { usize::try_from(self.open.get()).unwrap_or(1) } else { 1 }
    }

    /// How many requests of one script may be sent together, where that counts only if nothing is found: whether browsers are
    /// apart need not be known for that.
    pub(crate) fn together(&self) -> usize {
        if self.narrow.get() { 1 } else { usize::try_from(self.asked).unwrap_or(1) }
    }

    /// Whether scripts are played side by side at all.
    pub(crate) fn are_several(&self) -> bool {
        self.open.get() > 1 && !self.narrow.get()
    }

    /// Room for this script beside others: for as many requests as it has at work at once.
    pub(crate) async fn beside_others(&self, script: &Script) -> Place<'_> {
        let requests = u32::try_from(script.most_at_once()).unwrap_or(u32::MAX);
        let open = self.open.get();
        self.take(if self.narrow.get() { open } else { requests.clamp(1, open) }).await
    }

    /// The service to itself.
    pub(crate) async fn alone(&self) -> Place<'_> {
        self.take(self.open.get()).await
    }

    /// The service to itself, until its owner gives it back.
    pub(crate) async fn alone_owned(&self) -> OwnedPlace {
        // Nobody closes the semaphore.
        OwnedPlace { _permit: Arc::clone(&self.room).acquire_many_owned(self.open.get()).await.ok() }
    }

    async fn take(&self, requests: u32) -> Place<'_> {
        // Nobody closes the semaphore.
        Place { _permit: self.room.acquire_many(requests).await.ok() }
    }

    /// Notes that a script of this check has failed beside others, and not alone. Others can disturb on this service, so
    /// that every script is played alone from now on.
    pub(crate) fn failed_only_beside_others(&self, check: &str) {
        self.narrow.set(true);
        self.only_beside_others.borrow_mut().insert(check.to_owned());
    }

    /// The checks of which a script has failed beside others, and not alone.
    pub(crate) fn only_beside_others(&self) -> Vec<String> {
        self.only_beside_others.borrow().iter().cloned().collect()
    }
}

impl Default for Lanes {
    /// One script after the other.
    fn default() -> Self {
        Self::new(1)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::script::ops::{get, hold};

    #[test]
    fn a_script_takes_as_much_room_as_it_has_requests_at_work() {
        let one = Script::new().cycle("ann", [get("a")]).cycle("bob", [get("a")]);
        assert_eq!(one.most_at_once(), 1);
        let held = Script::new().cycle("ann", [hold("gate")]).cycle("ann", [get("a")]).release("gate");
        assert_eq!(held.most_at_once(), 2);
        let together = Script::new().cycle("ann", [hold("gate")]).cycle("bob", [hold("gate")]);
        assert_eq!(together.start("ann", []).release("gate").cycle("ann", []).most_at_once(), 3);
        let twice = Script::new().cycle("ann", [hold("1"), hold("2")]).release("1").cycle("bob", []);
        assert_eq!(twice.release("2").cycle("bob", []).most_at_once(), 2);
    }

    #[tokio::test]
    async fn what_is_played_alone_waits_for_all_others() {
        let lanes = Lanes::new(3);
        assert_eq!((lanes.jobs(), lanes.widen(), lanes.jobs()), (1, 2, 3));
        let at_work = Cell::new(0);
        let most = Cell::new(0);
        let script = Script::new().cycle("ann", []);
        let beside = async || {
            let _place = lanes.beside_others(&script).await;
            at_work.set(at_work.get() + 1);
            most.set(most.get().max(at_work.get()));
            tokio::task::yield_now().await;
            at_work.set(at_work.get() - 1);
        };
        let alone = async || {
            let _place = lanes.alone().await;
            assert_eq!(at_work.get(), 0);
            tokio::task::yield_now().await;
            assert_eq!(at_work.get(), 0);
        };
        tokio::join!(beside(), beside(), alone(), beside(), beside(), beside(), beside(), alone(), beside());
        assert_eq!(most.get(), 3);
    }
}
