//! A store that is broken by a command, and not for everything: on a full disk there is room where something was before, so that
//! one session is kept and another is lost.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::Cell;
use std::future::ready;
use std::rc::Rc;

use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture, in_process};
use sessionspec::engine::script::{Processes, StoreChange, StoreControl};
use sessionspec::reference::{Description, Memory};
use sessionspec::{CheckReport, Options, Verdict};

/// A service whose disk can be full. What is new is answered as done then, and some services keep nothing of it; what was there
/// can be replaced.
struct OnDisk {
    disk: Rc<dyn Backend>,
    /// Where that ends up which is kept nowhere.
    nowhere: Rc<dyn Backend>,
    is_full: Cell<bool>,
    loses: bool,
}

impl OnDisk {
    fn open(loses: bool) -> Rc<dyn Backend> {
        let [disk, nowhere] = [(); 2].map(|()| in_process(Memory::default()));
        Rc::new(Self { disk, nowhere, is_full: Cell::default(), loses })
    }
}

impl Backend for OnDisk {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.disk.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        let is_new = request.headers.all("Cookie").next().is_none();
        let is_lost = self.loses && self.is_full.get() && is_new;
        if is_lost { self.nowhere.cycle(request) } else { self.disk.cycle(request) }
    }

    fn apart(&self, _wanted: Processes) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(ready(Ok(Self::open(self.loses))))
    }

    fn store_control(&self) -> StoreControl {
        StoreControl { connections: false, command: true, flushes: false }
    }

    fn change_store(&self, change: StoreChange) -> LocalBoxFuture<'_, Result<(), String>> {
        self.is_full.set(matches!(change, StoreChange::Break(_)));
        Box::pin(ready(Ok(())))
    }
}

async fn judged(loses: bool) -> CheckReport {
    let only = Some(vec!["outage/answered-is-kept".to_owned()]);
    let report = sessionspec::run(OnDisk::open(loses), Options { only, ..Options::default() }).await.unwrap();
    report.checks[0].clone()
}

fn is_unseen(because: &str) -> bool {
    because.starts_with("nothing shows that the command of --break breaks the store")
}

#[tokio::test]
async fn what_was_lost_is_a_failure_although_another_session_was_kept() {
    let check = judged(true).await;
    let reasons: Vec<&str> = check.failures.iter().map(|failure| failure.reason.as_str()).collect();
    assert_eq!((check.verdict, reasons), (Verdict::Fail, vec!["new-session-lost"]), "{check:?}");
    // The others have shown nothing.
    assert!(check.unjudged.iter().any(|one| one.scenario == "change-lost"), "{check:?}");
    assert!(check.unjudged.iter().all(|one| is_unseen(&one.because)), "{check:?}");
}

#[tokio::test]
async fn where_nothing_is_lost_nothing_shows_that_the_store_was_broken() {
    let check = judged(false).await;
    assert_eq!(check.verdict, Verdict::Unverified);
    assert!(is_unseen(check.because.as_deref().unwrap()), "{check:?}");
}
