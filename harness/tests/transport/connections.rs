//! Connections that are opened on purpose, and servers that have several processes behind one address, or that serve few
//! connections at a time.

use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use sessionspec::backend::Backend;
use sessionspec::engine::play::Transcript;
use sessionspec::engine::run::run_until;
use sessionspec::engine::script::ops::{get, set};
use sessionspec::engine::script::{Answer, Connection, Script};
use sessionspec::{Options, Verdict};
use sessionspec_cli::http::HttpBackend;

use crate::reuse::{ask, reference};
use crate::server::{Connection as Accepted, json, server};

const PATIENCE: Duration = Duration::from_secs(60);

/// Sends so many requests of one browser, each over a connection of its own; the first one writes.
async fn played(url: &str, requests: usize, how: Connection) -> Transcript {
    let backend: Rc<dyn Backend> = Rc::new(HttpBackend::new(url, None, false).await.unwrap());
    let written = Script::new().cycle("ann", [set("colour", "red")]).over(how);
    let script = (1..requests).fold(written, |script, _| script.cycle("ann", [get("colour")]).over(how));
    sessionspec::engine::play::play(&backend, &script, PATIENCE).await
}

/// What a run of the check comes to.
async fn judged(url: &str) -> Verdict {
    let backend: Rc<dyn Backend> = Rc::new(HttpBackend::new(url, None, false).await.unwrap());
    let only = Some(vec!["minimum/any-connection".to_owned()]);
    let options = Options { only, patience: PATIENCE, ..Options::default() };
    run_until(backend, options, |_| {}, std::future::pending()).await.unwrap().checks[0].verdict
}

/// Counts the connections that are open: what was the number of each when it came.
#[derive(Clone, Default)]
struct Open {
    now: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<usize>>>,
}

impl Open {
    fn one_more(&self) -> usize {
        let number = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.seen.lock().unwrap().push(number);
        number
    }

    fn one_less(&self) {
        self.now.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn new_connections_stay_open_until_their_script_ends() {
    let open = Open::default();
    let counted = open.clone();
    let (tell, ended) = std::sync::mpsc::channel();
    let tell = Mutex::new(tell);
    let url = server(move |connection| {
        counted.one_more();
        let mut requests = 0;
        while connection.request().is_some() {
            requests += 1;
            connection.send(&json(r#"{"results": [{"ok": null}]}"#));
        }
        tell.lock().unwrap().send(requests).unwrap();
    });
    played(&url, 5, Connection::New).await;
    assert_eq!(*open.seen.lock().unwrap(), [1, 2, 3, 4, 5]);
    // Each is closed, and was used once. What closes them runs while this waits.
    let requests = tokio::task::spawn_blocking(move || ended.iter().take(5).collect::<Vec<usize>>());
    assert_eq!(requests.await.unwrap(), [1; 5]);
}

/// A front that gives its connections to these servers in turn.
fn front(servers: Vec<SocketAddr>) -> String {
    let next = AtomicUsize::new(0);
    server(move |connection| {
        let server = servers[next.fetch_add(1, Ordering::SeqCst) % servers.len()];
        while let Some(request) = connection.request() {
            connection.send(&ask(server, &request));
        }
    })
}

#[tokio::test]
async fn two_processes_at_one_address_have_to_have_one_store() {
    assert_eq!(judged(&front(vec![reference(), reference()])).await, Verdict::Fail);
    let one = reference();
    assert_eq!(judged(&front(vec![one, one])).await, Verdict::Pass);
}

/// A server that takes the next connection once it has done with the one before, however long that one stays open.
fn one_at_a_time(behind: SocketAddr) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/probe", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut connection = Accepted::over(stream.unwrap());
            while let Some(request) = connection.request() {
                connection.send(&ask(behind, &request));
            }
        }
    });
    url
}

#[tokio::test]
async fn a_server_of_one_connection_at_a_time_gets_one_at_a_time() {
    let url = one_at_a_time(reference());
    for how in [Connection::New, Connection::Alone] {
        assert_eq!(read(&played(&url, 4, how).await), [Some(&Answer::Ok("red".into())); 3], "{how}");
    }
}

/// Those that wait begin together, and unlawful bytes have a connection of their own.
#[tokio::test]
async fn a_server_of_one_connection_at_a_time_is_judged() {
    let url = one_at_a_time(reference());
    let backend: Rc<dyn Backend> = Rc::new(HttpBackend::new(&url, None, false).await.unwrap());
    let checks = ["expiry/gone", "expiry/not-revived", "expiry/usable-afterwards", "forgery/unlawful-bytes"];
    let only = Some(checks.map(str::to_owned).to_vec());
    let options = Options { only, patience: Duration::from_secs(5), ..Options::default() };
    let report = run_until(backend, options, |_| {}, std::future::pending()).await.unwrap();
    let verdicts = report.checks.iter().map(|check| (check.id.as_str(), check.verdict));
    for (check, verdict) in verdicts {
        assert_eq!(verdict, Verdict::Pass, "{check}");
    }
    assert_eq!(report.checks.len(), checks.len());
}

/// What was read in each request but the first.
fn read(transcript: &Transcript) -> Vec<Option<&Answer>> {
    transcript.exchanges.iter().skip(1).map(|exchange| exchange.answer(0)).collect()
}

/// How a server turns connections away of which it has too many.
const TURNED_AWAY: [&[u8]; 2] =
    [b"", b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"];

#[tokio::test]
async fn a_server_that_turns_the_third_connection_away_is_asked_again_over_fewer() {
    for instead in TURNED_AWAY {
        let (open, behind) = (Open::default(), reference());
        let url = server(move |connection| {
            let is_one_too_many = open.one_more() > 2;
            while let Some(request) = connection.request() {
                let answer = if is_one_too_many { instead.to_vec() } else { ask(behind, &request) };
                connection.send(&answer);
                if is_one_too_many {
                    break;
                }
            }
            open.one_less();
        });
        let transcript = played(&url, 4, Connection::New).await;
        let how = String::from_utf8_lossy(instead);
        assert_eq!(read(&transcript), [Some(&Answer::Ok("red".into())); 3], "{how}");
    }
}
