//! What a script makes of what is expected of a response as a whole.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use sessionspec::engine::expect::{ResponseRule, Scenario};
use sessionspec::engine::script::Operation;
use sessionspec::engine::script::ops::{get, set};

use super::{Case, Served, run, script};
use crate::support::{Answer, Service, said};

/// The number of the next case.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// How the script of a case ends that expects this of a response, where the response has these fields.
fn judged(rule: &ResponseRule, fields: &'static str) -> Option<i32> {
    let scenario = Scenario::new("r").cycle("ann", [set("a", 1).is_done()]).response(rule.clone());
    let number = COUNT.fetch_add(1, Ordering::SeqCst);
    let case = Case::new(&format!("response.{number}"), scenario);
    let service = Service::new(move |_| {
        let body = r#"{"results": [{"ok": null}]}"#;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
        Answer::Bytes(format!("{head}{fields}\r\n{body}").into_bytes())
    });
    let output = run(&case.0, &service.url());
    assert!(output.stderr.is_empty(), "{}", said(&output));
    output.status.code()
}

#[test]
fn what_is_expected_of_a_whole_response_is_judged() {
    use ResponseRule::{
        EndsWithBrowser, HttpOnly, NoSetCookie, NoneKept, OncePerName, SameSite, Saved, Secure, Served,
        SetsCookie, VaryCookie,
    };
    let good = "Set-Cookie: id=1; Path=/; HttpOnly; SameSite=Lax; Secure\r\nVary: Accept, Cookie\r\n";
    let bad = "set-cookie: id=1; Max-Age=60\r\nSet-Cookie: id=2; Path=/x; Max-Age=60\r\n";
    for rule in
        [Served, Saved, SetsCookie, HttpOnly, SameSite, Secure, OncePerName, EndsWithBrowser, VaryCookie]
    {
        assert_eq!(judged(&rule, good), Some(0), "{rule}");
    }
    for rule in [HttpOnly, SameSite, Secure, OncePerName, EndsWithBrowser, VaryCookie, NoSetCookie, NoneKept]
    {
        assert_eq!(judged(&rule, bad), Some(1), "{rule}");
    }
    assert_eq!(judged(&VaryCookie, "Cache-Control: max-age=0, private\r\n"), Some(0));
    // A removal is no cookie that browsers keep, and the last of a name, a path and a domain counts.
    let removal = "Set-Cookie: id=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\n";
    assert_eq!([&NoneKept, &HttpOnly].map(|rule| judged(rule, removal)), [Some(0); 2]);
    assert_eq!([&NoSetCookie, &SetsCookie].map(|rule| judged(rule, removal)), [Some(1); 2]);
    let twice = "Set-Cookie: id=1; Path=/\r\nSet-Cookie: id=2; Path=/; HttpOnly\r\n";
    assert_eq!(judged(&HttpOnly, twice), Some(0));
}

#[test]
fn what_cannot_be_judged_of_a_response_is_left_to_the_reader() {
    assert_eq!(judged(&ResponseRule::Kept, "Set-Cookie: id=1\r\n"), Some(3));
    // Nobody has said which cookie is the session's.
    let two = "Set-Cookie: id=1; HttpOnly\r\nSet-Cookie: csrf=1\r\n";
    assert_eq!(judged(&ResponseRule::HttpOnly, two), Some(3));
    let scenario = Scenario::new("r").cycle("ann", [set("a", 1).is_done()]).response(ResponseRule::HttpOnly);
    let case = Case::new("response-of-two", scenario);
    let service = Service::new(move |_| {
        let body = r#"{"results": [{"ok": null}]}"#;
        Answer::Bytes(
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{two}\r\n{body}", body.len()).into_bytes(),
        )
    });
    let named = |name: &str| {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(script(&case.0, &service.url())).env("SESSION_COOKIES", name);
        shell.output().unwrap().status.code()
    };
    assert_eq!([named("id"), named("csrf"), named("id csrf")], [Some(0), Some(1), Some(1)]);
}

#[test]
fn the_cookie_of_an_application_is_no_cookie_of_the_session() {
    let own = Operation::Header { name: "Set-Cookie".to_owned(), value: "theme=dark".to_owned() };
    let scenario = Scenario::new("r")
        .cycle("ann", [set("a", 1).is_done(), own.is_done()])
        .response(ResponseRule::HttpOnly);
    let case = Case::new("response-of-application", scenario);
    let output = run(&case.0, &Served::new("reference").url);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
fn a_removal_is_judged_by_what_it_leaves() {
    let scenario = Scenario::new("r")
        .cycle("ann", [set("a", 1).is_done()])
        .cycle("ann", [Operation::Destroy.is_done()])
        .response(ResponseRule::RemovalRemoves);
    let case = Case::new("removal", scenario);
    let ended = |path: &'static str| {
        let service = Service::new(move |request| match request.ops.as_deref() {
            Some([op]) if op == "destroy" => {
                Answer::altered(request.text(), move |response| response.replace("; Path=/", path))
            }
            _ => Answer::Good,
        });
        run(&case.0, &service.url()).status.code()
    };
    assert_eq!([ended("; Path=/"), ended("; Path=/elsewhere")], [Some(0), Some(1)]);
}

#[test]
fn a_request_without_a_body_is_judged_by_those_after_it() {
    let scenario = Scenario::new("fresh-204")
        .cycle("ann", [set("colour", "red").unjudged(), Operation::Respond { status: 204 }.unjudged()])
        .cycle("ann", [get("colour").is("red")]);
    let case = Case::new("without-a-body", scenario);
    for (backend, code) in [("reference", 0), ("flawed/write-with-no-content-unsaved", 1)] {
        let output = run(&case.0, &Served::new(backend).url);
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(said(&output).contains("a 204, which has no body"), "{}", said(&output));
    }
}
