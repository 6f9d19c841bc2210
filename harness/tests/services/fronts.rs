//! What stands in front of a service: it refuses requests, and nothing is concluded from those.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::service::{Answer, Request, pops_in_a_check};
use crate::table::{CONFORMS, NOT_VERIFIED, hold, row};

const TWO: &str = "--timeout 5 --check minimum/opens-empty --check minimum/each-mutator-persists";

fn page(status: &str) -> Answer {
    Answer::response(status, "text/html", "<title>Forbidden</title><h1>CSRF verification failed</h1>")
}

/// A service of which so many requests are refused from the first `pop` of a check on.
fn refusing(status: &'static str, times: usize) -> impl Fn(&Request) -> Answer + Send + Sync + 'static {
    let (is_time, left) = (pops_in_a_check(), AtomicUsize::new(usize::MAX));
    move |request| {
        if is_time(request) && left.load(Ordering::SeqCst) == usize::MAX {
            left.store(times, Ordering::SeqCst);
        }
        match left.load(Ordering::SeqCst) {
            0 | usize::MAX => Answer::Good,
            now => {
                left.store(now - 1, Ordering::SeqCst);
                page(status)
            }
        }
    }
}

#[test]
fn what_was_refused_in_front_says_nothing_of_the_backend() {
    hold(vec![
        row(
            "refuses one request with a 429",
            refusing("429 Too Many Requests", 1),
            TWO,
            NOT_VERIFIED,
            &[
                "a request was refused with a 429, which says: the page \"Forbidden\"",
                "nothing is concluded from it",
                "requests were refused: 1 with 429",
                "1 pass, 1 unverified",
            ],
        ),
        row(
            "refuses one request with a 403",
            refusing("403 Forbidden", 1),
            TWO,
            NOT_VERIFIED,
            &["refused with a 403", "CSRF verification failed", "requests were refused: 1 with 403"],
        ),
        row(
            "refuses one request with a 401",
            refusing("401 x", 1),
            TWO,
            NOT_VERIFIED,
            &["requests were refused: 1 with 401"],
        ),
        row(
            "does not find its path once",
            refusing("404 x", 1),
            TWO,
            NOT_VERIFIED,
            &["requests were refused: 1 with 404"],
        ),
        row(
            "is too busy for a while",
            refusing("429 x", 4),
            TWO,
            NOT_VERIFIED,
            &["so that they were sent more slowly"],
        ),
        row(
            "bans us",
            refusing("403 x", usize::MAX - 1),
            "--suite minimum --cases 5",
            NOT_VERIFIED,
            &["the service has refused the last 25 requests", "minimum: not verified"],
        ),
    ]);
}

/// A service that refuses whoever comes back to get what a check has set, and nothing else.
fn refusing_reads(status: &'static str) -> impl Fn(&Request) -> Answer + Send + Sync + 'static {
    move |request| {
        let text = request.text();
        let only_gets = request.ops.as_ref().is_some_and(|ops| ops.iter().all(|op| op == "get"));
        let comes_back = text.to_ascii_lowercase().contains("\r\ncookie:") && text.contains("\"colour\"");
        if only_gets && comes_back { page(status) } else { Answer::Good }
    }
}

#[test]
fn a_request_that_nobody_may_refuse_is_no_pass_whoever_refuses_it() {
    hold(vec![
        row(
            "refuses to read with a 400",
            refusing_reads("400 x"),
            TWO,
            NOT_VERIFIED,
            &[
                "a request was refused with a 400, which says: the page \"Forbidden\"",
                "1 pass, 1 unverified",
                "minimum: not verified",
            ],
        ),
        row(
            "refuses to read with a 409",
            refusing_reads("409 x"),
            TWO,
            NOT_VERIFIED,
            &["refused with a 409"],
        ),
        row(
            "refuses to read with a 422",
            refusing_reads("422 x"),
            TWO,
            NOT_VERIFIED,
            &["refused with a 422"],
        ),
    ]);
}

/// A service that fails a request of the survey, and the empty cycle with which the next look at it begins.
fn twice_unlucky() -> impl Fn(&Request) -> Answer + Send + Sync + 'static {
    let left = AtomicUsize::new(2);
    move |request| {
        let is_empty = request.ops.as_ref().is_some_and(Vec::is_empty);
        let is_time = match left.load(Ordering::SeqCst) {
            2 => request.number == 20,
            1 => is_empty,
            _ => false,
        };
        if !is_time {
            return Answer::Good;
        }
        left.fetch_sub(1, Ordering::SeqCst);
        Answer::response("500 Oh", "text/plain", "oh")
    }
}

#[test]
fn what_is_refused_while_it_is_looked_at_is_looked_at_again() {
    let at = |numbers: &'static [usize]| {
        move |request: &Request| if numbers.contains(&request.number) { page("429 x") } else { Answer::Good }
    };
    hold(vec![
        row(
            "refuses two requests of the survey",
            at(&[20, 40]),
            TWO,
            CONFORMS,
            &["requests were refused: 2 with 429", "2 pass"],
        ),
        row(
            "fails while it is looked at, and again at the first contact that follows",
            twice_unlucky(),
            TWO,
            CONFORMS,
            &["2 pass"],
        ),
        row(
            "refuses every seventh request",
            |request| {
                if request.number > 40 && request.number.is_multiple_of(7) {
                    page("403 x")
                } else {
                    Answer::Good
                }
            },
            TWO,
            NOT_VERIFIED,
            &["requests were refused"],
        ),
        row(
            "refuses an operation",
            |request| match &request.ops {
                Some(ops) if ops.iter().any(|op| op == "clear") => page("403 x"),
                _ => Answer::Good,
            },
            TWO,
            NOT_VERIFIED,
            &["refused with a 403", "1 pass, 1 unverified"],
        ),
    ]);
}

#[test]
fn a_first_contact_that_is_refused_says_how() {
    let cycles = |status: &'static str| {
        move |request: &Request| if request.ops.is_some() { page(status) } else { Answer::Good }
    };
    hold(vec![
        row(
            "wants a password for cycles",
            cycles("401 x"),
            "",
            NOT_VERIFIED,
            &["an empty cycle: it answered 401"],
        ),
        row(
            "guards cycles against forged requests",
            cycles("403 x"),
            "",
            NOT_VERIFIED,
            &["it answered 403", "CSRF verification failed"],
        ),
        row("allows GET alone", cycles("405 x"), "", NOT_VERIFIED, &["it answered 405"]),
        row("is too busy from the start", cycles("429 x"), "", NOT_VERIFIED, &["it answered 429"]),
    ]);
}
