//! Services that cannot be judged: one line says what is wrong and what to do, and the exit code is 3.

use std::net::TcpListener;

use insta::assert_snapshot;

use crate::support::{Answer, Service, complaint, sessionspec};

/// What `run` says about a service that cannot be judged.
fn refusal(service: &Service) -> String {
    complaint(&sessionspec("run --timeout 10").arg(service.url()).output().unwrap())
}

/// What `run` says about a service of which every response is this.
fn refusal_of(response: &str) -> String {
    refusal(&Service::answering(response.as_bytes()))
}

/// What `run` says about a service that answers its cycles with this JSON.
fn refusal_of_cycles_with(json: &'static str) -> String {
    refusal(&Service::new(move |request| match &request.ops {
        Some(_) => Answer::json(json),
        None => Answer::Good,
    }))
}

#[test]
fn down() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/probe", listener.local_addr().unwrap());
    drop(listener);
    assert_snapshot!(complaint(&sessionspec("run").arg(url).output().unwrap()), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; asking what it is: the service cannot be reached: Connection refused (os error [n]); start the service, or let --launch start it
    exit 3
    ");
}

#[test]
fn never_answers() {
    let service = Service::new(|_| Answer::Silence);
    let output = sessionspec("run --timeout 0.2").arg(service.url()).output().unwrap();
    assert_snapshot!(complaint(&output), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; asking what it is: no answer within 0.2 s; if it is only slow, allow more with --timeout
    exit 3
    ");
}

#[test]
fn describes_itself_and_then_never_answers() {
    let service = Service::new(|request| match request.ops {
        Some(_) => Answer::Silence,
        None => Answer::json(r#"{"protocol": 1}"#),
    });
    let output = sessionspec("run --timeout 0.2").arg(service.url()).output().unwrap();
    assert_snapshot!(complaint(&output), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; an empty cycle: no answer within 0.2 s; if it is only slow, allow more with --timeout
    exit 3
    ");
}

#[test]
fn serves_html() {
    assert_snapshot!(refusal_of("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<!doctype html>\n<h1>Welcome!</h1>\n"), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; asking what it is: this is no probe: its answer is no JSON (expected value at line 1 column 1): a page: Welcome!; look closer with `sessionspec doctor`
    exit 3
    ");
}

#[test]
fn serves_other_json() {
    assert_snapshot!(refusal_of("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"hello\": \"world\"}"), @r#"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; asking what it is: this is no probe: GET answered without `protocol`: {"hello": "world"}; look closer with `sessionspec doctor`
    exit 3
    "#);
}

#[test]
fn speaks_another_protocol() {
    assert_snapshot!(refusal_of("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"protocol\": 2}"), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; asking what it is: this is no probe: it speaks protocol 2, and this harness speaks protocol 1; look closer with `sessionspec doctor`
    exit 3
    ");
}

#[test]
fn says_what_cannot_be() {
    for (field, value) in [
        ("lifetime_seconds", "-1"),
        ("lifetime_seconds", "\"3\""),
        ("browser_lifetime_seconds", "1e300"),
        ("lifetime_grace_seconds", "null"),
        ("lifetime_grace_seconds", "2"),
    ] {
        let response = format!("{{\"protocol\": 1, \"lifetime_seconds\": 1, \"{field}\": {value}}}");
        let service = Service::new(move |request| match request.ops {
            Some(_) => Answer::Good,
            None => Answer::json(&response),
        });
        let refused = refusal(&service);
        assert!(refused.contains(&format!("`{field}` is {value}, and has to be ")), "{refused}");
        assert!(refused.contains(field) && refused.ends_with("exit 3"), "{refused}");
        let doctor = sessionspec("doctor").arg(service.url()).output().unwrap();
        let told = String::from_utf8(doctor.stdout).unwrap();
        assert!(told.contains(&format!("`{field}` is ")), "{told}");
        assert_eq!(doctor.status.code(), Some(1));
    }
}

#[test]
fn makes_an_unknown_claim() {
    assert_snapshot!(refusal_of("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"protocol\": 1, \"declares\": {\"new\": \"maybe\"}}"), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; asking what it is: this is no probe: its description is malformed: unknown variant `maybe`, expected `real` or `constant`; look closer with `sessionspec doctor`
    exit 3
    ");
}

#[test]
fn does_not_know_the_path() {
    assert_snapshot!(refusal_of("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\nno such page"), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; asking what it is: this is no probe: GET answered 404: no such page; look closer with `sessionspec doctor`
    exit 3
    ");
}

#[test]
fn redirects() {
    assert_snapshot!(refusal_of("HTTP/1.1 302 Found\r\nLocation: /login\r\nConnection: close\r\n\r\n"), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; asking what it is: this is no probe: it redirects to /login (status 302), which is not followed; GET answered 302: (nothing); look closer with `sessionspec doctor`
    exit 3
    ");
}

#[test]
fn answers_garbage() {
    assert_snapshot!(refusal_of("\x16\x03\x01 this is not what you are looking for\n"), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; asking what it is: this is no probe: its answer is no HTTP: invalid HTTP version parsed; look closer with `sessionspec doctor`
    exit 3
    ");
}

#[test]
fn hangs_up_without_a_word() {
    assert_snapshot!(refusal_of(""), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; asking what it is: the connection ended without an answer; look at what the service logged
    exit 3
    ");
}

#[test]
fn always_fails() {
    assert_snapshot!(refusal_of("HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\n\r\n<h1>Oh no</h1>"), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; asking what it is: the service failed the request: GET answered 500: a page: Oh no; look at what the service logged
    exit 3
    ");
}

#[test]
fn answers_half_a_body() {
    assert_snapshot!(refusal_of("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"protocol\":"), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; asking what it is: the service cut the response off: end of file before message length reached; look at what the service logged
    exit 3
    ");
}

#[test]
fn answers_without_end() {
    let service =
        Service::new(|_| Answer::Endless(b"HTTP/1.1 200 OK\r\n\r\n[".to_vec(), vec![b' '; 64 * 1024]));
    assert_snapshot!(refusal(&service), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; asking what it is: this is no probe: its answer is longer than 16777216 bytes; look closer with `sessionspec doctor`
    exit 3
    ");
}

#[test]
fn fails_its_first_cycle() {
    let service = Service::new(|request| match &request.ops {
        Some(ops) if !ops.is_empty() => {
            Answer::response("500 Internal Server Error", "text/plain", "no database")
        }
        _ => Answer::Good,
    });
    assert_snapshot!(refusal(&service), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; a cycle that sets an item: it answered 500: no database; look at what the service logged
    exit 3
    ");
}

#[test]
fn answers_cycles_with_html() {
    let service = Service::new(|request| match request.ops {
        Some(_) => Answer::response("200 OK", "text/html", "<h1>Welcome!</h1>"),
        None => Answer::Good,
    });
    assert_snapshot!(refusal(&service), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; an empty cycle: this is no probe: its answer is no JSON (expected value at line 1 column 1): a page: Welcome!; look closer with `sessionspec doctor`
    exit 3
    ");
}

#[test]
fn answers_cycles_without_results() {
    assert_snapshot!(refusal_of_cycles_with(r#"{"ok": true}"#), @r#"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; an empty cycle: this is no probe: its answer has no list `results`: {"ok": true}; look closer with `sessionspec doctor`
    exit 3
    "#);
}

#[test]
fn gives_too_many_results() {
    assert_snapshot!(refusal_of_cycles_with(r#"{"results": [{"ok": 1}, {"ok": 2}]}"#), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; an empty cycle: this is no probe: it gave 2 results for 0 operations; look closer with `sessionspec doctor`
    exit 3
    ");
}

#[test]
fn gives_too_few_results() {
    let service = Service::new(|request| match &request.ops {
        Some(ops) if !ops.is_empty() => Answer::json(r#"{"results": []}"#),
        _ => Answer::Good,
    });
    assert_snapshot!(refusal(&service), @"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; a cycle that sets an item: this is no probe: it gave 0 results for 1 operations; look closer with `sessionspec doctor`
    exit 3
    ");
}

#[test]
fn gives_results_of_an_unknown_shape() {
    let service = Service::new(|request| match &request.ops {
        Some(ops) if !ops.is_empty() => Answer::json(r#"{"results": ["red"]}"#),
        _ => Answer::Good,
    });
    assert_snapshot!(refusal(&service), @r#"
    sessionspec: nothing could be judged at http://127.0.0.1:[n]/probe; a cycle that sets an item: this is no probe: this is no result of an operation: "red"; look closer with `sessionspec doctor`
    exit 3
    "#);
}
