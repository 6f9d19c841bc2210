//! `Set-Cookie` fields, dates in them, what a browser does with them, and what forgeries make of cookies.

use std::time::{Duration, SystemTime};

use sessionspec::engine::browser::{Jar, Origin, SetCookie, parse_cookie_date};
use sessionspec::engine::script::{Change, Forgery, Neighbours, Spelling};

use super::split_first;

pub(super) fn fields() -> Vec<Vec<u8>> {
    [
        "session=abc.def-123; Path=/; HttpOnly; SameSite=Lax",
        "__Host-id=\"a b\"; Secure; Path=/; Max-Age=3600; Expires=Thu, 26 Nov 2026 01:02:03 GMT",
        "id=; Max-Age=0; Domain=.app.test; Path=/probe; SameSite=None; Partitioned",
        "=value; expires=Thursday, 26-Nov-26 01:02:03 GMT; domain=",
    ]
    .map(|field| field.as_bytes().to_vec())
    .to_vec()
}

/// A browser sends nothing that it cannot send, whatever it was given.
pub(super) fn field(field: &[u8]) {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    if let Ok(cookie) = SetCookie::parse(field) {
        assert_eq!(cookie.raw, field);
    }
    for origin in ["http://127.0.0.1", "https://app.test", "http://a.app.test:8080"] {
        let origin = Origin::parse(origin).unwrap();
        let mut jar = Jar::default();
        let _ = jar.store(&origin, "/probe", field, now);
        for later in [Duration::ZERO, Duration::from_secs(40_000_000_000)] {
            let header = jar.header(&origin, "/probe", now + later).unwrap_or_default();
            assert!(!header.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n')), "{header:?}");
        }
    }
}

pub(super) fn dates() -> Vec<Vec<u8>> {
    let dates = ["Thu, 26 Nov 2026 01:02:03 GMT", "Thursday, 26-Nov-26 01:02:03 GMT", "Nov 26 01:02:03 9999"];
    dates.map(|date| date.as_bytes().to_vec()).to_vec()
}

pub(super) fn date(date: &[u8]) {
    let _ = parse_cookie_date(date);
}

/// The first byte says how; names and values of cookies follow, those of the other browser behind a NUL.
pub(super) fn to_forge() -> Vec<Vec<u8>> {
    let jws = "eyJjb2xvdXIiOiJyZWQifQ.aSYk2g.c2lnbmF0dXJl";
    let percent = "%7B%22colour%22%3A%22red%22%7D.abcdef--0123456789abcdef";
    let values = [jws, percent, "s%3AaBcD_1234.efgh/+", "\"quoted\"", "80:deadbeef|1:a|red", ""];
    let cookies = |value: &str| format!("id={value}\ntheme=dark\0id={value}x").into_bytes();
    (0..60).zip(values.into_iter().cycle()).map(|(how, value)| [vec![how], cookies(value)].concat()).collect()
}

/// A forgery makes a header of anything that a service has set, and bounds what it makes.
pub(super) fn forge(bytes: &[u8]) {
    let (how, cookies) = split_first(bytes);
    let forgery = &forgeries()[usize::from(how) % forgeries().len()];
    let mut browsers = cookies.splitn(2, |byte| *byte == b'\0').map(|cookies| {
        let pairs = cookies.split(|byte| *byte == b'\n').filter(|pair| !pair.is_empty());
        let pair = |pair: &[u8]| {
            let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            (pair[..at].to_vec(), pair.get(at + 1..).unwrap_or_default().to_vec())
        };
        pairs.map(pair).collect::<Vec<_>>()
    });
    let (own, other) = (browsers.next().unwrap_or_default(), browsers.next().unwrap_or_default());
    let header = forgery.header(&own, &other);
    let most = 12 * bytes.len() + (own.len() + 1) * 20_000;
    assert!(header.len() <= most, "{forgery}: {} bytes of {}", header.len(), bytes.len());
}

fn forgeries() -> Vec<Forgery> {
    use Change::{Doubled, Emptied, Flipped, Missing, Recased, Shortened, Swapped, Truncated, Zeroed};
    let changes = [Emptied, Truncated, Shortened, Doubled, Flipped, Recased, Swapped, Zeroed, Missing];
    let rewritten = |signature| Forgery::Rewritten {
        from: "red".to_owned(),
        to: "blue \u{e9}\u{0}".to_owned(),
        signature,
    };
    let field = |field, change| Forgery::Field { cookie: 0, field, change };
    let mut all = vec![Forgery::Replayed, Forgery::Unknown, Forgery::ValuesOfOther, rewritten(None)];
    all.extend(changes.map(|change| rewritten(Some(change))));
    all.extend((0..3).flat_map(|at| changes.map(|change| field(at, change))));
    all.extend(changes.map(|change| Forgery::LongField { cookie: 0, field: 1, change, shortest: 4 }));
    all.extend(
        [
            Spelling::Empty,
            Spelling::NameOnly,
            Spelling::Quoted,
            Spelling::Octal,
            Spelling::Percent,
            Spelling::HalfPercent,
            Spelling::Long,
            Spelling::NonUtf8,
            Spelling::Nul,
        ]
        .map(Forgery::Value),
    );
    all.extend([Neighbours::OthersFirst, Neighbours::WorthlessLast, Neighbours::Many].map(Forgery::Among));
    all.extend([0, 7, 300].map(|at| Forgery::Byte { at, byte: b'.' }));
    all.extend([0, 255, 1024].map(Forgery::Length));
    all
}
