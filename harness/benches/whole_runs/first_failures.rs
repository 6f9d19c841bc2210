//! How soon it is known that a backend has a defect, and what a run of fewer cases does not see.

use std::cell::Cell;
use std::time::{Duration, Instant};

use sessionspec::engine::run::{Event, QUICK_CASES, run_until};
use sessionspec::{Options, Verdict};
use sessionspec_backends::{Embedded, Kind, registry};
use tokio::sync::Notify;

/// Between a quick run and a whole one.
const FEWER_CASES: u32 = 20;

/// Prints the time until the first check has failed, of all flawed backends, in-process; and how many runs of fewer cases catch.
pub(crate) fn print() {
    let mut flawed = registry();
    flawed.retain(|embedded| embedded.kind == Kind::Flawed);
    let failures = |cases: u32| -> Vec<(Duration, &str)> {
        let each = flawed.iter();
        each.filter_map(|embedded| Some((until_first_failure(embedded, cases)?, embedded.name))).collect()
    };
    let mut all = failures(Options::default().cases);
    let [quick, fewer] = [QUICK_CASES, FEWER_CASES].map(|cases| failures(cases).len());
    println!(
        "| flawed backends that a run catches with `--quick`, and with `--cases {FEWER_CASES}`, of {} | {quick}, {fewer} |",
        all.len()
    );
    all.sort_unstable();
    let at = |part: usize| all[(all.len() - 1) * part / 100].0.as_millis();
    let slowest = all.last().expect("there are flawed backends");
    println!(
        "| time to the first failure on {} flawed backends, in-process | median {} ms, 90 % within {} ms, slowest {} ms (`{}`) |",
        all.len(),
        at(50),
        at(90),
        slowest.0.as_millis(),
        slowest.1,
    );
}

/// The time until a check has failed; none where none of those fails that are always run.
fn until_first_failure(embedded: &'static Embedded, cases: u32) -> Option<Duration> {
    let first = Cell::new(None);
    let failed = Notify::new();
    // The clock stands still while something can go on, so that only work takes time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime needs nothing else");
    let began = Instant::now();
    let observe = |event: Event<'_>| {
        if let Event::Finished(check) = event
            && check.verdict == Verdict::Fail
            && first.get().is_none()
        {
            first.set(Some(began.elapsed()));
            failed.notify_one();
        }
    };
    let options = Options { cases, glue: embedded.glue(), ..Options::default() };
    let report = run_until(embedded.open(), options, observe, failed.notified());
    runtime.block_on(report).ok()?;
    first.get()
}
