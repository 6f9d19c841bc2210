//! Answers that are odd, and what is made of them: the same whether the request was a lawful one or not.

use std::time::Duration;

use sessionspec::backend::{Backend, BackendError, Body, CycleRequest, CycleResponse};
use sessionspec::reference::http::Headers;
use sessionspec_cli::http::HttpBackend;

use crate::server::{Connection, server};

/// A whole answer to a cycle without operations.
const BODY: &str = r#"{"results": []}"#;

/// How long nobody has to wait for anything here: only a reader that waits for what never comes is this slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// What comes of an empty cycle: with lawful cookies, and with cookies that HTTP forbids.
async fn answers(
    behaviour: impl Fn(&mut Connection) + Send + Sync + 'static,
) -> [Result<CycleResponse, BackendError>; 2] {
    let backend = HttpBackend::new(&server(behaviour), None, false).await.unwrap();
    let ask = async |cookie: &[u8]| {
        let mut headers = Headers::default();
        headers.append("Cookie", cookie);
        let request = CycleRequest { headers, ..CycleRequest::default() };
        tokio::time::timeout(PATIENCE, backend.cycle(request))
            .await
            .expect("it is read to its end, and no further")
    };
    [ask(b"id=1").await, ask(b"id=\0").await]
}

/// What comes of these bytes, after which the connection stays open, or is closed.
async fn answers_to(bytes: String, stays: bool) -> [Result<CycleResponse, BackendError>; 2] {
    answers(move |connection| {
        if connection.request().is_none() {
            return;
        }
        connection.send(bytes.as_bytes());
        if stays {
            connection.stay();
        }
    })
    .await
}

#[tokio::test]
async fn an_answer_that_is_odd_and_lawful_is_read_to_its_end_and_no_further() {
    let length = BODY.len();
    let chunks = format!("4;name=\"a;b\"\r\n{}\r\n00B\r\n{}\r\n0\r\n", &BODY[..4], &BODY[4..]);
    let plain = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{BODY}");
    let table = [
        ("a length, and the connection stays open", plain.clone(), true),
        (
            "a length in odd spelling",
            format!("HTTP/1.1 200 OK\r\ncontent-LENGTH:{length}  \r\n\r\n{BODY}"),
            true,
        ),
        (
            "the same length twice",
            format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nContent-Length: {length}\r\n\r\n{BODY}"),
            true,
        ),
        ("no length, but an end", format!("HTTP/1.1 200 OK\r\n\r\n{BODY}"), false),
        ("HTTP/1.0", format!("HTTP/1.0 200 OK\r\n\r\n{BODY}"), false),
        (
            "HTTP/1.0 that stays open",
            format!("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: {length}\r\n\r\n{BODY}"),
            true,
        ),
        (
            "chunks with extensions",
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}\r\n"),
            true,
        ),
        (
            "chunks with trailers",
            format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\nTrailer: X\r\n\r\n{chunks}X: y\r\n\r\n"
            ),
            true,
        ),
        ("no reason", format!("HTTP/1.1 200 \r\nContent-Length: {length}\r\n\r\n{BODY}"), true),
        (
            "no reason, and no space for it",
            format!("HTTP/1.1 200\r\nContent-Length: {length}\r\n\r\n{BODY}"),
            true,
        ),
        ("100 first", format!("HTTP/1.1 100 Continue\r\n\r\n{plain}"), true),
        (
            "103 first, with fields",
            format!("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 5\r\n\r\n{plain}"),
            true,
        ),
        (
            "several before the answer",
            format!("{}{plain}", "HTTP/1.1 102 Processing\r\n\r\n".repeat(20)),
            true,
        ),
        (
            "fields without a value",
            format!("HTTP/1.1 200 OK\r\nX-Empty:\r\nContent-Length: {length}\r\n\r\n{BODY}"),
            true,
        ),
        (
            "bytes beyond ASCII in a field",
            format!("HTTP/1.1 200 OK\r\nX-Name: gr\u{fc}n\r\nContent-Length: {length}\r\n\r\n{BODY}"),
            true,
        ),
        ("more after the end", format!("{plain}HTTP/1.1 500 Oh\r\n\r\n"), true),
    ];
    for (what, bytes, stays) in table {
        for answer in answers_to(bytes, stays).await {
            let response = answer.unwrap_or_else(|fault| panic!("{what}: {fault}"));
            assert_eq!(response.status, 200, "{what}");
            assert_eq!(response.body, Body::Answers { results: vec![], save_error: None }, "{what}");
        }
    }
}

#[tokio::test]
async fn an_answer_may_come_byte_by_byte() {
    let bytes = crate::server::json(BODY);
    let answers = answers(move |connection| {
        if connection.request().is_some() {
            connection.drip(&bytes);
            connection.stay();
        }
    });
    assert!(answers.await.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_refusal_by_the_parser_is_a_refusal_also_before_the_request_was_read() {
    for status in [400, 413, 431] {
        let bytes = format!("HTTP/1.1 {status} No\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
        let whole = bytes.clone();
        for answer in answers_to(whole, false).await {
            assert_eq!(answer.unwrap().status, status);
        }
        // Only who writes a request byte by byte can read an answer to what was never read.
        let [_, unlawful] = answers(move |connection| connection.send(bytes.as_bytes())).await;
        assert_eq!(unlawful.unwrap().status, status);
    }
}

#[tokio::test]
async fn a_connection_that_ends_without_a_word_is_no_refusal() {
    for answer in answers(|connection| drop(connection.request())).await {
        assert_eq!(answer, Err(BackendError::Dropped));
    }
}

#[tokio::test]
async fn an_answer_that_ends_within_its_head_is_no_answer() {
    for half in ["H", "HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 100 Continue\r\n\r\n"] {
        let [lawful, unlawful] = answers_to(half.to_owned(), false).await;
        // reqwest does not tell whether any byte has come before the head was whole.
        assert!(
            matches!(lawful, Err(BackendError::CutOff(_) | BackendError::Dropped)),
            "{half:?}: {lawful:?}"
        );
        assert!(matches!(unlawful, Err(BackendError::CutOff(_))), "{half:?}: {unlawful:?}");
    }
}

#[tokio::test]
async fn an_answer_that_ends_within_its_body_was_cut_off() {
    for half in [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"results\": []}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n{\"results\": []}\r\n",
    ] {
        for answer in answers_to(half.to_owned(), false).await {
            assert!(matches!(answer, Err(BackendError::CutOff(_))), "{half:?}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_head_that_no_client_reads_is_told_so_and_one_of_many_fields_is_read() {
    let with = |fields: usize, bytes: usize| {
        let field = format!("Set-Cookie: {}\r\n", "x".repeat(bytes));
        format!("HTTP/1.1 200 OK\r\n{}Content-Length: {}\r\n\r\n{BODY}", field.repeat(fields), BODY.len())
    };
    for head in [with(1, 1_000_000), with(20, 50_000), with(5_000, 1)] {
        for answer in answers_to(head, true).await {
            assert_eq!(answer, Err(BackendError::HeadTooLarge));
        }
    }
    for head in [with(900, 1), with(1, 200_000)] {
        for answer in answers_to(head, true).await {
            assert_eq!(answer.unwrap().status, 200);
        }
    }
}

#[tokio::test]
async fn what_is_no_http_is_told_so() {
    for nonsense in [
        "220 mail ready\r\n",
        "\u{16}\u{3}\u{1} TLS\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nab\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
    ] {
        for answer in answers_to(nonsense.to_owned(), false).await {
            assert!(matches!(answer, Err(BackendError::NotAProbe(_))), "{nonsense:?}: {answer:?}");
        }
    }
}
