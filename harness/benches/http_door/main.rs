//! What the HTTP door costs beyond HTTP itself: `cargo bench -p sessionspec-cli`.
//!
//! The same scripts go to one probe in turn: played as a run plays them, and sent by a bare loop of reqwest's. The probe
//! is on a thread of its own, as a service under test would be; both sides have one thread, and as many connections.

mod bare;
#[path = "../../../suites/benches/search/ratio.rs"]
mod ratio;

use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use sessionspec::backend::{Backend, in_process};
use sessionspec::engine::play::Player;
use sessionspec::engine::script::Script;
use sessionspec::engine::search::{DeadSessions, Generator, Property, Shape, case_seed};
use sessionspec::engine::survey::Survey;
use sessionspec::reference::Memory;
use sessionspec_cli::http::HttpBackend;
use sessionspec_cli::probe::ProbeServer;
use tokio::runtime::Runtime;
use tokio::task::LocalSet;

/// How many connections both sides have, in turn.
const CONNECTIONS: [usize; 4] = [1, 4, 16, 64];

const PATIENCE: Duration = Duration::from_secs(10);

fn main() {
    // Without `--bench` this is a test run, in which nothing is to be measured.
    if std::env::args().any(|argument| argument == "--bench") {
        let url = serve();
        let scripts = scripts();
        for connections in CONNECTIONS {
            ratio::print(
                &format!("cycles over HTTP, against a bare loop with reqwest, connections: {connections}"),
                &mut play(&url, &scripts, connections),
                &mut send(&url, &scripts, connections),
            );
        }
    }
}

/// Serves the reference for as long as this process lives; its URL.
fn serve() -> String {
    let (url, served_at) = mpsc::channel();
    thread::spawn(move || {
        LocalSet::new().block_on(&runtime(), async {
            let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let bound = ProbeServer::bind(any_port, in_process(Memory::default())).await;
            let server = bound.expect("loopback has a free port");
            url.send(server.url().expect("it has a port")).expect("the main thread waits for it");
            server.serve().await.expect("it serves until the process ends");
        });
    });
    served_at.recv().expect("the probe is served")
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime needs nothing else")
}

/// As many scripts as there are connections at most: those of the umbrella that plays several cycles.
fn scripts() -> Vec<Script> {
    let survey = runtime().block_on(Survey::of(in_process(Memory::default()), PATIENCE));
    let property = Property { shape: Shape::SeveralCycles, dead_sessions: DeadSessions::Avoided };
    let generator = Generator::new(property, &survey.expect("the reference answers"));
    (0..64).map(|case| generator.script(case_seed(0, "bench", case))).collect()
}

fn cycles(scripts: &[Script]) -> usize {
    scripts.iter().map(|script| script.cycles().count()).sum()
}

/// Plays the scripts as a run does, so many at once; how many cycles.
fn play(url: &str, scripts: &[Script], connections: usize) -> impl FnMut() -> usize {
    let (runtime, tasks) = (runtime(), LocalSet::new());
    let door = tasks.block_on(&runtime, HttpBackend::new(url, None, false));
    let backend: Rc<dyn Backend> = Rc::new(door.expect("the URL is that of the probe"));
    let scripts: Rc<[Script]> = scripts.into();
    move || {
        let count = scripts.len();
        let (backend, own) = (Rc::clone(&backend), Rc::clone(&scripts));
        let played = side_by_side(connections, count, move |script| {
            let (backend, scripts) = (Rc::clone(&backend), Rc::clone(&own));
            async move {
                let transcript = Player::new(backend, PATIENCE).play(&scripts[script]).await;
                assert!(transcript.broken().is_none(), "a cycle that was not answered would not count");
            }
        });
        tasks.block_on(&runtime, played);
        cycles(&scripts)
    }
}

/// Sends the requests of the same scripts, so many at once, and does nothing with the answers; how many cycles.
fn send(url: &str, scripts: &[Script], connections: usize) -> impl FnMut() -> usize {
    let (runtime, tasks) = (runtime(), LocalSet::new());
    let client = Rc::new(bare::Client::new(url));
    let scripts: Rc<[bare::Requests]> = scripts.iter().map(bare::Requests::of).collect();
    move || {
        let count = scripts.len();
        let (client, own) = (Rc::clone(&client), Rc::clone(&scripts));
        let sent = side_by_side(connections, count, move |script| {
            let (client, scripts) = (Rc::clone(&client), Rc::clone(&own));
            async move { client.send(&scripts[script]).await }
        });
        tasks.block_on(&runtime, sent);
        scripts.iter().map(bare::Requests::cycles).sum()
    }
}

/// Does all of this, shared among so many tasks at once.
async fn side_by_side<Doing>(tasks: usize, count: usize, task: impl Fn(usize) -> Doing + Clone + 'static)
where
    Doing: Future<Output = ()> + 'static,
{
    let share = |first: usize| {
        let task = task.clone();
        async move {
            for number in (first..count).step_by(tasks) {
                task(number).await;
            }
        }
    };
    let all: Vec<_> = (0..tasks).map(|first| tokio::task::spawn_local(share(first))).collect();
    for task in all {
        task.await.expect("it does not panic");
    }
}
