//! Client-side sessions, by behaviour: what is in the cookie counts, as long as it verifies and has not expired.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::clock::ManualClock;
use sessionspec_reference::http::{Request, Response};
use sessionspec_reference::{Session, SessionInterface, SignedCookieSession, SignedCookies};

const SECRET: [u8; 64] = [7; 64];
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn open(sessions: &SignedCookies, cookie: &str) -> SignedCookieSession {
    let mut request = Request::default();
    request.headers.append("Cookie", cookie);
    sessions.open_session(&request).await.unwrap().unwrap()
}

async fn save(sessions: &SignedCookies, session: &mut SignedCookieSession) -> Option<String> {
    let mut response = Response::default();
    sessions.save_session(session, &mut response).await.unwrap();
    let cookie = response.headers.all("Set-Cookie").next()?;
    Some(String::from_utf8(cookie.to_vec()).unwrap())
}

/// The cookie of a session that holds a colour, as a browser sends it.
async fn saved(sessions: &SignedCookies, colour: &str) -> String {
    let mut session = open(sessions, "").await;
    session.set("colour", colour.into()).await.unwrap();
    save(sessions, &mut session).await.unwrap().split(';').next().unwrap().to_owned()
}

async fn colour(sessions: &SignedCookies, cookie: &str) -> Option<String> {
    let value = open(sessions, cookie).await.get("colour").await.unwrap();
    value.map(|value| value.as_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_cookie_holds_the_items() {
    let sessions = SignedCookies::new(&SECRET).unwrap();
    let (red, blue) = (saved(&sessions, "red").await, saved(&sessions, "blue").await);
    assert_eq!(colour(&sessions, &red).await.as_deref(), Some("red"));
    assert_eq!(colour(&sessions, &blue).await.as_deref(), Some("blue"));
}

#[tokio::test]
async fn a_cookie_that_does_not_verify_opens_a_fresh_session() {
    let sessions = SignedCookies::new(&SECRET).unwrap();
    let cookie = saved(&sessions, "red").await;
    let elsewhere = SignedCookies::new(&[8; 64]).unwrap();
    assert_eq!(colour(&elsewhere, &cookie).await, None, "signed with another secret");
    for at in "session=".len()..cookie.len() {
        let mut bytes = cookie.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(bytes).unwrap();
        assert_eq!(colour(&sessions, &tampered).await, None, "changed at {at}");
        assert_eq!(colour(&sessions, &cookie[..at]).await, None, "cut off at {at}");
    }
}

#[tokio::test]
async fn a_forged_cookie_beside_the_real_one_does_no_harm() {
    let sessions = SignedCookies::new(&SECRET).unwrap();
    let cookie = saved(&sessions, "red").await;
    let both = format!("session=forged; {cookie}");
    assert_eq!(colour(&sessions, &both).await.as_deref(), Some("red"));
}

#[tokio::test]
async fn the_expiry_is_in_the_signature() {
    let clock = Rc::new(ManualClock::default());
    let sessions = SignedCookies::with_clock(&SECRET, Rc::<ManualClock>::clone(&clock)).unwrap();
    let cookie = saved(&sessions, "red").await;
    clock.advance(DAY - Duration::from_secs(1));
    assert_eq!(colour(&sessions, &cookie).await.as_deref(), Some("red"));
    clock.advance(Duration::from_secs(1));
    assert_eq!(colour(&sessions, &cookie).await, None);
}

#[tokio::test]
async fn a_permanent_session_tells_the_browser_so_and_outlives_the_day() {
    let clock = Rc::new(ManualClock::default());
    let sessions = SignedCookies::with_clock(&SECRET, Rc::<ManualClock>::clone(&clock)).unwrap();
    let mut session = open(&sessions, "").await;
    session.set("colour", "red".into()).await.unwrap();
    session.set_permanent(true).await.unwrap();
    let cookie = save(&sessions, &mut session).await.unwrap();
    assert!(cookie.contains("Max-Age=2678400"), "{cookie}");
    clock.advance(30 * DAY);
    assert_eq!(colour(&sessions, cookie.split(';').next().unwrap()).await.as_deref(), Some("red"));
}

#[tokio::test]
async fn a_lifetime_of_its_own_stays_with_the_session() {
    let clock = Rc::new(ManualClock::default());
    let sessions = SignedCookies::with_clock(&SECRET, Rc::<ManualClock>::clone(&clock)).unwrap();
    let mut session = open(&sessions, "").await;
    session.set("colour", "red".into()).await.unwrap();
    session.set_lifetime(60.0).await.unwrap();
    let first = save(&sessions, &mut session).await.unwrap();
    clock.advance(Duration::from_secs(59));
    let mut session = open(&sessions, first.split(';').next().unwrap()).await;
    session.set("colour", "blue".into()).await.unwrap();
    let second = save(&sessions, &mut session).await.unwrap();
    clock.advance(Duration::from_secs(59));
    assert_eq!(colour(&sessions, second.split(';').next().unwrap()).await.as_deref(), Some("blue"));
    clock.advance(Duration::from_secs(1));
    assert_eq!(colour(&sessions, second.split(';').next().unwrap()).await, None);
}

#[tokio::test]
async fn an_untouched_session_sets_no_cookie_and_an_emptied_one_removes_it() {
    let sessions = SignedCookies::new(&SECRET).unwrap();
    let cookie = saved(&sessions, "red").await;
    let mut session = open(&sessions, &cookie).await;
    session.get("colour").await.unwrap();
    assert_eq!(save(&sessions, &mut session).await, None);
    session.clear().await.unwrap();
    let removal = save(&sessions, &mut session).await.unwrap();
    assert!(removal.starts_with("session=;") && removal.contains("Max-Age=0"), "{removal}");
    assert!(removal.contains("Path=/"), "{removal}");
}

#[tokio::test]
async fn what_does_not_fit_into_a_cookie_is_refused() {
    let sessions = SignedCookies::new(&SECRET).unwrap();
    let mut session = open(&sessions, "").await;
    session.set("text", "x".repeat(4096).into()).await.unwrap();
    let error = sessions.save_session(&mut session, &mut Response::default()).await.unwrap_err();
    assert!(error.to_string().contains("browsers drop those over 4096"), "{error}");
}

#[tokio::test]
async fn without_a_secret_there_is_no_session() {
    let opened = SignedCookies::without_secret().open_session(&Request::default()).await.unwrap();
    assert!(opened.is_none());
    let refused = SignedCookies::new(b"too short").err().unwrap();
    assert!(refused.to_string().starts_with("this secret cannot sign cookies"), "{refused}");
}
