//! The watchdog barks at a backend that blocks the thread.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc;
use std::time::Duration;

use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::reference::Description;
use sessionspec_cli::watchdog::Watchdog;

/// A backend whose cycles wait for a message as no asynchronous code may: the whole thread waits.
struct Blocking {
    message: RefCell<mpsc::Receiver<()>>,
}

impl Backend for Blocking {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async { Ok(Description::default()) })
    }

    fn cycle(&self, _: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async {
            self.message.borrow().recv().unwrap();
            Err(BackendError::CutOff("unblocked".to_owned()))
        })
    }
}

#[tokio::test]
async fn a_backend_that_blocks_the_thread_is_reported_with_what_was_being_done() {
    let (unblock, message) = mpsc::channel();
    let (report, reported) = mpsc::channel();
    // What it does about it is what ends the wait: without a bark this test would never end.
    let watchdog = Watchdog::start(Duration::from_millis(20), move |doing| {
        report.send(doing.to_owned()).unwrap();
        unblock.send(()).unwrap();
    });
    watchdog.doing("minimum/persists");
    let backend = watchdog.watch(Rc::new(Blocking { message: RefCell::new(message) }));
    let cycle = backend.cycle(CycleRequest::default()).await;
    assert_eq!(cycle, Err(BackendError::CutOff("unblocked".to_owned())));
    assert_eq!(reported.recv().unwrap(), "minimum/persists");
}
