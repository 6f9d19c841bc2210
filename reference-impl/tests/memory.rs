//! The in-memory interface, by behaviour: what the contract leaves open is set by a mode, the rest holds in each.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::clock::ManualClock;
use sessionspec_reference::http::{Request, Response};
use sessionspec_reference::modes::{Emptied, Nested, OnError, Permanent};
use sessionspec_reference::{Memory, MemorySession, Modes, Session, SessionInterface};

/// A browser that keeps what it was last given, and nothing of what Max-Age says.
#[derive(Default, Clone)]
struct Client {
    cookie: Option<String>,
}

impl Client {
    async fn open(&self, sessions: &Memory) -> MemorySession {
        let mut request = Request::default();
        if let Some(cookie) = &self.cookie {
            request.headers.append("Cookie", cookie.as_str());
        }
        sessions.open_session(&request).await.unwrap().unwrap()
    }

    async fn save(&mut self, sessions: &Memory, mut session: MemorySession) -> Response {
        self.save_with_status(sessions, &mut session, 200).await
    }

    async fn save_with_status(
        &mut self,
        sessions: &Memory,
        session: &mut MemorySession,
        status: u16,
    ) -> Response {
        let mut response = Response { status, ..Response::default() };
        sessions.save_session(session, &mut response).await.unwrap();
        if let Some(cookie) = set_cookie(&response) {
            self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        }
        response
    }

    async fn set(&mut self, sessions: &Memory, key: &str, value: &str) -> Response {
        let mut session = self.open(sessions).await;
        session.set(key, value.into()).await.unwrap();
        self.save(sessions, session).await
    }

    async fn get(&self, sessions: &Memory, key: &str) -> Option<String> {
        let value = self.open(sessions).await.get(key).await.unwrap();
        value.map(|value| value.as_str().unwrap().to_owned())
    }
}

fn set_cookie(response: &Response) -> Option<String> {
    let cookie = response.headers.all("Set-Cookie").next()?;
    Some(String::from_utf8(cookie.to_vec()).unwrap())
}

#[tokio::test]
async fn ids_are_long_and_never_the_same() {
    let sessions = Memory::default();
    let mut ids = HashSet::new();
    for _ in 0..1000 {
        let mut client = Client::default();
        client.set(&sessions, "k", "v").await;
        let id = client.cookie.unwrap().split_once('=').unwrap().1.to_owned();
        assert_eq!(id.len(), 32);
        assert!(ids.insert(id));
    }
}

#[tokio::test]
async fn an_unknown_id_is_not_adopted() {
    let sessions = Memory::default();
    let forged = "session=00112233445566778899aabbccddeeff";
    let mut client = Client { cookie: Some(forged.to_owned()) };
    client.set(&sessions, "k", "v").await;
    assert_ne!(client.cookie.as_deref(), Some(forged));
    assert_eq!(Client { cookie: Some(forged.to_owned()) }.get(&sessions, "k").await, None);
}

#[tokio::test]
async fn an_untouched_session_stores_nothing_and_sends_no_cookie() {
    let sessions = Memory::default();
    let mut client = Client::default();
    let session = client.open(&sessions).await;
    let response = client.save(&sessions, session).await;
    assert_eq!(response, Response::default());
}

#[tokio::test]
async fn a_session_expires_for_a_client_that_ignores_max_age() {
    let clock = Rc::new(ManualClock::default());
    let modes = Modes { browser_lifetime: Some(Duration::from_secs(60)), ..Modes::default() };
    let sessions = Memory::with_clock(modes, Rc::clone(&clock) as _);
    let mut client = Client::default();
    client.set(&sessions, "k", "v").await;
    clock.advance(Duration::from_millis(59_999));
    assert_eq!(client.get(&sessions, "k").await.as_deref(), Some("v"));
    clock.advance(Duration::from_millis(1));
    assert_eq!(client.get(&sessions, "k").await, None);
}

#[tokio::test]
async fn a_save_does_not_revive_what_expired_meanwhile() {
    let clock = Rc::new(ManualClock::default());
    let modes = Modes { browser_lifetime: Some(Duration::from_secs(60)), ..Modes::default() };
    let sessions = Memory::with_clock(modes, Rc::clone(&clock) as _);
    let mut client = Client::default();
    client.set(&sessions, "k", "v").await;
    let old = client.clone();
    let mut session = client.open(&sessions).await;
    clock.advance(Duration::from_secs(60));
    session.set("k", "late".into()).await.unwrap();
    client.save(&sessions, session).await;
    assert_eq!(old.get(&sessions, "k").await, None);
}

#[tokio::test]
async fn permanent_sends_its_lifetime_with_the_cookie() {
    let modes = Modes { lifetime: Duration::from_secs(90), ..Modes::default() };
    let sessions = Memory::new(modes);
    let mut client = Client::default();
    let mut session = client.open(&sessions).await;
    session.set_permanent(true).await.unwrap();
    let response = client.save(&sessions, session).await;
    assert!(set_cookie(&response).unwrap().ends_with("; Max-Age=90"));
}

#[tokio::test]
async fn a_rotated_id_is_dead_and_the_new_one_has_the_items() {
    let sessions = Memory::default();
    let mut client = Client::default();
    client.set(&sessions, "k", "v").await;
    let old = client.clone();
    let mut session = client.open(&sessions).await;
    session.regenerate().await.unwrap();
    assert!(!session.is_new().await.unwrap(), "a new id is no new session");
    client.save(&sessions, session).await;
    assert_eq!(client.get(&sessions, "k").await.as_deref(), Some("v"));
    assert_eq!(old.get(&sessions, "k").await, None);
}

#[tokio::test]
async fn a_request_in_flight_does_not_bring_a_destroyed_session_back() {
    let sessions = Memory::default();
    let mut client = Client::default();
    client.set(&sessions, "k", "v").await;
    let old = client.clone();

    let mut in_flight = client.open(&sessions).await;
    in_flight.set("k", "late".into()).await.unwrap();
    let mut logout = client.open(&sessions).await;
    logout.destroy().await.unwrap();
    client.save(&sessions, logout).await;
    let response = old.clone().save(&sessions, in_flight).await;

    assert_eq!(set_cookie(&response), None, "by now, the browser may have another cookie, which has to stay");
    assert_eq!(old.get(&sessions, "k").await, None);
}

#[tokio::test]
async fn an_emptied_session_is_removed_or_kept() {
    for (emptied, cookie) in [(Emptied::Removed, "Max-Age=0"), (Emptied::Kept, "session=")] {
        let sessions = Memory::new(Modes { emptied, ..Modes::default() });
        let mut client = Client::default();
        client.set(&sessions, "k", "v").await;
        let mut session = client.open(&sessions).await;
        session.clear().await.unwrap();
        let response = client.save(&sessions, session).await;
        assert!(set_cookie(&response).unwrap().contains(cookie), "{emptied:?}");
        assert_eq!(client.get(&sessions, "k").await, None, "{emptied:?}");
        let is_new = client.open(&sessions).await.is_new().await.unwrap();
        assert_eq!(is_new, emptied == Emptied::Removed, "{emptied:?}");
    }
}

#[tokio::test]
async fn a_failed_request_is_saved_or_discarded() {
    for (on_error, kept) in [(OnError::Saved, Some("v")), (OnError::Discarded, None)] {
        let sessions = Memory::new(Modes { on_error, ..Modes::default() });
        let mut client = Client::default();
        let mut session = client.open(&sessions).await;
        session.set("k", "v".into()).await.unwrap();
        let response = client.save_with_status(&sessions, &mut session, 500).await;
        assert_eq!(
            set_cookie(&response).is_some(),
            kept.is_some(),
            "a cookie is sent if and only if its data was kept"
        );
        assert_eq!(client.get(&sessions, "k").await.as_deref(), kept);
    }
}

#[tokio::test]
async fn a_change_inside_of_a_value_follows_its_mode() {
    for (nested, seen, kept) in
        [(Nested::Untracked, "new", "old"), (Nested::Tracked, "new", "new"), (Nested::Copies, "old", "old")]
    {
        let sessions = Memory::new(Modes { nested, ..Modes::default() });
        let mut client = Client::default();
        let mut session = client.open(&sessions).await;
        session.set("box", serde_json::json!({"n": "old"})).await.unwrap();
        client.save(&sessions, session).await;

        let mut session = client.open(&sessions).await;
        session.set_in(&["box".into(), "n".into()], "new".into()).await.unwrap();
        assert_eq!(session.get("box").await.unwrap().unwrap()["n"], seen, "{nested:?}");
        client.save(&sessions, session).await;
        let found = client.open(&sessions).await.get("box").await.unwrap().unwrap();
        assert_eq!(found["n"], kept, "{nested:?}");
    }
}

#[tokio::test]
async fn permanent_beside_the_data_is_no_item() {
    for (permanent, survives_clear) in [(Permanent::Attribute, true), (Permanent::ClearedAttribute, false)] {
        let sessions = Memory::new(Modes { permanent, ..Modes::default() });
        let mut session = Client::default().open(&sessions).await;
        session.set_permanent(true).await.unwrap();
        assert_eq!(session.len().await.unwrap(), 0);
        session.clear().await.unwrap();
        assert_eq!(session.permanent().await.unwrap(), survives_clear);
    }
}

#[tokio::test]
async fn permanent_that_clear_keeps_stays_an_item() {
    let sessions = Memory::new(Modes { permanent: Permanent::KeptInData, ..Modes::default() });
    let mut session = Client::default().open(&sessions).await;
    session.set("k", "v".into()).await.unwrap();
    session.set_permanent(true).await.unwrap();
    session.clear().await.unwrap();
    assert_eq!(session.len().await.unwrap(), 1);
    assert!(session.permanent().await.unwrap());
}

#[tokio::test]
async fn a_save_within_the_cycle_is_seen_by_others() {
    let sessions = Memory::default();
    let mut client = Client::default();
    client.set(&sessions, "k", "old").await;
    let mut session = client.open(&sessions).await;
    session.set("k", "new".into()).await.unwrap();
    assert_eq!(client.get(&sessions, "k").await.as_deref(), Some("old"));
    session.save().await.unwrap();
    assert_eq!(client.get(&sessions, "k").await.as_deref(), Some("new"));
}
