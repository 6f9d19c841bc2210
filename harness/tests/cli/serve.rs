//! `serve`: a probe that answers on this machine alone.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::support::{complaint, sessionspec};

#[test]
fn starts_only_where_that_is_permitted() {
    let output = sessionspec("serve").env_remove("SESSIONSPEC_PROBE").output().unwrap();
    assert_snapshot!(complaint(&output), @"
    sessionspec: a probe lets anybody change sessions, so that it starts only with SESSIONSPEC_PROBE=1
    exit 2
    ");
}

#[test]
fn refuses_pages_and_strange_names() {
    let mut served = sessionspec("serve --origin https://app.test").stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(served.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let address = url.trim().trim_start_matches("http://").trim_end_matches("/probe");
    let status = |fields: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "POST /probe HTTP/1.1\r\n{fields}Content-Length: 10\r\nConnection: close\r\n\r\n{{\"ops\":[]}}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer[9..12].to_owned()
    };
    let (here, json) = (format!("Host: {address}\r\n"), "Content-Type: application/json\r\n");
    let statuses = [
        status(&format!("{here}{json}")),
        status(&format!("Host: app.test\r\n{json}")),
        status(&format!("Host: evil.example\r\n{json}")),
        status(&format!("{here}{json}Origin: http://evil.example\r\n")),
        status(&format!("{here}Content-Type: text/plain\r\n")),
    ];
    served.kill().unwrap();
    served.wait().unwrap();
    assert_eq!(statuses, ["200", "200", "421", "403", "415"]);
}

#[test]
fn says_where_others_can_reach_it() {
    let mut served =
        sessionspec("serve --addr 0.0.0.0:0").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut warning = String::new();
    BufReader::new(served.stderr.take().unwrap()).read_line(&mut warning).unwrap();
    served.kill().unwrap();
    served.wait().unwrap();
    assert_eq!(
        warning,
        "sessionspec: 0.0.0.0:0 is not on this machine alone: whoever reaches it can use the probe\n"
    );
}
