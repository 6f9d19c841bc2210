//! A connection that ends is no refusal: the request has failed, whatever it was.

use crate::support::{Answer, Service, said, sessionspec};

/// What comes of one check on a service that answers so where a request has a NUL in it.
fn unlawful_bytes_answered_with(answer: fn() -> Answer) -> String {
    let service = Service::new(move |request| match request.text().contains('\0') {
        true => answer(),
        false => Answer::Good,
    });
    let run = "run --level hardened --check forgery/unlawful-bytes";
    said(&sessionspec(run).arg(service.url()).output().unwrap())
}

#[test]
fn a_refusal_by_the_parser_passes_and_a_crash_does_not() {
    let refusals: [fn() -> Answer; 3] = [
        || Answer::response("400 Bad Request", "text/plain", "no"),
        || Answer::response("413 Content Too Large", "text/plain", "no"),
        || Answer::response("431 Request Header Fields Too Large", "text/plain", "no"),
    ];
    for refusal in refusals {
        let refused = unlawful_bytes_answered_with(refusal);
        assert!(refused.contains("pass            forgery/unlawful-bytes"), "{refused}");
    }
    let crashed = unlawful_bytes_answered_with(|| Answer::Bytes(Vec::new()));
    assert!(
        crashed.contains("forgery/unlawful-bytes (hardened, availability): response-cut-off"),
        "{crashed}"
    );
    assert!(crashed.contains("seen      the connection ended without an answer\n"), "{crashed}");
    assert!(crashed.ends_with("exit 1"), "{crashed}");
}

#[test]
fn a_response_that_is_cut_off_is_a_failure_of_its_request() {
    let service = Service::new(|request| match &request.ops {
        Some(ops) if ops.iter().any(|op| op == "pop") => {
            Answer::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"results\": [".to_vec())
        }
        _ => Answer::Good,
    });
    let run = "run --check minimum/opens-empty --check minimum/each-mutator-persists";
    let text = said(&sessionspec(run).arg(service.url()).output().unwrap());
    assert!(text.contains("minimum/each-mutator-persists (minimum, data loss): response-cut-off"), "{text}");
    assert!(text.contains("pass            minimum/opens-empty"), "{text}");
    assert!(!text.contains("incomplete"), "{text}");
    assert!(text.ends_with("exit 1"), "{text}");
}
