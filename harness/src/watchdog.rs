//! Notices an embedded backend that blocks the thread.
//!
//! Everything local runs on one thread, timeouts included: a backend that blocks it (by waiting for a lock, for a
//! socket without async, for ever) would stop the clock that should end its cycle. So a second thread looks, at
//! intervals, whether the backend has given the first one back in the meantime. It counts, and does not measure: a
//! long run, a slow machine or a cycle that waits as it should never look like a blocked thread.

use std::future::poll_fn;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::script::Processes;
use sessionspec::reference::Description;

/// A thread that watches whether backends give their thread back. It ends when this is dropped.
pub struct Watchdog {
    shared: Arc<Shared>,
    _end: mpsc::Sender<()>,
}

#[derive(Default)]
struct Shared {
    /// Counts how often a backend was given the thread, and gave it back: odd while it has it.
    turns: AtomicU64,
    /// What is being done, in words.
    doing: Mutex<String>,
}

impl Watchdog {
    /// Calls `bark` once a backend has kept the thread for longer than `limit`, with what was being done.
    pub fn start(limit: Duration, bark: impl FnOnce(&str) + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let (end, ended) = mpsc::channel();
        let watched = Arc::clone(&shared);
        thread::spawn(move || {
            if watched.is_blocked(limit, &ended) {
                bark(&watched.doing.lock().unwrap_or_else(PoisonError::into_inner));
            }
        });
        Self { shared, _end: end }
    }

    /// Says what is being done from now on.
    pub fn doing(&self, what: &str) {
        what.clone_into(&mut self.shared.doing.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The same backend, watched.
    #[must_use]
    pub fn watch(&self, backend: Rc<dyn Backend>) -> Rc<dyn Backend> {
        Rc::new(Watched { backend, shared: Arc::clone(&self.shared) })
    }
}

impl Shared {
    /// Waits until a backend keeps the thread (true), or until nobody has to be watched any more (false).
    fn is_blocked(&self, limit: Duration, ended: &mpsc::Receiver<()>) -> bool {
        let mut last = 0;
        while ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            if self.same_turn_as(&mut last) {
                return true;
            }
        }
        false
    }

    /// Whether a backend has had the thread ever since the last look.
    fn same_turn_as(&self, last: &mut u64) -> bool {
        let before = std::mem::replace(last, self.turns.load(Ordering::Relaxed));
        *last == before && before % 2 == 1
    }
}

struct Watched {
    backend: Rc<dyn Backend>,
    shared: Arc<Shared>,
}

impl Watched {
    /// Counts each time that this future is given the thread and gives it back.
    fn count<'a, T: 'a>(&'a self, work: impl Future<Output = T> + 'a) -> LocalBoxFuture<'a, T> {
        let mut work = Box::pin(work);
        Box::pin(poll_fn(move |context| {
            let _turn = Turn::begin(&self.shared.turns);
            work.as_mut().poll(context)
        }))
    }
}

/// A backend has the thread, as long as this lives; also where it panics.
struct Turn<'a>(&'a AtomicU64);

impl<'a> Turn<'a> {
    fn begin(turns: &'a AtomicU64) -> Self {
        turns.fetch_add(1, Ordering::Relaxed);
        Self(turns)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Backend for Watched {
    fn inner(&self) -> Option<&dyn Backend> {
        Some(&*self.backend)
    }

    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.count(async { self.backend.describe().await })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        self.count(async { self.backend.cycle(request).await })
    }

    fn beside(&self) -> Option<Rc<dyn Backend>> {
        let backend = self.backend.beside()?;
        Some(Rc::new(Self { backend, shared: Arc::clone(&self.shared) }))
    }

    fn apart(&self, wanted: Processes) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(async move {
            let backend = self.backend.apart(wanted).await?;
            let shared = Arc::clone(&self.shared);
            Ok(Rc::new(Self { backend, shared }) as Rc<dyn Backend>)
        })
    }

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        Box::pin(async {
            let backend = self.backend.on_virtual_time().await?;
            let shared = Arc::clone(&self.shared);
            Some(Rc::new(Self { backend, shared }) as Rc<dyn Backend>)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_turn_that_spans_two_looks_is_blocked() {
        let (shared, mut last) = (Shared::default(), 0);
        let turn = || Turn::begin(&shared.turns);
        let mut look = || shared.same_turn_as(&mut last);
        assert!(!look() && !look(), "nobody has the thread");

        let first = turn();
        assert!(!look(), "it may have begun just now");
        drop(first);
        let second = turn();
        assert!(!look(), "this is another turn");
        assert!(look(), "this is the same one");

        drop(second);
        assert!(!look() && !look(), "a cycle that waits as it should has given the thread back");
    }
}
