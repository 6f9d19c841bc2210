//! What stands in front of a service gets its credentials with every request, and nobody else sees them.

use std::sync::{Arc, Mutex};

use sessionspec::backend::{Backend, Body, CycleRequest};
use sessionspec::reference::http::Headers;
use sessionspec_cli::http::{HeaderField, HttpBackend};

use crate::server::{Connection, json, server};

/// A server that keeps what it was sent, and answers all the same. Its address, and what came.
fn listener(answer: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> (String, Arc<Mutex<Vec<String>>>) {
    let came = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&came);
    let url = server(move |connection: &mut Connection| {
        while let Some(request) = connection.request() {
            kept.lock().unwrap().push(String::from_utf8_lossy(&request).to_ascii_lowercase());
            connection.send(&answer(&request));
        }
    });
    (url.trim_start_matches("http://").to_owned(), came)
}

/// A cycle with this cookie.
fn with_cookie(cookie: &[u8]) -> CycleRequest {
    let mut headers = Headers::default();
    headers.append("Cookie", cookie);
    CycleRequest { headers, ..CycleRequest::default() }
}

#[tokio::test]
async fn they_go_with_every_request_and_never_stand_in_the_host() {
    let (address, came) = listener(|request| match request.starts_with(b"GET") {
        true => json(r#"{"protocol": 1}"#),
        false => json(r#"{"results": []}"#),
    });
    let field: HeaderField = "X-Gateway: open sesame".parse().unwrap();
    let backend = HttpBackend::new(&format!("http://user:p%40ss@{address}"), None, false).await.unwrap();
    let backend = backend.sending(&[field]);
    backend.describe().await.unwrap();
    backend.cycle(with_cookie(b"id=1")).await.unwrap();
    backend.cycle(with_cookie(b"id=\0")).await.unwrap();
    let came = came.lock().unwrap();
    assert_eq!(came.len(), 3);
    let host = address.trim_end_matches("/probe");
    for request in came.iter() {
        for line in ["authorization: basic dxnlcjpwqhnz", "x-gateway: open sesame", &format!("host: {host}")]
        {
            let count = request.lines().filter(|own| own == &line).count();
            assert_eq!(count, 1, "`{line}` in {request}");
        }
    }
    assert_eq!(backend.origin().to_string(), format!("http://{host}"));
}

#[tokio::test]
async fn a_field_takes_the_place_of_what_the_url_says() {
    let (address, came) = listener(|_| json(r#"{"results": []}"#));
    let field: HeaderField = "Authorization: Bearer t0ken".parse().unwrap();
    let backend = HttpBackend::new(&format!("http://user:pass@{address}"), None, false).await.unwrap();
    backend.sending(&[field]).cycle(CycleRequest::default()).await.unwrap();
    let came = came.lock().unwrap();
    assert_eq!(came[0].matches("authorization:").count(), 1);
    assert!(came[0].contains("authorization: bearer t0ken\r\n"), "{}", came[0]);
}

#[tokio::test]
async fn nobody_repeats_them() {
    // It tells everybody what it was sent.
    let (address, _) = listener(|request| {
        let request = String::from_utf8_lossy(request).replace(['\r', '\n'], " ");
        format!("HTTP/1.1 500 Oh\r\nContent-Length: {}\r\n\r\n{request}", request.len()).into_bytes()
    });
    let backend = HttpBackend::new(&format!("http://user:s3cr3t@{address}"), None, false).await.unwrap();
    let said = backend.describe().await.unwrap_err().to_string();
    assert!(said.contains("authorization: ***") && !said.contains("dXNlcjpzM2NyM3Q"), "{said}");
    let Body::Other(said) = backend.cycle(CycleRequest::default()).await.unwrap().body else { panic!() };
    assert!(said.contains("authorization: ***") && !said.contains("dXNlcjpzM2NyM3Q"), "{said}");

    for url in [
        "http://user:s3cr3t@",
        "https://user:s3cr3t@example.com/",
        "user:s3cr3t@127.0.0.1",
        "http://user:s3cr3t@example.com/",
    ] {
        let error = HttpBackend::new(url, None, false).await.err().unwrap().to_string();
        assert!(!error.contains("s3cr3t"), "{error}");
    }
}

#[tokio::test]
async fn a_name_under_localhost_is_this_machine_whatever_a_resolver_says() {
    let (address, came) = listener(|_| json(r#"{"results": []}"#));
    let (_, port) = address.split_once(':').unwrap();
    let backend =
        HttpBackend::new(&format!("http://nobody.knows.localhost:{port}"), None, false).await.unwrap();
    backend.cycle(CycleRequest::default()).await.unwrap();
    assert!(came.lock().unwrap()[0].contains("host: nobody.knows.localhost:"));
}
