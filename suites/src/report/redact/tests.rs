//! What stands for what varies.

use super::*;
use crate::script::Operations;
use serde_json::json;

fn by_value(own_keys: &BTreeSet<String>) -> Redaction<'_> {
    Redaction { own_keys, in_cookie: false }
}

fn none() -> BTreeSet<String> {
    BTreeSet::new()
}

fn now() -> Option<SystemTime> {
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000))
}

#[test]
fn a_cookie_that_holds_the_data_has_another_name_each_time_that_it_is_set() {
    let own_keys = none();
    for (in_cookie, again) in [(false, "sid=<1>"), (true, "sid=<2>")] {
        let mut redact = Redactor::new(Redaction { own_keys: &own_keys, in_cookie });
        assert_eq!(redact.set_cookie("ann", b"sid=abc", now()), "sid=<1>");
        assert_eq!(redact.set_cookie("ann", b"sid=abc", now()), again);
        assert_eq!(redact.cookie_header("ann", b"sid=abc"), again);
    }
}

#[test]
fn a_cookie_has_the_name_that_it_had_when_its_browser_got_it() {
    let own_keys = none();
    let mut redact = Redactor::new(Redaction { own_keys: &own_keys, in_cookie: true });
    redact.set_cookie("ann", b"sid=abc", now());
    redact.set_cookie("bob", b"sid=abc", now());
    redact.names.passed(&["ann".to_owned(), "bob".to_owned()], "thief");
    for (browser, name) in [("ann", "sid=<1>"), ("bob", "sid=<2>"), ("thief", "sid=<1>")] {
        assert_eq!(redact.cookie_header(browser, b"sid=abc"), name);
    }
    assert_eq!(redact.cookie_header("thief", b"sid=abx"), "sid=<3>");
    assert_eq!(redact.cookie_header("thief", b"sid=abx"), "sid=<3>");
}

#[test]
fn what_is_no_secret_is_shown() {
    let own_keys = none();
    let mut redact = Redactor::new(by_value(&own_keys));
    for header in [
        "sid=../../../../etc/passwd",
        "sid=...",
        r#"sid={"admin":true}"#,
        "sid=worthless; sid=worthless",
        "sid=",
        r#"ipt={"v":{"L":3,"t":"a b"},"l":[1,2]}; theme="dark""#,
    ] {
        assert_eq!(redact.cookie_header("ann", header.as_bytes()), header);
    }
    assert_eq!(redact.set_cookie("ann", b"sid=\"\"; Path=/", now()), "sid=\"\"; Path=/");
    assert_eq!(redact.cookie_header("ann", b"sid=an id"), "sid=<1>");
}

#[test]
fn messages_quote_no_cookies() {
    let own_keys = none();
    let mut redact = Redactor::new(by_value(&own_keys));
    let header = redact.cookie_header("ann", b"sid=s%3Aabcdefghijklmnop.signature; other=x");
    assert_eq!(header, "sid=<1>; other=<2>");
    assert_eq!(
        redact.text("no session abcdefghijklmnop in s%3Aabcdefghijklmnop.signature"),
        "no session <part of 1> in <1>"
    );
    assert_eq!(redact.answer(&Answer::Ok(json!("abcdefghijklmnop"))), r#""<part of 1>""#);
}

#[test]
fn what_the_framework_keeps_among_the_items_is_not_shown_unless_it_is_a_boolean() {
    let own_keys = BTreeSet::from(["_created".to_owned(), "_permanent".to_owned()]);
    let items = json!({"_created": 1_700_000_000, "_permanent": true, "colour": "red"});
    assert_eq!(
        Redactor::new(by_value(&own_keys)).answer(&Answer::Ok(items)),
        r#"{"_created":"<the framework's>","_permanent":true,"colour":"red"}"#
    );
}

#[test]
fn a_cookie_that_browsers_drop_is_no_less_secret() {
    let own_keys = none();
    let large = format!("sid={}; expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/", "x".repeat(5000));
    let mut redact = Redactor::new(by_value(&own_keys));
    assert_eq!(redact.set_cookie("ann", large.as_bytes(), now()), "sid=<1>; Expires=<past>; Path=/");
}

#[test]
fn a_cookie_without_a_name_is_no_less_secret() {
    let own_keys = none();
    let mut redact = Redactor::new(by_value(&own_keys));
    let nameless = "8f3a90c1b2d4e5f60718293a4b5c6d7e; Path=/";
    assert_eq!(redact.set_cookie("ann", nameless.as_bytes(), now()), "<1>; Path=/");
    assert_eq!(redact.cookie_header("ann", b"8f3a90c1b2d4e5f60718293a4b5c6d7e"), "<1>");
}

#[test]
fn expiry_dates_are_seen_from_the_answer() {
    let own_keys = none();
    let mut redact = Redactor::new(by_value(&own_keys));
    let mut shown = |cookie: &[u8]| redact.set_cookie("ann", cookie, now());
    let past = shown(b"sid=abc; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    assert_eq!(past, "sid=<1>; Path=/; Expires=<past>");
    let future = shown(b"sid=abc; Expires=Fri, 15 Jan 2027 08:00:03 GMT; HttpOnly");
    assert_eq!(future, "sid=<1>; Expires=<future>; HttpOnly");
    let near = shown(b"sid=abc; Expires=Fri, 15 Jan 2027 08:00:01 GMT");
    assert_eq!(near, "sid=<1>; Expires=<about now>");
}

#[test]
fn cookies_of_different_names_have_one_order_and_those_of_one_name_keep_theirs() {
    let mut exchange = Exchange {
        node: None,
        connection: None,
        beside: false,
        interrupted: false,
        disturbed: false,
        outlasted: false,
        came_late: false,
        browser: "ann".to_owned(),
        ops: Operations::default(),
        cookie: None,
        outcome: Outcome::Answered { results: Vec::new(), status: 200, save_error: None },
        headers: sessionspec_reference::http::Headers::default(),
        stored: Vec::new(),
        sent: now().unwrap(),
        answered: now(),
    };
    for cookie in ["theme=dark; Path=/b", "sid=", "theme=light; Path=/a"] {
        exchange.headers.append("Set-Cookie", cookie);
    }
    let moments = vec![Moment::Sent(0), Moment::Answered(0)];
    let transcript = Transcript { exchanges: vec![exchange], moments, ..Transcript::default() };
    let shown = Redactor::new(by_value(&none())).transcript(&transcript);
    assert_eq!(shown[0].set_cookie, ["sid=", "theme=<1>; Path=/b", "theme=<2>; Path=/a"]);
}

#[test]
fn a_service_that_sets_cookies_without_end_is_told_in_a_few_lines() {
    let own_keys = none();
    let mut redact = Redactor::new(by_value(&own_keys));
    let long = format!("sid=abc; Path=/{}", "x".repeat(5000));
    let shown = redact.set_cookie("ann", long.as_bytes(), now());
    assert!(shown.starts_with("sid=<1>; Path=/xxx") && shown.ends_with("… (5015 characters)"), "{shown}");
    let many = (0..900).map(|number| format!("cookie{number}=abc")).collect::<Vec<_>>().join("; ");
    assert!(redact.cookie_header("ann", many.as_bytes()).chars().count() < LONGEST + 50);
}
