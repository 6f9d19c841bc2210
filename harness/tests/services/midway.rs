//! Services that begin well.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::service::{Answer, Request, pops_in_a_check};
use crate::table::{CONFORMS, FAILS, NOT_VERIFIED, hold, row};

/// As many cycles show that a service can be judged at all.
const UNDISTURBED: usize = 10;

/// The check whose `pop` is disturbed, beside one that is not.
const TWO: &str = "--timeout 5 --check minimum/opens-empty --check minimum/each-mutator-persists";

/// A service that answers well, but to the first `pop` of a check, or to all of them.
fn once(
    answer: impl Fn() -> Answer + Send + Sync + 'static,
) -> impl Fn(&Request) -> Answer + Send + Sync + 'static {
    let (is_time, is_done) = (pops_in_a_check(), AtomicBool::new(false));
    move |request| {
        if is_time(request) && !is_done.swap(true, Ordering::SeqCst) { answer() } else { Answer::Good }
    }
}

#[test]
fn what_fails_once_is_told_as_what_fails_once() {
    hold(vec![
        row(
            "fails one request",
            once(|| Answer::response("500 Oh", "text/html", "<title>Oh</title>no")),
            TWO,
            FAILS,
            &[
                "a 500: the page \"Oh\": no",
                "unstable: played again on fresh sessions, the script failed 0 times in 2",
                "1 pass, 1 fail",
            ],
        ),
        row(
            "hangs up once without a word",
            once(|| Answer::Bytes(Vec::new())),
            TWO,
            FAILS,
            &["the connection ended without an answer", "unstable", "1 pass, 1 fail"],
        ),
        row(
            "cuts one response off",
            once(|| Answer::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"res".to_vec())),
            TWO,
            FAILS,
            &["response-cut-off", "unstable", "1 pass, 1 fail"],
        ),
        row(
            "answers once as another service does",
            once(|| Answer::json(r#"{"results": []}"#)),
            TWO,
            NOT_VERIFIED,
            &["this is no probe: it gave 0 results", "1 pass, 1 error"],
        ),
        row(
            "answers once with escape sequences",
            once(|| Answer::response("500 Oh", "text/plain", "\u{1b}]0;x\u{7}\u{9b}2J\u{202e}")),
            TWO,
            FAILS,
            &["1 pass, 1 fail"],
        ),
        row(
            "fails with a megabyte of text",
            once(|| Answer::response("500 Oh", "text/plain", &"oh no ".repeat(180_000))),
            TWO,
            FAILS,
            &["a 500: oh no", "1 pass, 1 fail"],
        ),
    ]);
}

/// A service that fails the first `pop` of a check, and the first look at an item that another check has set to nothing.
fn twice() -> impl Fn(&Request) -> Answer + Send + Sync + 'static {
    let (first, is_done) = (once(fails), AtomicBool::new(false));
    move |request| {
        let ops = request.ops.as_deref().unwrap_or_default();
        let looks = ops.iter().any(|op| op == "contains") && request.text().contains("\"flag\"");
        if looks && !is_done.swap(true, Ordering::SeqCst) { fails() } else { first(request) }
    }
}

fn fails() -> Answer {
    Answer::response("500 Oh", "text/plain", "oh")
}

#[test]
fn several_checks_that_failed_once_may_have_one_cause() {
    hold(vec![row(
        "fails one request of each of two checks",
        twice(),
        "--timeout 5 --check minimum/false-values-are-items --check minimum/each-mutator-persists",
        FAILS,
        &["2 checks failed on what comes and goes, which may be one defect and not 2", "2 fail"],
    )]);
}

#[test]
fn a_service_that_is_gone_is_told_to_be_gone() {
    let is_time = pops_in_a_check();
    hold(vec![
        row(
            "dies while it is looked at",
            |request| if request.number < 30 { Answer::Good } else { Answer::Death },
            TWO,
            NOT_VERIFIED,
            &["the service is gone: the service cannot be reached", "minimum: not verified"],
        ),
        row(
            "dies in a check",
            move |request| if is_time(request) { Answer::Death } else { Answer::Good },
            TWO,
            NOT_VERIFIED,
            &["the service is gone: the service cannot be reached", "1 pass"],
        ),
    ]);
}

/// A service that has lost all sessions when it pops in a check for the first time, as one does that was started again.
fn restarted() -> impl Fn(&Request) -> Answer + Send + Sync + 'static {
    let (is_time, is_over) = (pops_in_a_check(), AtomicBool::new(false));
    let (came, lost) = (Mutex::new(BTreeSet::new()), Mutex::new(BTreeSet::new()));
    move |request| {
        let text = request.text();
        let cookie =
            text.lines().find(|line| line.to_ascii_lowercase().starts_with("cookie:")).map(str::to_owned);
        let Some(cookie) = cookie else { return Answer::Good };
        if is_time(request) && !is_over.swap(true, Ordering::SeqCst) {
            lost.lock().unwrap().append(&mut came.lock().unwrap());
            lost.lock().unwrap().insert(cookie.clone());
        }
        if lost.lock().unwrap().contains(&cookie) {
            return Answer::altered(text.replace(&format!("{cookie}\r\n"), ""), |response| response);
        }
        came.lock().unwrap().insert(cookie);
        Answer::Good
    }
}

#[test]
fn a_service_that_forgets_is_told_so() {
    let every = |times: usize| {
        let count = AtomicUsize::new(0);
        move |request: &Request| {
            let number = if request.ops.is_some() { count.fetch_add(1, Ordering::SeqCst) } else { 0 };
            // The first contact is undisturbed.
            if number > UNDISTURBED && number.is_multiple_of(times) {
                Answer::response("500 Oh", "text/plain", "oh")
            } else {
                Answer::Good
            }
        }
    };
    hold(vec![
        row("is started again within a check", restarted(), TWO, FAILS, &["unstable", "1 pass, 1 fail"]),
        row(
            "reads no cookies",
            |request| {
                let text = request.text();
                let without: Vec<&str> = text
                    .split("\r\n")
                    .filter(|line| !line.to_ascii_lowercase().starts_with("cookie:"))
                    .collect();
                Answer::altered(without.join("\r\n"), |response| response)
            },
            "--check minimum/persists --check minimum/each-mutator-persists --cases 5",
            FAILS,
            &["minimum: fails"],
        ),
        row(
            "says that its clock is half a century behind",
            |request| {
                Answer::altered(request.text(), |response| {
                    response.replace("; Path=/", "; Path=/; Expires=Thu, 26 Nov 1976 01:02:03 GMT")
                })
            },
            "--check minimum/each-mutator-persists",
            FAILS,
            &["minimum: fails"],
        ),
        row(
            "says that its clock is half a century ahead",
            |request| {
                Answer::altered(request.text(), |response| {
                    response.replace("content-type", "Date: Thu, 26 Nov 2076 01:02:03 GMT\r\ncontent-type")
                })
            },
            "--check minimum/each-mutator-persists",
            CONFORMS,
            &["1 pass"],
        ),
        row("fails every seventh cycle", every(7), TWO, FAILS, &["a 500: oh"]),
    ]);
}

/// A service that treats one of 200 cycles like this, chosen as by chance, and answers all others well.
fn at_random(
    disturbed: impl Fn() -> Answer + Send + Sync + 'static,
) -> impl Fn(&Request) -> Answer + Send + Sync + 'static {
    let state = Mutex::new((0_usize, 0x9e37_79b9_u32));
    move |request| {
        if request.ops.is_none() {
            return Answer::Good;
        }
        let mut state = state.lock().unwrap();
        let (count, random) = &mut *state;
        *count += 1;
        // The generator is Marsaglia's xorshift with 32 bits.
        *random ^= *random << 13;
        *random ^= *random >> 17;
        *random ^= *random << 5;
        if *count > UNDISTURBED && *random % 200 == 0 { disturbed() } else { Answer::Good }
    }
}

#[test]
fn what_comes_and_goes_in_a_whole_run_is_one_defect() {
    hold(vec![
        row(
            "fails one request of 200",
            at_random(fails),
            "--timeout 5 --cases 20",
            FAILS,
            &["which may be one defect and not", "a 500: oh", "unstable"],
        ),
        row(
            "hangs up on one request of 200",
            at_random(|| Answer::Bytes(Vec::new())),
            "--timeout 5 --cases 20",
            FAILS,
            &["the connection ended without an answer", "unstable"],
        ),
    ]);
}
