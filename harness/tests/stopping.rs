//! A run can be stopped at any time, also on a backend that never waits for anything.

use sessionspec::backend::in_process;
use sessionspec::engine::run::{Event, run_until};
use sessionspec::reference::Memory;
use sessionspec::{Options, Verdict};
use tokio::sync::oneshot;

#[test]
fn a_stop_is_heard_in_the_middle_of_a_check() {
    let (stop, stopped) = oneshot::channel::<()>();
    let (begin, begun) = std::sync::mpsc::channel();
    // The stop comes from outside, when the thread of the run is busy with more cases than it could ever finish.
    let outside = std::thread::spawn(move || {
        begun.recv().unwrap();
        stop.send(()).unwrap();
    });
    let options = Options {
        cases: u32::MAX,
        only: Some(vec!["minimum/opens-empty".to_owned(), "minimum/persists".to_owned()]),
        ..Options::default()
    };
    let observe = |event: Event<'_>| match event {
        Event::Started(check) if check.id == "minimum/persists" => begin.send(()).unwrap(),
        _ => {}
    };
    let run = run_until(in_process(Memory::default()), options, observe, async { stopped.await.unwrap() });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let report = runtime.block_on(run).unwrap();
    outside.join().unwrap();
    let verdicts: Vec<Verdict> = report.checks.iter().map(|check| check.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Unverified]);
    assert_eq!(report.incomplete.as_deref(), Some("the run was stopped"));
}
