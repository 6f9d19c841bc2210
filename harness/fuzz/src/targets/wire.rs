//! What a service sends: descriptions, answers, and whatever it takes for HTTP.

use sessionspec::backend::{BackendError, Body};
use sessionspec_cli::http::{RawResponse, response_on, wire};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::{split_first, status};

/// The first byte says which status the answer has.
pub(super) fn descriptions() -> Vec<Vec<u8>> {
    let good = br#"{"protocol": 1, "name": "x", "version": "1", "lifetime_seconds": 3, "browser_lifetime_seconds": null,
        "lifetime_grace_seconds": 1, "derived": ["new"], "composed": [], "saves": "explicit",
        "declares": {"modified": "always", "expiry": "sliding", "empty": "kept"}}"#;
    vec![[&[0], &good[..]].concat()]
}

pub(super) fn description(bytes: &[u8]) {
    let (how, body) = split_first(bytes);
    match wire::description(status(how), body) {
        Ok(description) => {
            drop(description.check_numbers());
            drop(description.check_spellings());
        }
        Err(fault) => assert!(fault.to_string().len() < 2_000, "{fault}"),
    }
}

/// The first byte says which status the answer has, and the second what was asked.
pub(super) fn answers() -> Vec<Vec<u8>> {
    let good =
        br#"{"results": [{"ok": null}, {"ok": {"a": [1, 2.5, "x"]}}, {"absent": true}, {"error": "no"},
        {"unsupported": true}], "save_error": "full"}"#;
    let page = b"<!doctype html><title>Oh</title><svg><title>x</title></svg><h1>Forbidden</h1><p>CSRF</p>";
    vec![[&[0, 5], &good[..]].concat(), [&[9, 0], &good[..]].concat(), [&[6, 0x80], &page[..]].concat()]
}

/// An answer is as long as what was asked, or is none.
pub(super) fn answer(bytes: &[u8]) {
    let (how, rest) = split_first(bytes);
    let (asked, body) = split_first(rest);
    let (status, ops, raises) = (status(how), usize::from(asked % 8), asked >= 0x80);
    match wire::body(status, body, ops, raises) {
        Ok(Body::Answers { results, .. }) => assert_eq!(results.len(), ops),
        Ok(Body::Other(said)) => {
            assert!((status >= 400 || raises) && said.chars().count() < 1_000, "{said:?}");
        }
        Err(fault) => assert!(fault.to_string().len() < 2_000, "{fault}"),
    }
}

/// The first byte says how many bytes come at a time.
pub(super) fn responses() -> Vec<Vec<u8>> {
    let good = [
        "HTTP/1.1 200 OK\r\nContent-Length: 29\r\nSet-Cookie: id=1; Path=/\r\n\r\n{\"results\": [{\"absent\":true}]}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"re\r\n10;x=y\r\nsults\": [{\"ok\": 1\r\n3\r\n}]}\r\n0\r\nT: x\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 429 Slow\r\nRetry-After: 3\r\nConnection: close\r\n\r\nslowly",
        "HTTP/1.0 500 Oh\r\n\r\n<html><title>Oh</title>no</html>",
    ];
    let whole = good.iter().map(|response| [b"\xff", response.as_bytes()].concat());
    let parts = good.iter().map(|response| [b"\x10", response.as_bytes()].concat());
    whole.chain(parts).collect()
}

/// Any bytes are a response or none.
pub(super) fn response(bytes: &[u8]) {
    let (step, sent) = split_first(bytes);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match runtime.block_on(response_of(sent.to_vec(), usize::from(step) + 1)) {
        Ok(response) => {
            assert!((100..1000).contains(&response.status));
            assert!(response.body.len() <= sent.len());
            let _ = wire::body(response.status, &response.body, 1, false);
        }
        Err(fault) => assert!(fault.to_string().len() < 2_000, "{fault}"),
    }
}

/// What comes of these bytes, which a server sends in parts of so many before it closes the connection.
async fn response_of(bytes: Vec<u8>, step: usize) -> Result<RawResponse, BackendError> {
    let (ours, mut theirs) = duplex(64 * 1024);
    let server = async move {
        let mut request = [0; 1024];
        let _ = theirs.read(&mut request).await;
        for part in bytes.chunks(step) {
            if theirs.write_all(part).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
        let _ = theirs.shutdown().await;
        while theirs.read(&mut request).await.is_ok_and(|read| read > 0) {}
    };
    let asked = response_on(ours, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec());
    tokio::select! {
        biased;
        response = asked => response,
        () = server => Err(BackendError::Internal("the connection stayed open".to_owned())),
    }
}
