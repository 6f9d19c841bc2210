//! What a service sends: descriptions, answers, and whatever it takes for HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use sessionspec::backend::{Backend, Body, CycleRequest};
use sessionspec::engine::script::Operation;
use sessionspec::reference::http::Headers;
use sessionspec_harness::http::HttpBackend;
use sessionspec_harness::http::wire;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::rubbish::{bytes, each};

#[test]
fn any_description_is_read_or_refused() {
    let good = br#"{"protocol": 1, "name": "x", "version": "1", "lifetime_seconds": 3, "browser_lifetime_seconds": null,
        "lifetime_grace_seconds": 1, "derived": ["new"], "composed": [], "saves": "explicit",
        "declares": {"modified": "always", "expiry": "sliding", "empty": "kept"}}"#;
    each((bytes(vec![good.to_vec()]), 100_u16..600), |(body, status)| {
        if let Ok(description) = wire::description(status, &body) {
            let _ = description.check_numbers();
        }
    });
}

#[test]
fn any_answer_is_as_long_as_what_was_asked_or_is_none() {
    let good =
        br#"{"results": [{"ok": null}, {"ok": {"a": [1, 2.5, "x"]}}, {"absent": true}, {"error": "no"},
        {"unsupported": true}], "save_error": "full"}"#;
    let input = (bytes(vec![good.to_vec()]), 100_u16..600, 0_usize..7, any::<bool>());
    each(input, |(body, status, ops, raises)| match wire::body(status, &body, ops, raises) {
        Ok(Body::Answers { results, .. }) => assert_eq!(results.len(), ops),
        Ok(Body::Other(said)) => {
            assert!((status >= 400 || raises) && said.chars().count() < 1_000, "{said:?}");
        }
        Err(fault) => assert!(fault.to_string().len() < 2_000, "{fault}"),
    });
}

/// A server that answers each request with the bytes that stand here, and closes the connection.
async fn server(answer: Arc<Mutex<Vec<u8>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/probe", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.lock().await.clone();
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
                // Whatever still comes is read, so that the answer is not lost in a reset.
                while stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {}
            });
        }
    });
    url
}

#[test]
fn any_bytes_are_a_response_or_none_whether_the_request_was_lawful_or_not() {
    let good = [
        "HTTP/1.1 200 OK\r\nContent-Length: 29\r\nSet-Cookie: id=1; Path=/\r\n\r\n{\"results\": [{\"absent\":true}]}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"re\r\n10;x=y\r\nsults\": [{\"ok\": 1\r\n3\r\n}]}\r\n0\r\nT: x\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 429 Slow\r\nRetry-After: 3\r\nConnection: close\r\n\r\nslowly",
        "HTTP/1.0 500 Oh\r\n\r\n<html><title>Oh</title>no</html>",
    ];
    let good = good.map(|response| response.as_bytes().to_vec()).to_vec();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (answer, judged) = (Arc::new(Mutex::new(Vec::new())), AtomicUsize::new(0));
    let url = runtime.block_on(server(Arc::clone(&answer)));
    let backend = runtime
        .block_on(async { HttpBackend::new(&url, None, false).await.unwrap().always_on_fresh_connections() });
    each((bytes(good), any::<bool>()), |(bytes, is_lawful)| {
        runtime.block_on(async {
            *answer.lock().await = bytes;
            let mut headers = Headers::default();
            headers.append("Cookie", if is_lawful { &b"id=1"[..] } else { &b"id=\0"[..] });
            let ops = vec![Operation::Get { key: "x".to_owned() }];
            let request = CycleRequest { headers, ops: ops.into(), ..CycleRequest::default() };
            if let Ok(response) = backend.cycle(request).await {
                assert!((100..1000).contains(&response.status));
                judged.fetch_add(1, Ordering::Relaxed);
            }
        });
    });
    assert!(judged.load(Ordering::Relaxed) > 0, "some of it is a response");
}
