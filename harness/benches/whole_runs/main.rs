//! How long whole runs take where services take their time: `cargo bench -p sessionspec-cli --bench whole_runs`.
//!
//! A run waits, for answers and for lifetimes to end. So what is printed is set beside what the same requests cost that a bare
//! client sends, on the same service, in the same run.

#[path = "../http_door/bare.rs"]
mod bare;
mod first_failures;
mod late;

use std::rc::Rc;
use std::time::{Duration, Instant};

use sessionspec::backend::{Backend, in_process};
use sessionspec::engine::script::Script;
use sessionspec::engine::script::ops::{get, set};
use sessionspec::engine::search::ShrinkBounds;
use sessionspec::reference::Memory;
use sessionspec::{Options, Report};
use sessionspec_backends::find;
use sessionspec_cli::http::HttpBackend;
use tokio::runtime::Runtime;
use tokio::task::LocalSet;

use late::Late;

fn main() {
    // Without `--bench` this is a test run, in which nothing is to be measured.
    if std::env::args().any(|argument| argument == "--bench") {
        whole_run();
        planted_bug();
        first_failures::print();
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime needs nothing else")
}

/// Runs the suites on a service that is at `url`; the report, and the seconds.
fn run(url: &str, options: Options) -> (Report, f64) {
    LocalSet::new().block_on(&runtime(), async {
        let door = HttpBackend::new(url, None, false).await.expect("the URL is that of the probe");
        let backend: Rc<dyn Backend> = Rc::new(door);
        let began = Instant::now();
        let report = sessionspec::run(backend, options).await.expect("the service answers");
        (report, began.elapsed().as_secs_f64())
    })
}

/// All suites on a late service, and the same number of requests by a bare client with as many at work at once.
fn whole_run() {
    let service = Late::serve(|| in_process(Memory::default()));
    let (report, seconds) = run(&service.url, Options { jobs: None, ..Options::default() });
    let at_work = service.take();
    let requests = at_work.requests;
    let [one, many] = at_work.seconds();
    let jobs = report.this_run.as_ref().map_or(1, |run| run.jobs);
    let bare = bare_seconds(&service, requests, jobs);
    println!(
        "| whole run on the reference, each answer {} ms late | {seconds:.1} s for {requests} requests, {jobs} at once; a bare \
         client takes {bare:.1} s for as many |",
        late::LATE.as_millis(),
    );
    println!("| … of which one request was at work, or eight and more | {one:.1} s, {many:.1} s |");
}

/// Sends so many requests that write and read, so many at once; how long that takes.
fn bare_seconds(service: &Late, requests: usize, jobs: u32) -> f64 {
    let script = Script::new().cycle("ann", vec![set("key", 1)]).cycle("ann", vec![get("key")]);
    let jobs = usize::try_from(jobs).expect("it is a handful");
    LocalSet::new().block_on(&runtime(), async {
        let client = Rc::new(bare::Client::new(&service.url));
        let began = Instant::now();
        let senders: Vec<_> = (0..jobs)
            .map(|_| {
                let (client, script) = (Rc::clone(&client), bare::Requests::of(&script));
                tokio::task::spawn_local(async move {
                    for _ in 0..requests / jobs / script.cycles() {
                        client.send(&script).await;
                    }
                })
            })
            .collect();
        for sender in senders {
            sender.await.expect("it does not panic");
        }
        began.elapsed().as_secs_f64()
    })
}

/// A bug that only generated scripts show is made small by no more scripts than these.
const SCRIPTS: u32 = 60;

/// What it takes to find a bug that only generated scripts show, and to make its script small.
fn planted_bug() {
    let planted = "flawed/write-lost-after-get";
    let service = Late::serve(move || find(planted).expect("it is embedded").open());
    let only = Some(vec!["minimum/persists".to_owned()]);
    let shrink = ShrinkBounds { runs: SCRIPTS, ..ShrinkBounds::default() };
    let (report, seconds) = run(&service.url, Options { jobs: None, only, shrink, ..Options::default() });
    let check = &report.checks[0];
    let failure = check.failures.first().expect("the bug is found");
    assert_eq!(failure.note, None, "more scripts would make it smaller");
    let script = failure.scenario.as_ref().expect("it fails on a script");
    let of_check = report.this_run.as_ref().and_then(|run| run.checks.get(&check.id)).copied();
    println!(
        "| a write that is lost after a read, found by generated scripts, made small by {SCRIPTS} scripts at most, and played again, each \
         answer {} ms late | {} ms, after {:.1} s of survey; the smallest script has {} requests |",
        late::LATE.as_millis(),
        of_check.unwrap_or_default(),
        seconds - Duration::from_millis(of_check.unwrap_or_default()).as_secs_f64(),
        script.script.cycles().count(),
    );
}
