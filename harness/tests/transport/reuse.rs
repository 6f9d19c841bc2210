//! Connections that are used again, and servers that close them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use sessionspec::backend::{Backend, BackendError, Body, CycleRequest, in_process};
use sessionspec::engine::run::run_until;
use sessionspec::engine::script::Operation;
use sessionspec::reference::Memory;
use sessionspec::{Level, LevelVerdict, Options};
use sessionspec_cli::http::HttpBackend;
use sessionspec_cli::probe::ProbeServer;

use crate::server::{json, server};

#[tokio::test]
async fn a_connection_is_used_again_and_where_that_is_lost_nothing_is_sent_twice() {
    let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (made, asked) = (Arc::clone(&connections), Arc::clone(&requests));
    // The third request on a connection is read, and then the connection ends.
    let url = server(move |connection| {
        made.fetch_add(1, Ordering::SeqCst);
        for _ in 0..2 {
            if connection.request().is_none() {
                return;
            }
            asked.fetch_add(1, Ordering::SeqCst);
            connection.send(&json(r#"{"results": []}"#));
        }
        if connection.request().is_some() {
            asked.fetch_add(1, Ordering::SeqCst);
        }
    });
    let backend = HttpBackend::new(&url, None, false).await.unwrap();
    let seen = || (connections.load(Ordering::SeqCst), requests.load(Ordering::SeqCst));
    for _ in 0..2 {
        backend.cycle(CycleRequest::default()).await.unwrap();
    }
    assert_eq!((seen(), backend.lost_connections()), ((1, 2), 0));
    assert_eq!(backend.cycle(CycleRequest::default()).await, Err(BackendError::ConnectionLost));
    assert_eq!((seen(), backend.lost_connections()), ((1, 3), 1));
    // From now on, each request has a connection of its own.
    for sent in 1..=3 {
        backend.cycle(CycleRequest::default()).await.unwrap();
        assert_eq!(seen(), (1 + sent, 3 + sent));
    }
}

/// A server may close its connections after an answer that is no success, also after the first one.
#[tokio::test]
async fn a_connection_that_brought_no_success_is_not_used_again() {
    for status in ["302 Found", "404 Not Found", "500 Oh"] {
        let requests = Arc::new(AtomicUsize::new(0));
        let url = server(move |connection| {
            let Some(_) = connection.request() else { return };
            if requests.fetch_add(1, Ordering::SeqCst) > 0 {
                return connection.send(&json(r#"{"results": []}"#));
            }
            connection.send(format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno").as_bytes());
            // The next request on this connection gets no answer.
            drop(connection.request());
        });
        let backend = HttpBackend::new(&url, None, false).await.unwrap();
        drop(backend.cycle(CycleRequest::default()).await);
        assert!(backend.cycle(CycleRequest::default()).await.is_ok(), "{status}");
        assert_eq!(backend.lost_connections(), 0, "{status}");
    }
}

/// A server that says it closes the connection, or speaks HTTP/1.0 and says nothing of keeping it, has not dropped a request that
/// comes over the next one.
#[tokio::test]
async fn a_connection_is_used_again_only_where_the_server_keeps_it() {
    let lost = BackendError::ConnectionLost;
    for (version, said, then) in [
        ("HTTP/1.1", "", lost.clone()),
        ("HTTP/1.1", "Connection: TE\r\n", lost.clone()),
        ("HTTP/1.1", "Connection: close\r\n", BackendError::Dropped),
        ("HTTP/1.1", "Connection: TE, Close\r\n", BackendError::Dropped),
        ("HTTP/1.1", "Connection: TE\r\nConnection: close,TE\r\n", BackendError::Dropped),
        ("HTTP/1.0", "", BackendError::Dropped),
        ("HTTP/1.0", "Connection: TE, Keep-Alive\r\n", lost),
    ] {
        let requests = Arc::new(AtomicUsize::new(0));
        // The first request is answered, and the second one is not, whichever connection it comes over.
        let url = server(move |connection| {
            while connection.request().is_some() && requests.fetch_add(1, Ordering::SeqCst) == 0 {
                let (length, body) = (15, r#"{"results": []}"#);
                let head = format!("{version} 200 OK\r\n{said}Content-Length: {length}\r\n\r\n");
                connection.send(&[head.as_bytes(), body.as_bytes()].concat());
            }
        });
        let backend = HttpBackend::new(&url, None, false).await.unwrap();
        backend.cycle(CycleRequest::default()).await.unwrap();
        assert_eq!(backend.cycle(CycleRequest::default()).await, Err(then), "{version} {said}");
    }
}

/// What comes after the head of a 204 is no answer to the next request, however much it looks like one.
#[tokio::test]
async fn what_is_sent_after_a_response_without_a_body_answers_nothing() {
    for status in ["204 No Content", "304 Not Modified"] {
        let url = server(move |connection| {
            while let Some(request) = connection.request() {
                if !String::from_utf8_lossy(&request).contains("respond") {
                    connection.send(&json(r#"{"results": []}"#));
                    continue;
                }
                let stray = json(r#"{"results": [], "save_error": "that of another request"}"#);
                let head = format!("HTTP/1.1 {status}\r\n\r\n");
                connection.send(&[head.as_bytes(), &stray, &stray].concat());
            }
        });
        let backend = HttpBackend::new(&url, None, false).await.unwrap();
        let without_body = status[..3].parse().unwrap();
        for _ in 0..2 {
            backend.cycle(CycleRequest::default()).await.unwrap();
            let ops = vec![Operation::Respond { status: without_body }].into();
            let ended = backend.cycle(CycleRequest { ops, ..CycleRequest::default() }).await.unwrap();
            assert_eq!((ended.status, ended.body), (without_body, Body::Other(String::new())));
            let next = backend.cycle(CycleRequest::default()).await.unwrap();
            assert_eq!(next.body, Body::Answers { results: Vec::new(), save_error: None }, "{status}");
        }
        assert_eq!(backend.lost_connections(), 0, "{status}");
    }
}

/// As net/http of Go does after a panic.
#[tokio::test]
async fn a_connection_that_ends_with_an_exception_is_no_lost_one() {
    let url = server(|connection| {
        while let Some(request) = connection.request() {
            if String::from_utf8_lossy(&request).contains("raise") {
                return;
            }
            connection.send(&json(r#"{"results": []}"#));
        }
    });
    let backend = HttpBackend::new(&url, None, false).await.unwrap();
    let raising = || CycleRequest { ops: vec![Operation::Raise].into(), ..CycleRequest::default() };
    for _ in 0..2 {
        backend.cycle(CycleRequest::default()).await.unwrap();
        assert_eq!(backend.cycle(raising()).await, Err(BackendError::Dropped));
        backend.cycle(CycleRequest::default()).await.unwrap();
    }
    assert_eq!(backend.lost_connections(), 0);
}

#[tokio::test]
async fn a_server_that_says_farewell_on_an_idle_connection_has_refused_nothing() {
    let url = server(|connection| {
        while connection.request().is_some() {
            connection.send(&json(r#"{"results": []}"#));
            if connection.request().is_some() {
                let farewell =
                    "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
                return connection.send(farewell.as_bytes());
            }
        }
    });
    let backend = HttpBackend::new(&url, None, false).await.unwrap();
    backend.cycle(CycleRequest::default()).await.unwrap();
    assert_eq!(backend.cycle(CycleRequest::default()).await, Err(BackendError::ConnectionLost));
}

/// Runs a few checks against the reference behind a server that closes each connection when so many requests came over
/// it, the last of them without an answer.
async fn run_behind_a_server_that_closes_after(requests: usize) -> sessionspec::Report {
    let reference = reference();
    let url = server(move |connection| {
        for number in 1.. {
            let Some(request) = connection.request() else { return };
            if number > 1 && number == requests {
                return;
            }
            connection.send(&ask(reference, &request));
        }
    });
    let backend: Rc<dyn Backend> = Rc::new(HttpBackend::new(&url, None, false).await.unwrap());
    let checks =
        ["minimum/opens-empty", "minimum/each-mutator-persists", "minimum/persists", "fault/consistent"];
    let options = Options {
        cases: 20,
        only: Some(checks.map(str::to_owned).to_vec()),
        patience: Duration::from_secs(60),
        ..Options::default()
    };
    run_until(backend, options, |_| {}, std::future::pending()).await.unwrap()
}

#[tokio::test]
async fn a_run_is_not_disturbed_by_a_server_that_closes_connections_after_its_answer() {
    let mut undisturbed = run_behind_a_server_that_closes_after(usize::MAX).await;
    assert_eq!(undisturbed.verdict(Level::Minimum), Some(LevelVerdict::Conforms));
    assert!(!undisturbed.this_run.as_ref().unwrap().closes_connections);
    // In the preflight, in the survey, and in one of the checks.
    for requests in [2, 20, 80] {
        let mut disturbed = run_behind_a_server_that_closes_after(requests).await;
        assert!(disturbed.this_run.as_ref().unwrap().closes_connections, "{requests}");
        (disturbed.this_run, undisturbed.this_run) = (None, None);
        assert_eq!(disturbed, undisturbed, "{requests}");
    }
}

/// Sends a request on and reads the whole response.
pub(crate) fn ask(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = request.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    stream.write_all(&[&request[..head], b"Connection: close\r\n", &request[head..]].concat()).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    // The connection to the harness stays open all the same.
    let text = b"connection: close\r\n";
    let place = response.windows(text.len()).position(|bytes| bytes.eq_ignore_ascii_case(text));
    if let Some(place) = place {
        response.drain(place..place + text.len());
    }
    response
}

/// Serves the reference on a thread of its own.
pub(crate) fn reference() -> SocketAddr {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tokio::task::LocalSet::new().block_on(&runtime, async {
            let any_port = "127.0.0.1:0".parse().unwrap();
            let server = ProbeServer::bind(any_port, in_process(Memory::default())).await.unwrap();
            tell.send(server.url().unwrap()).unwrap();
            server.serve().await.unwrap();
        });
    });
    let url = told.recv().unwrap();
    url.trim_start_matches("http://").trim_end_matches("/probe").parse().unwrap()
}
