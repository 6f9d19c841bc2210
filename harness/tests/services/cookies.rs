//! Services whose cookies are odd, or are not the session's.

use crate::service::{Answer, Request};
use crate::table::{CONFORMS, FAILS, NOT_VERIFIED, hold, row};

/// A service that sets this, too, on each response.
fn beside(field: &'static str) -> impl Fn(&Request) -> Answer + Send + Sync + 'static {
    move |request| match field {
        "theme" => Answer::altered(request.text(), |response| with(&response, "theme=dark; Path=/")),
        "changing" => Answer::altered(request.text(), |response| {
            let length = response.len();
            with(&response, &format!("csrf=token{length}; Path=/; Max-Age=31449600"))
        }),
        "escape" => {
            Answer::altered(request.text(), |response| with(&response, "\u{1b}[31m=\u{202e}x; Path=/"))
        }
        "huge" => Answer::altered(request.text(), |response| {
            with(&response, &format!("huge={}", "x".repeat(60_000)))
        }),
        "nameless" => Answer::altered(request.text(), |response| with(&response, "nonsense")),
        _ => Answer::altered(request.text(), move |response| {
            let number = if field == "many" { 60 } else { 400 };
            let many: Vec<String> = (0..number).map(|number| format!("c{number}=x; Path=/")).collect();
            with(&response, &many.join("\r\nSet-Cookie: "))
        }),
    }
}

/// The response with this field, too.
fn with(response: &str, field: &str) -> String {
    response.replacen("\r\n", &format!("\r\nSet-Cookie: {field}\r\n"), 1)
}

/// Every check of the session's cookies.
const COOKIES: &str = "--suite cookie --level recommended";

#[test]
fn the_application_s_own_cookies_are_not_judged_as_the_session_s() {
    hold(vec![
        row(
            "has a cookie of its own",
            beside("theme"),
            COOKIES,
            CONFORMS,
            &["session; not the session's: theme"],
        ),
        row(
            "has a cookie of its own that changes",
            beside("changing"),
            COOKIES,
            CONFORMS,
            &["not the session's: csrf"],
        ),
        row(
            "has a cookie of its own that is no part of what is forged",
            beside("changing"),
            "--suite forgery --level hardened --cases 5",
            CONFORMS,
            &["hardened: conforms"],
        ),
        row(
            "has a cookie of its own, which is said to be the session's",
            beside("theme"),
            "--suite cookie --level recommended --session-cookie theme --session-cookie session",
            FAILS,
            &["cookie/http-only", "`theme` without HttpOnly", "--session-cookie theme"],
        ),
        row(
            "has a cookie of its own, which alone is said to be the session's",
            beside("theme"),
            "--suite cookie --level recommended --session-cookie theme",
            NOT_VERIFIED,
            &["no session is found with the cookies alone that were named", "session, theme"],
        ),
        row(
            "has a cookie of its own, and the session's is named",
            beside("theme"),
            "--suite cookie --level recommended --session-cookie session",
            CONFORMS,
            &["session; not the session's: theme"],
        ),
    ]);
}

#[test]
fn odd_cookies_beside_the_session_s_do_no_harm() {
    let check = "--check minimum/each-mutator-persists";
    hold(vec![
        row(
            "sets a cookie whose name is an escape sequence",
            beside("escape"),
            check,
            NOT_VERIFIED,
            &["its answer is no HTTP"],
        ),
        row("sets a cookie of sixty kilobytes", beside("huge"), check, CONFORMS, &["1 pass"]),
        row("sets a cookie without a name", beside("nameless"), check, CONFORMS, &["1 pass"]),
        row("sets sixty cookies", beside("many"), check, CONFORMS, &["1 pass"]),
        row("sets four hundred cookies", beside("hundreds"), check, CONFORMS, &["1 pass"]),
        row(
            "answers a cycle with a head that nobody reads",
            |request| match &request.ops {
                Some(ops) if ops.iter().any(|op| op == "clear") => {
                    Answer::altered(request.text(), |response| {
                        with(&response, &format!("huge={}", "x".repeat(1_000_000)))
                    })
                }
                _ => Answer::Good,
            },
            check,
            FAILS,
            &[
                "1 fail",
                "the head of the response is larger than clients read",
                "256 KiB, or more than 1000 fields",
            ],
        ),
    ]);
}
