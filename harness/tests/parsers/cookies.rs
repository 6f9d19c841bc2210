//! `Set-Cookie` fields, dates in them, and what a browser does with them.

use std::time::{Duration, SystemTime};

use sessionspec::engine::browser::{Jar, Origin, SetCookie, parse_cookie_date};

use crate::rubbish::{bytes, each};

fn fields() -> Vec<Vec<u8>> {
    [
        "session=abc.def-123; Path=/; HttpOnly; SameSite=Lax",
        "__Host-id=\"a b\"; Secure; Path=/; Max-Age=3600; Expires=Thu, 26 Nov 2026 01:02:03 GMT",
        "id=; Max-Age=0; Domain=.app.test; Path=/probe; SameSite=None; Partitioned",
        "=value; expires=Thursday, 26-Nov-26 01:02:03 GMT; domain=",
    ]
    .map(|field| field.as_bytes().to_vec())
    .to_vec()
}

#[test]
fn any_field_is_read_or_refused_and_a_browser_sends_nothing_that_it_cannot_send() {
    let origins = ["http://127.0.0.1", "https://app.test", "http://a.app.test:8080"];
    let origins = origins.map(|origin| Origin::parse(origin).unwrap());
    each(bytes(fields()), |field| {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        if let Ok(cookie) = SetCookie::parse(&field) {
            assert_eq!(cookie.raw, field);
        }
        for origin in &origins {
            let mut jar = Jar::default();
            let _ = jar.store(origin, "/probe", &field, now);
            for later in [Duration::ZERO, Duration::from_secs(40_000_000_000)] {
                let header = jar.header(origin, "/probe", now + later).unwrap_or_default();
                assert!(!header.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n')), "{header:?}");
            }
        }
    });
}

#[test]
fn any_date_is_read_or_refused() {
    let good = ["Thu, 26 Nov 2026 01:02:03 GMT", "Thursday, 26-Nov-26 01:02:03 GMT", "Nov 26 01:02:03 9999"];
    each(bytes(good.map(|date| date.as_bytes().to_vec()).to_vec()), |date| {
        let _ = parse_cookie_date(&date);
    });
}
