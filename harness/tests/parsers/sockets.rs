//! Whatever a service takes for HTTP, over a real socket: with lawful requests, and with requests that HTTP forbids.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use sessionspec::backend::{Backend, CycleRequest};
use sessionspec::engine::script::Operation;
use sessionspec::reference::http::Headers;
use sessionspec_cli::http::HttpBackend;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::rubbish::{CASES, each, given};
use crate::targets;

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
    // What the target has in front of each is no part of a response.
    let good = (targets::find("raw_http").seeds)().into_iter().map(|seed| seed[1..].to_vec()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (answer, judged) = (Arc::new(Mutex::new(Vec::new())), AtomicUsize::new(0));
    let url = runtime.block_on(server(Arc::clone(&answer)));
    let backend = runtime
        .block_on(async { HttpBackend::new(&url, None, false).await.unwrap().always_on_fresh_connections() });
    each(CASES, (given(good), any::<bool>()), |(bytes, is_lawful)| {
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
