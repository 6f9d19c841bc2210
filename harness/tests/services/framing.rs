//! Services that say wrong things about where their responses end.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use crate::service::{Answer, Request};
use crate::table::{CONFORMS, FAILS, hold, row, sends};

#[test]
fn a_response_that_does_not_end_as_it_says_is_no_response() {
    let head = |fields: &str| format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n");
    let chunked = |body: &str| head("Transfer-Encoding: chunked") + body;
    let json = r#"{"protocol": 1}"#;
    hold(vec![
        sends("ends within its first line", "HTTP/1.1 2", &["nothing could be judged"]),
        sends("ends within its fields", "HTTP/1.1 200 OK\r\nContent-Ty", &["nothing could be judged"]),
        sends("sends half a body", head("Content-Length: 100") + json, &["the service cut the response off"]),
        sends("sends more than it says", head("Content-Length: 7") + json, &["its answer is no JSON"]),
        sends(
            "has two lengths",
            head("Content-Length: 15\r\nContent-Length: 16") + json,
            &["its answer is no HTTP"],
        ),
        sends("has a negative length", head("Content-Length: -1") + json, &["its answer is no HTTP"]),
        sends(
            "has a length that is no number",
            head("Content-Length: ten") + json,
            &["its answer is no HTTP"],
        ),
        sends(
            "has a length without end",
            head("Content-Length: 99999999999999999999") + json,
            &["its answer is no HTTP"],
        ),
        sends("has a chunk without a size", chunked("xyz\r\nab\r\n0\r\n\r\n"), &["its answer is no HTTP"]),
        sends(
            "has a chunk larger than anything",
            chunked("fffffffffffffffff\r\n{}"),
            &["its answer is no HTTP"],
        ),
        sends(
            "has a chunk that is too short",
            chunked("20\r\n{\"protocol\": 1}\r\n0\r\n\r\n"),
            &["the service cut the response off"],
        ),
        sends(
            "has a chunk that is too long",
            chunked("3\r\n{\"protocol\": 1}\r\n0\r\n\r\n"),
            &["its answer is no HTTP"],
        ),
        sends(
            "has no last chunk",
            chunked("f\r\n{\"protocol\": 1}\r\n"),
            &["the service cut the response off"],
        ),
        sends("has a NUL in a field", "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n{}", &["its answer is no HTTP"]),
        sends("has a field without a name", "HTTP/1.1 200 OK\r\n: x\r\n\r\n{}", &["its answer is no HTTP"]),
        sends(
            "compresses although nobody asked",
            [head("Content-Encoding: gzip").into_bytes(), b"\x1f\x8b\x08\0\0\0".to_vec()].concat(),
            &["its answer is no JSON"],
        ),
        sends(
            "sends a gigabyte in a megabyte",
            [head("Content-Encoding: gzip").into_bytes(), bomb()].concat(),
            &["its answer is no JSON"],
        ),
    ]);
}

#[test]
fn a_status_without_a_body_is_judged_by_itself_and_by_what_is_found_later() {
    let check = "--check fault/without-body-is-saved";
    hold(vec![
        row(
            "sends a body after a 204",
            answering("204 No Content", "204 No Content"),
            check,
            CONFORMS,
            &["1 pass"],
        ),
        row(
            "has another status than was asked for",
            answering("204 No Content", "200 OK"),
            check,
            FAILS,
            &["a 200 with the answers of the handler, and not a 204"],
        ),
        row(
            "answers with an empty page where a 304 was asked for",
            |request| match request.text().contains(r#""status":304"#) {
                true => Answer::response("200 OK", "text/html", ""),
                false => Answer::Good,
            },
            check,
            FAILS,
            &["a 200 without the answers of the handler, and not a 304"],
        ),
    ]);
}

/// A service that performs what it is asked, and answers with results and with the second status where it is asked for the first.
fn answering(asked: &'static str, answered: &'static str) -> impl Fn(&Request) -> Answer {
    move |request| {
        let field = format!(r#""status":{}"#, &asked[..3]);
        match request.text().contains(&field) {
            true => Answer::altered(request.text().replace(&field, r#""status":200"#), move |response| {
                response.replacen("200 OK", answered, 1)
            }),
            false => Answer::Good,
        }
    }
}

/// A gigabyte of spaces, compressed. What is compressed may have several members, each of ten megabytes here.
fn bomb() -> Vec<u8> {
    let mut gzip =
        Command::new("gzip").arg("-9").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut plain = gzip.stdin.take().unwrap();
    let writer = thread::spawn(move || plain.write_all(&vec![b' '; 10_000_000]).unwrap());
    let member = gzip.wait_with_output().unwrap().stdout;
    writer.join().unwrap();
    assert!(member.len() < 20_000, "{}", member.len());
    member.repeat(100)
}
