//! Services that are no probe from the first byte on: what listens there is told, and nothing is judged.

use crate::service::{Answer, Request};
use crate::table::{CONFORMS, NOT_VERIFIED, hold, row, sends};

#[test]
fn what_listens_there_is_something_else() {
    let refused = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    hold(vec![
        sends("hangs up without a word", "", &["the connection ended without an answer"]),
        sends("alerts as TLS does", b"\x15\x03\x01\x00\x02\x02\x28".to_vec(), &["its answer is no HTTP"]),
        sends(
            "greets as TLS does",
            b"\x16\x03\x03\x00\x31\x02\x00\x00\x2d\x03\x03".to_vec(),
            &["its answer is no HTTP"],
        ),
        sends(
            "speaks HTTP/2",
            b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03".to_vec(),
            &["its answer is no HTTP"],
        ),
        sends("speaks HTTP/0.9", "<html>hello</html>", &["its answer is no HTTP"]),
        sends("greets as SSH does", "SSH-2.0-OpenSSH_9.6\r\n", &["its answer is no HTTP"]),
        sends("greets as mail does", "220 mail.test ESMTP\r\n", &["its answer is no HTTP"]),
        sends("is a store", "-ERR unknown command 'GET'\r\n", &["its answer is no HTTP"]),
        sends("sends a version that there is not", "HTTP/7.3 200 OK\r\n\r\n", &["its answer is no HTTP"]),
        sends("has a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", &["its answer is no HTTP"]),
        sends(
            "answers with a page",
            format!("{refused}<!doctype html><title>Welcome</title>"),
            &["the page \"Welcome\""],
        ),
        sends("answers nothing at all", refused, &["its answer is no JSON", "(nothing)"]),
        sends(
            "redirects to itself",
            "HTTP/1.1 302 Found\r\nLocation: /probe\r\nConnection: close\r\n\r\n",
            &["GET answered 302"],
        ),
        sends(
            "redirects for good",
            "HTTP/1.1 308 x\r\nLocation: https://app.test/\r\nContent-Length: 0\r\n\r\n",
            &["GET answered 308"],
        ),
        sends("has no content", "HTTP/1.1 204 No Content\r\n\r\n", &["GET answered 204"]),
        sends("says that nothing has changed", "HTTP/1.1 304 Not Modified\r\n\r\n", &["GET answered 304"]),
        sends(
            "does not know the path",
            "HTTP/1.1 404 x\r\nContent-Length: 2\r\n\r\nno",
            &["GET answered 404: no"],
        ),
        sends(
            "wants a password",
            "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 6\r\n\r\nlog in",
            &["GET answered 401: log in"],
        ),
        sends(
            "is in maintenance",
            "HTTP/1.1 503 x\r\nRetry-After: 3600\r\nContent-Length: 4\r\n\r\nlook",
            &["GET answered 503: look"],
        ),
        sends(
            "is a gateway without a service",
            "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
            &["GET answered 502"],
        ),
        sends(
            "upgrades to something else",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            &["nothing could be judged"],
        ),
    ]);
}

/// The password of Basic authentication, and what it comes to in a header field.
const USER: (&str, &str) = ("ann:open-sesame", "authorization: basic yw5uom9wzw4tc2vzyw1l");

#[test]
fn a_password_that_is_right_opens_the_service() {
    let guarded = |request: &Request| match request.text().to_ascii_lowercase().contains(USER.1) {
        true => Answer::Good,
        false => Answer::response("401 x", "text/plain", "log in"),
    };
    let run = "--check minimum/opens-empty --check minimum/each-mutator-persists";
    hold(vec![
        row("is opened by a password", guarded, run, CONFORMS, &["2 pass", "minimum: conforms"])
            .with_user(USER.0),
        row("is not opened by another one", guarded, run, NOT_VERIFIED, &["GET answered 401: log in"])
            .with_user("ann:open-barley"),
    ]);
}

#[test]
fn nobody_waits_for_ever() {
    hold(vec![
        row(
            "is silent",
            |_| Answer::Silence,
            "--timeout 0.3",
            NOT_VERIFIED,
            &["no answer within 0.3 s", "--timeout"],
        ),
        row(
            "sends a byte from time to time",
            |_| Answer::Dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n[".to_vec(), b' '),
            "--timeout 0.5",
            NOT_VERIFIED,
            &["no answer within 0.5 s", "--timeout"],
        ),
        row(
            "sends interim answers for ever",
            |_| Answer::Endless(Vec::new(), b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
            "--timeout 0.5",
            NOT_VERIFIED,
            &["nothing could be judged"],
        ),
        row(
            "sends fields for ever",
            |_| Answer::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-Field: and another\r\n".to_vec()),
            "--timeout 5",
            NOT_VERIFIED,
            &["the head of the response is larger than clients read"],
        ),
        row(
            "sends one field for ever",
            |_| Answer::Endless(b"HTTP/1.1 200 OK\r\nX-Field: ".to_vec(), vec![b'x'; 4096]),
            "--timeout 5",
            NOT_VERIFIED,
            &["the head of the response is larger than clients read"],
        ),
        row(
            "sends a body for ever",
            |_| Answer::Endless(b"HTTP/1.1 200 OK\r\n\r\n[".to_vec(), vec![b' '; 65_536]),
            "--timeout 60",
            NOT_VERIFIED,
            &["longer than 16777216 bytes"],
        ),
        row(
            "sends chunks for ever",
            |_| {
                let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
                let chunk = [b"10000\r\n".to_vec(), vec![b' '; 65_536], b"\r\n".to_vec()].concat();
                Answer::Endless(head, chunk)
            },
            "--timeout 60",
            NOT_VERIFIED,
            &["longer than 16777216 bytes"],
        ),
    ]);
}
