//! Planted bugs are found, and the script that is reported is the smallest there is.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use crate::planted::{Bug, Least, Planted};
use sessionspec::backend::{Backend, in_process};
use sessionspec::backend::{BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::report::{CheckReport, Failure};
use sessionspec::engine::search::ShrinkBounds;
use sessionspec::reference::Description;
use sessionspec::{Options, Report, Verdict};

const CHECK: &str = "minimum/persists";

async fn run(backend: Rc<dyn Backend>, options: Options) -> Report {
    let options = Options { only: Some(vec![CHECK.to_owned()]), cases: 1000, ..options };
    sessionspec::run(backend, options).await.expect("the backend answers")
}

fn failure_of(report: &Report) -> (&CheckReport, &Failure) {
    let [check] = report.checks.as_slice() else { panic!("one check was asked for") };
    assert_eq!(check.verdict, Verdict::Fail, "{:?} {:?}", check.because, check.evidence);
    let [failure] = check.failures.as_slice() else { panic!("a property reports one failure") };
    (check, failure)
}

fn size(failure: &Failure) -> Least {
    let script = &failure.scenario.as_ref().expect("a property fails on a script").script;
    Least { cycles: script.cycles().count(), operations: script.len() }
}

#[tokio::test]
async fn the_smallest_script_is_found_whatever_the_seed() {
    // Of two kinds of smallest scripts, the case that is found first decides (`cargo bench` counts them).
    let one_kind = Bug::STABLE.into_iter().filter(|bug| *bug != Bug::RegenerateForgets);
    for bug in one_kind {
        for seed in 0..5 {
            let backend = in_process(Planted::new(bug));
            let report = run(backend, Options { seed, ..Options::default() }).await;
            let (check, failure) = failure_of(&report);
            let shown = sessionspec::engine::report::failure_text(check, failure);
            assert_eq!(size(failure), bug.least(), "{bug:?}, seed {seed}\n{shown}");
            assert_eq!(failure.note, None, "{bug:?}, seed {seed}\n{shown}");
        }
    }
}

#[tokio::test]
async fn one_case_is_replayed_alone() {
    let bug = Bug::LoneDeleteLost;
    let whole = run(in_process(Planted::new(bug)), Options::default()).await;
    let (_, failure) = failure_of(&whole);
    let alone = Options { case: failure.case, ..Options::default() };
    let alone = run(in_process(Planted::new(bug)), alone).await;
    let (check, again) = failure_of(&alone);
    assert_eq!(again, failure);
    assert_eq!(check.evidence.scripts, 1);
}

#[tokio::test]
async fn an_unstable_failure_is_a_failure_with_its_rate() {
    let bug = Bug::FifthSaveLost;
    let report = run(in_process(Planted::new(bug)), Options::default()).await;
    let (_, failure) = failure_of(&report);
    let note = failure.note.as_deref().unwrap();
    assert!(note.starts_with("unstable: played again on fresh sessions, the script failed "), "{note}");
    assert!(note.ends_with(" times in 10"), "{note}");
}

#[tokio::test]
async fn the_bounds_of_shrinking_are_kept_and_reported() {
    let bug = Bug::LoneDeleteLost;
    let bounds = [
        (ShrinkBounds { runs: 1, ..ShrinkBounds::default() }, "made smaller in 1 runs"),
        (ShrinkBounds { time: Duration::ZERO, ..ShrinkBounds::default() }, "made smaller for 0 s"),
    ];
    for (shrink, expected) in bounds {
        let options = Options { shrink, ..Options::default() };
        let report = run(in_process(Planted::new(bug)), options).await;
        let (_, failure) = failure_of(&report);
        let note = failure.note.as_deref().unwrap();
        assert!(note.starts_with(expected) && note.ends_with("it may not be the smallest"), "{note}");
        assert!(size(failure).operations > bug.least().operations);
    }
}

/// A backend whose service goes away after so many cycles.
struct Mortal {
    inner: Rc<dyn Backend>,
    cycles_left: Cell<u32>,
}

impl Backend for Mortal {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.inner.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        match self.cycles_left.get().checked_sub(1) {
            Some(left) => {
                self.cycles_left.set(left);
                self.inner.cycle(request)
            }
            None => Box::pin(async { Err(BackendError::Unreachable("connection refused".to_owned())) }),
        }
    }
}

#[tokio::test]
async fn a_failure_is_reported_even_if_the_service_goes_away_while_it_is_made_smaller() {
    let bug = Bug::PopKeeps;
    // Counts the cycles up to the first failure: those of a run that may not shrink, less the confirmations.
    let mortal = |cycles_left| {
        let inner = in_process(Planted::new(bug));
        Rc::new(Mortal { inner, cycles_left: Cell::new(cycles_left) })
    };
    let counted = mortal(u32::MAX);
    let no_shrinking = ShrinkBounds { runs: 0, ..ShrinkBounds::default() };
    let options = Options { shrink: no_shrinking, ..Options::default() };
    run(Rc::clone(&counted) as Rc<dyn Backend>, options).await;
    let confirmations = 3;
    let until_failure = u32::MAX - counted.cycles_left.get() - confirmations;

    let report = run(mortal(until_failure), Options::default()).await;
    let (_, failure) = failure_of(&report);
    let note = failure.note.as_deref().unwrap();
    assert!(note.starts_with("the service was gone while the script was made smaller: "), "{note}");
}
