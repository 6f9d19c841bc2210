//! How long whole runs take where services take their time: `cargo bench -p sessionspec-cli --bench whole_runs`.
//!
//! A run waits, for answers and for lifetimes to end. So what is printed is set beside what the same requests cost that a bare
//! client sends, on the same service, in the same run.

#[path = "../http_door/bare.rs"]
mod bare;
mod first_failures;
mod late;

use std::rc::Rc;
use std::time::Instant;

use sessionspec::backend::{Backend, in_process};
use sessionspec::engine::script::Script;
use sessionspec::engine::script::ops::{get, set};
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
    let answers = service.answers();
    let jobs = report.this_run.as_ref().map_or(1, |run| run.jobs);
    let bare = bare_seconds(&service, answers, jobs);
    println!(
        "| whole run on the reference, each answer {} ms late | {seconds:.1} s for {answers} requests, {jobs} at once; a bare \
         client takes {bare:.1} s for as many |",
        late::LATE.as_millis(),
    );
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

/// What it takes to find a bug that only generated scripts show, and to make its script small.
fn planted_bug() {
    let planted = "flawed/write-lost-after-get";
    let service = Late::serve(move || find(planted).expect("it is embedded").open());
    let only = Some(vec!["minimum/persists".to_owned()]);
    let (report, seconds) = run(&service.url, Options { jobs: None, only, ..Options::default() });
    let check = &report.checks[0];
    let script =
        check.failures.first().and_then(|failure| failure.scenario.as_ref()).map(|found| &found.script);
    println!(
        "| a write that is lost after a read, found by generated scripts and made small, each answer {} ms late | {seconds:.1} s and {} \
         requests, the survey included; the smallest script has {} |",
        late::LATE.as_millis(),
        service.answers(),
        script.map_or(0, |script| script.cycles().count()),
    );
}
