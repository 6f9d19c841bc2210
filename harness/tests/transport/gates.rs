//! Gates are opened by the service that was told of them, and by nobody who guesses.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;

use sessionspec::backend::{Backend, CycleRequest, Gate};
use sessionspec::engine::script::Operation;
use sessionspec_cli::http::HttpBackend;

use crate::server::{json, server};

#[tokio::test]
async fn the_url_of_a_gate_has_a_part_that_nobody_guesses() {
    let (tell, told) = mpsc::channel();
    let url = server(move |connection| {
        let request = String::from_utf8(connection.request().unwrap()).unwrap();
        let url = request.split('"').find(|part| part.starts_with("http://")).unwrap().to_owned();
        let (authority, path) = url["http://".len()..].split_once('/').unwrap();
        let parts: Vec<&str> = path.split('/').collect();
        assert_eq!((parts.len(), parts[0], parts[1].len()), (3, "hold", 32), "{path}");
        for guess in [format!("hold/{}", parts[2]), format!("hold/{}/{}", "0".repeat(32), parts[2])] {
            assert_eq!(status(authority, &guess), "404");
        }
        tell.send(status(authority, path)).unwrap();
        connection.send(&json(r#"{"results": [{"ok": null}]}"#));
    });
    let backend = HttpBackend::new(&url, None, false).await.unwrap();
    let gate = Gate::default();
    gate.open();
    let request = CycleRequest {
        ops: vec![Operation::Hold { gate: "gate".to_owned() }].into(),
        gates: [("gate".to_owned(), gate)].into(),
        ..CycleRequest::default()
    };
    backend.cycle(request).await.unwrap();
    assert_eq!(told.recv().unwrap(), "200");
}

fn status(authority: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(authority).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer[9..12].to_owned()
}
