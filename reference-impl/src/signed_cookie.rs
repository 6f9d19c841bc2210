//! The same contract without a store: the browser keeps the session, in a cookie that is signed.

use std::rc::Rc;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::{Cookie, CookieJar, Key, SameSite};
use serde::{Deserialize, Serialize};

use crate::capability::{Emptied, Expiry, Modified, Nested, New, OnError, Permanent, Store};
use crate::clock::{Clock, SystemClock};
use crate::description::{Claims, Description};
use crate::error::{Error, Result};
use crate::http::{Request, Response};
use crate::interface::{Session, SessionInterface};
use crate::stored::COOKIE_NAME;
use crate::value::{Map, PathStep, Value, assign_in};

/// How long a permanent session lives after a save.
const LIFETIME: Duration = Duration::from_secs(31 * 24 * 60 * 60);

/// How long any other session lives after a save. The browser may end it sooner, but nobody can rely on that.
const BROWSER_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The largest cookie that browsers keep, in bytes (RFC 6265bis, section 5.6). They drop a larger one and say nothing.
const MAX_COOKIE_BYTES: usize = 4096;

/// Client-side sessions, as Flask has them: the cookie holds the items, readable by anyone and signed.
///
/// - A cookie that does not verify, or is past the expiry that it carries, opens a fresh session.
/// - Nothing can be revoked: a copy of an old cookie works until it expires.
/// - A session that does not fit into a cookie is refused by the save, instead of being dropped by the browser.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use sessionspec_reference::http::{Request, Response};
/// use sessionspec_reference::{Session, SessionInterface, SignedCookies};
///
/// let sessions = SignedCookies::new(&[7; 64])?;
/// let mut session = sessions.open_session(&Request::default()).await?.expect("there is a key");
/// session.set("colour", "red".into()).await?;
///
/// let mut response = Response::default();
/// sessions.save_session(&mut session, &mut response).await?;
/// assert!(response.headers.all("Set-Cookie").next().is_some());
/// # Ok::<(), sessionspec_reference::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct SignedCookies {
    key: Option<Key>,
    clock: Rc<dyn Clock>,
}

impl SignedCookies {
    /// Signs with this secret, on the clock of the machine.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] where the secret has less than 64 bytes.
    pub fn new(secret: &[u8]) -> Result<Self> {
        Self::with_clock(secret, Rc::new(SystemClock))
    }

    /// Signs with this secret, on this clock.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_clock(secret: &[u8], clock: Rc<dyn Clock>) -> Result<Self> {
        let key = Key::try_from(secret)
            .map_err(|error| Error::refused(format!("this secret cannot sign cookies: {error}")))?;
        Ok(Self { key: Some(key), clock })
    }

    /// Makes an interface without a secret. It opens no session, so the application gets a
    /// [`NullSession`](crate::NullSession).
    #[must_use]
    pub fn without_secret() -> Self {
        Self { key: None, clock: Rc::new(SystemClock) }
    }

    /// The content of this request's cookie, if a cookie verifies and has not expired.
    fn verified(&self, request: &Request, key: &Key) -> Option<Payload> {
        let candidates = request.cookies(COOKIE_NAME).filter_map(|value| std::str::from_utf8(value).ok());
        let mut payloads = candidates.filter_map(|value| {
            let mut jar = CookieJar::new();
            jar.add_original(Cookie::new(COOKIE_NAME, value.to_owned()));
            let signed = jar.signed(key).get(COOKIE_NAME)?;
            let json = URL_SAFE_NO_PAD.decode(signed.value()).ok()?;
            serde_json::from_slice::<Payload>(&json).ok()
        });
        let now = self.clock.now();
        payloads.find(|payload| payload.expires > now)
    }
}

/// The content of the cookie. The expiry is signed with it, since a client may ignore `Max-Age`.
#[derive(Serialize, Deserialize)]
struct Payload {
    items: Map,
    own_lifetime: Option<Duration>,
    expires: SystemTime,
}

/// A session of the [`SignedCookies`] interface.
pub struct SignedCookieSession {
    key: Key,
    items: Map,
    own_lifetime: Option<Duration>,
    /// Whether the request came with a cookie that verified.
    returning: bool,
    accessed: bool,
    modified: bool,
}

impl SignedCookieSession {
    async fn lifetime(&mut self) -> Result<Duration> {
        let usual = if self.permanent().await? { LIFETIME } else { BROWSER_LIFETIME };
        Ok(self.own_lifetime.unwrap_or(usual))
    }

    async fn cookie(&mut self, now: SystemTime) -> Result<String> {
        let lifetime = self.lifetime().await?;
        let expires = now.checked_add(lifetime).ok_or_else(|| {
            Error::refused(format!("{} seconds are too long a lifetime", lifetime.as_secs()))
        })?;
        let payload = Payload { items: self.items.clone(), own_lifetime: self.own_lifetime, expires };
        let json = serde_json::to_vec(&payload)
            .map_err(|error| Error::refused(format!("this session cannot be written as JSON: {error}")))?;
        let mut cookie = base_cookie(URL_SAFE_NO_PAD.encode(json));
        if self.permanent().await? {
            let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
            cookie.set_max_age(cookie::time::Duration::seconds(seconds));
        }
        let mut jar = CookieJar::new();
        jar.signed_mut(&self.key).add(cookie);
        let signed = jar.get(COOKIE_NAME).expect("it has just been added").to_string();
        if signed.len() > MAX_COOKIE_BYTES {
            return Err(Error::refused(format!(
                "this session needs a cookie of {} bytes, and browsers drop those over {MAX_COOKIE_BYTES}",
                signed.len()
            )));
        }
        Ok(signed)
    }

    fn write(&mut self) -> &mut Map {
        self.accessed = true;
        self.modified = true;
        &mut self.items
    }
}

impl SessionInterface for SignedCookies {
    type Session = SignedCookieSession;

    async fn open_session(&self, request: &Request) -> Result<Option<SignedCookieSession>> {
        let Some(key) = &self.key else { return Ok(None) };
        let payload = self.verified(request, key);
        let returning = payload.is_some();
        let (items, own_lifetime) =
            payload.map(|payload| (payload.items, payload.own_lifetime)).unwrap_or_default();
        Ok(Some(SignedCookieSession {
            key: key.clone(),
            items,
            own_lifetime,
            returning,
            accessed: false,
            modified: false,
        }))
    }

    async fn save_session(&self, session: &mut SignedCookieSession, response: &mut Response) -> Result<()> {
        if session.accessed {
            response.headers.append("Vary", "Cookie");
        }
        if !session.modified {
            return Ok(());
        }
        if !session.items.is_empty() {
            response.headers.append("Set-Cookie", session.cookie(self.clock.now()).await?);
        } else if session.returning {
            let mut removal = base_cookie(String::new());
            removal.set_max_age(cookie::time::Duration::ZERO);
            response.headers.append("Set-Cookie", removal.to_string());
        }
        Ok(())
    }

    fn on_clock(&self, clock: Rc<dyn Clock>) -> Option<Self> {
        Some(Self { key: self.key.clone(), clock })
    }

    fn describe(&self) -> Description {
        Description {
            name: Some("sessionspec-reference signed cookies".into()),
            version: Some(env!("CARGO_PKG_VERSION").into()),
            lifetime_seconds: Some(LIFETIME.as_secs_f64()),
            browser_lifetime_seconds: Some(Some(BROWSER_LIFETIME.as_secs_f64())),
            declares: Claims {
                modified: Some(Modified::Tracked),
                new: Some(New::Real),
                permanent: Some(Permanent::InData),
                nested: Some(Nested::Untracked),
                store: Some(Store::Client),
                expiry: Some(Expiry::Absolute),
                on_error: Some(OnError::Saved),
                empty: Some(Emptied::Removed),
                ..Claims::default()
            },
            ..Description::default()
        }
    }
}

/// A cookie with the attributes of all session cookies. A removal needs the same ones, or a browser keeps the original.
fn base_cookie(value: String) -> Cookie<'static> {
    Cookie::build((COOKIE_NAME, value)).path("/").http_only(true).same_site(SameSite::Lax).build()
}

impl Session for SignedCookieSession {
    async fn get(&mut self, key: &str) -> Result<Option<Value>> {
        self.accessed = true;
        Ok(self.items.get(key).cloned())
    }

    async fn items(&mut self) -> Result<Map> {
        self.accessed = true;
        Ok(self.items.clone())
    }

    async fn set(&mut self, key: &str, value: Value) -> Result<()> {
        self.write().insert(key.to_owned(), value);
        Ok(())
    }

    async fn delete(&mut self, key: &str) -> Result<bool> {
        self.accessed = true;
        let removed = self.items.remove(key).is_some();
        self.modified |= removed;
        Ok(removed)
    }

    async fn modified(&mut self) -> Result<bool> {
        Ok(self.modified)
    }

    async fn set_modified(&mut self) -> Result<()> {
        self.write();
        Ok(())
    }

    async fn is_new(&mut self) -> Result<bool> {
        Ok(!self.returning)
    }

    async fn set_in(&mut self, path: &[PathStep], value: Value) -> Result<()> {
        self.accessed = true;
        assign_in(&mut self.items, path, value)
    }

    async fn destroy(&mut self) -> Result<()> {
        self.write().clear();
        self.own_lifetime = None;
        Ok(())
    }

    async fn set_lifetime(&mut self, seconds: f64) -> Result<()> {
        let lifetime = Duration::try_from_secs_f64(seconds)
            .map_err(|error| Error::refused(format!("{seconds} seconds is no lifetime: {error}")))?;
        self.own_lifetime = Some(lifetime);
        self.write();
        Ok(())
    }
}
