//! The cookie jar keeps, replaces, expires and sends cookies by the rules that browsers follow. Where it drops a
//! cookie, it says which rule demands that.

use std::{cmp::Reverse, time::SystemTime};

use super::{
    origin::Origin,
    refusal::Refusal,
    set_cookie::{SetCookie, text},
    stored_cookie::StoredCookie,
};

/// The cookies of one browser (RFC 6265bis §5.7 and §5.8).
///
/// As browsers do, it ignores the port and does not keep http and https apart except for `Secure` cookies.
/// Unlike them, it has no public suffix list, no bound on the number of cookies, and takes every request for
/// the site's own, so `SameSite` never holds a cookie back. Time is whatever the caller says it is.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sessionspec::engine::browser::{Jar, Origin, Stored};
///
/// let origin = Origin::parse("https://app.test")?;
/// let now = SystemTime::now();
/// let mut jar = Jar::default();
/// assert_eq!(jar.store(&origin, "/login", b"sid=31d4; Max-Age=60; Secure; HttpOnly", now)?, Stored::Added);
/// assert_eq!(jar.header(&origin, "/", now), Some(b"sid=31d4".to_vec()));
/// assert_eq!(jar.header(&origin, "/", now + Duration::from_secs(60)), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jar {
    /// The cookies in the order of creation; a replacement takes the place of its predecessor.
    cookies: Vec<StoredCookie>,
}

/// The effect that a `Set-Cookie` had on a [`Jar`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stored {
    /// The cookie is new.
    Added,
    /// The cookie has replaced one of the same name, domain and path.
    Replaced,
    /// The cookie had ended when it came, and has removed the one of the same name, domain and path.
    Removed,
    /// The cookie had ended when it came, and there was none to remove. Often this is because its `Path` or `Domain` is
    /// not that of the cookie which it was meant to remove.
    NothingToRemove,
}

impl Jar {
    /// Takes the value of one `Set-Cookie` header of `origin`'s answer to a request for `request_path`.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] says why a browser would drop the cookie. The jar is then unchanged, except that cookies which
    /// have ended by `now` are gone.
    pub fn store(
        &mut self,
        origin: &Origin,
        request_path: &str,
        set_cookie: &[u8],
        now: SystemTime,
    ) -> Result<Stored, Refusal> {
        self.cookies.retain(|cookie| !cookie.is_expired(now));

        let new = StoredCookie::receive(origin, request_path, SetCookie::parse(set_cookie)?, now)?;
        let shadows_secure = |old: &StoredCookie| old.secure && new.shadows(old);
        // A cookie from an insecure origin is not `Secure` itself, since such a cookie was refused above.
        if !origin.is_secure() && self.cookies.iter().any(shadows_secure) {
            return Err(Refusal::ShadowsSecureCookie { name: text(&new.name), origin: origin.to_string() });
        }

        let old = self.cookies.iter().position(|old| new.replaces(old));
        Ok(match (old, new.is_expired(now)) {
            (Some(old), true) => {
                self.cookies.remove(old);
                Stored::Removed
            }
            (None, true) => Stored::NothingToRemove,
            (Some(old), false) => {
                self.cookies[old] = new;
                Stored::Replaced
            }
            (None, false) => {
                self.cookies.push(new);
                Stored::Added
            }
        })
    }

    /// The `Cookie` header of a request to `origin` for `path`: `a=1; b=2`, or none if no cookie goes there.
    #[must_use]
    pub fn header(&self, origin: &Origin, path: &str, now: SystemTime) -> Option<Vec<u8>> {
        let mut header: Option<Vec<u8>> = None;
        for cookie in self.sent_to(origin, path, now) {
            match &mut header {
                Some(header) => {
                    header.extend_from_slice(b"; ");
                    cookie.write_pair(header);
                }
                None => header = Some(cookie.pair()),
            }
        }
        header
    }

    /// The cookies of that header, in its order: longer paths first, then those created first (RFC 6265bis
    /// §5.8.3).
    #[must_use]
    pub fn sent_to(&self, origin: &Origin, path: &str, now: SystemTime) -> Vec<&StoredCookie> {
        let sent = |cookie: &&StoredCookie| !cookie.is_expired(now) && cookie.is_sent_to(origin, path);
        let mut cookies: Vec<_> = self.cookies().filter(sent).collect();
        cookies.sort_by_key(|cookie| Reverse(cookie.path.len()));
        cookies
    }

    /// All cookies in the order of creation, for checks that replay and forge. Cookies that have ended are among them
    /// until the next [`store`](Self::store).
    pub fn cookies(&self) -> impl Iterator<Item = &StoredCookie> {
        self.cookies.iter()
    }

    /// Closes the browser: cookies without `Max-Age` and `Expires` are gone (RFC 6265bis §5.7).
    pub fn end_browser_session(&mut self) {
        self.cookies.retain(|cookie| cookie.expires.is_some());
    }

    /// Drops every cookie of this name, whatever its domain and path, and says how many there were.
    pub fn remove(&mut self, name: impl AsRef<[u8]>) -> usize {
        let before = self.cookies.len();
        self.cookies.retain(|cookie| cookie.name != name.as_ref());
        before - self.cookies.len()
    }

    /// Drops every cookie.
    pub fn clear(&mut self) {
        self.cookies.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A jar that was given these cookies, each from its origin and path.
    fn jar(cookies: &[(&str, &str, &str)]) -> Jar {
        let mut jar = Jar::default();
        for (origin, path, cookie) in cookies {
            let stored = store(&mut jar, origin, path, cookie);
            assert!(stored.is_ok(), "{cookie}: {stored:?}");
        }
        jar
    }

    fn store(jar: &mut Jar, origin: &str, path: &str, cookie: &str) -> Result<Stored, Refusal> {
        jar.store(&Origin::parse(origin).unwrap(), path, cookie.as_bytes(), now())
    }

    fn header(jar: &Jar, origin: &str, path: &str) -> String {
        let header = jar.header(&Origin::parse(origin).unwrap(), path, now());
        header.map_or_else(String::new, |bytes| text(&bytes))
    }

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
    }

    const APP: &str = "https://app.test";

    #[test]
    fn longer_paths_come_first_then_older_cookies() {
        let jar = jar(&[
            (APP, "/", "a=1; Path=/"),
            (APP, "/", "b=2; Path=/app"),
            (APP, "/", "c=3; Path=/"),
            (APP, "/", "d=4; Path=/app/x"),
            (APP, "/", "a=5; Path=/app"),
        ]);
        assert_eq!(header(&jar, APP, "/app/x?q"), "d=4; b=2; a=5; a=1; c=3");
        assert_eq!(header(&jar, APP, "/apple"), "a=1; c=3");
        assert_eq!(jar.header(&Origin::default(), "/", now()), None);
    }

    #[test]
    fn a_replacement_keeps_its_place() {
        let mut jar = jar(&[(APP, "/", "a=1"), (APP, "/", "b=2")]);
        assert_eq!(store(&mut jar, APP, "/login", "a=3; HttpOnly"), Ok(Stored::Replaced));
        assert_eq!(header(&jar, APP, "/"), "a=3; b=2");
        assert!(jar.cookies().next().unwrap().http_only);
    }

    #[test]
    fn another_path_or_domain_is_another_cookie() {
        let mut jar = jar(&[(APP, "/", "a=1")]);
        for other in ["a=2; Path=/app", "a=3; Domain=app.test", "A=4", "=a"] {
            assert_eq!(store(&mut jar, APP, "/", other), Ok(Stored::Added), "{other}");
        }
        assert_eq!(header(&jar, APP, "/app"), "a=2; a=1; a=3; A=4; a");
    }

    #[test]
    fn a_removal_needs_the_same_path_and_domain() {
        const REMOVE: &str = "a=; Expires=Thu, 01-Jan-1970 00:00:00 GMT";
        let mut jar = jar(&[(APP, "/", "a=1; Path=/app")]);
        for wrong in ["", "; Path=/", "; Path=/app; Domain=app.test"] {
            let stored = store(&mut jar, APP, "/", &format!("{REMOVE}{wrong}"));
            assert_eq!(stored, Ok(Stored::NothingToRemove), "{wrong}");
        }
        assert_eq!(store(&mut jar, APP, "/", &format!("{REMOVE}; Path=/app")), Ok(Stored::Removed));
        assert_eq!(jar.cookies().count(), 0);
    }

    #[test]
    fn a_cookie_is_over_at_its_end_and_a_new_one_begins_anew() {
        let origin = Origin::parse(APP).unwrap();
        let mut jar = jar(&[(APP, "/", "a=1; Max-Age=5"), (APP, "/", "b=2")]);
        let end = now() + Duration::from_secs(5);
        assert_eq!(jar.header(&origin, "/", end - Duration::from_nanos(1)), Some(b"a=1; b=2".to_vec()));
        assert_eq!(jar.header(&origin, "/", end), Some(b"b=2".to_vec()));
        assert_eq!(jar.cookies().count(), 2, "a client that ignores Max-Age still finds it");

        assert_eq!(jar.store(&origin, "/", b"a=3", end), Ok(Stored::Added));
        assert_eq!(jar.header(&origin, "/", end), Some(b"b=2; a=3".to_vec()));
    }

    #[test]
    fn hosts_get_their_own_cookies_and_those_of_their_domain() {
        let jar = jar(&[
            (APP, "/", "host=1"),
            ("https://www.app.test", "/", "domain=2; Domain=app.test"),
            ("http://127.0.0.1:5000", "/", "address=3; Domain=127.0.0.1"),
        ]);
        assert_eq!(header(&jar, APP, "/"), "host=1; domain=2");
        assert_eq!(
            header(&jar, "http://app.test:8080", "/"),
            "host=1; domain=2",
            "neither scheme nor port matters"
        );
        assert_eq!(header(&jar, "https://x.app.test", "/"), "domain=2");
        assert_eq!(header(&jar, "http://127.0.0.1:7000", "/"), "address=3");
        assert_eq!(header(&jar, "http://127.0.0.2", "/"), "");
    }

    #[test]
    fn secure_cookies_stay_with_secure_origins() {
        let jar =
            jar(&[(APP, "/", "a=1; Secure"), (APP, "/", "b=2"), ("http://localhost", "/", "c=3; Secure")]);
        assert_eq!(header(&jar, APP, "/"), "a=1; b=2");
        assert_eq!(header(&jar, "http://app.test", "/"), "b=2");
        assert_eq!(header(&jar, "http://localhost:3000", "/"), "c=3");
    }

    #[test]
    fn an_insecure_origin_leaves_secure_cookies_alone() {
        const PLAIN: &str = "http://app.test";
        let mut jar = jar(&[(APP, "/", "a=1; Secure; Path=/login")]);
        for shadow in ["a=2; Path=/login", "a=2; Path=/login/en", "a=; Max-Age=0; Path=/login"] {
            let refusal = store(&mut jar, PLAIN, "/", shadow).unwrap_err();
            assert!(matches!(refusal, Refusal::ShadowsSecureCookie { .. }), "{shadow}: {refusal}");
        }
        for (secure_at, secure, shadow_at, shadow) in [
            ("https://www.app.test", "a=1; Secure", PLAIN, "a=2; Domain=app.test"),
            (APP, "a=1; Secure; Domain=app.test", "http://www.app.test", "a=2"),
        ] {
            let mut jar = self::jar(&[(secure_at, "/", secure)]);
            let refusal = store(&mut jar, shadow_at, "/", shadow).unwrap_err();
            assert!(matches!(refusal, Refusal::ShadowsSecureCookie { .. }), "{shadow}: {refusal}");
        }
        for harmless in ["a=2; Path=/", "a=2; Path=/log", "b=2; Path=/login"] {
            assert_eq!(store(&mut jar, PLAIN, "/", harmless), Ok(Stored::Added), "{harmless}");
        }
        assert_eq!(store(&mut jar, APP, "/", "a=3; Path=/login"), Ok(Stored::Replaced), "https may");
    }

    #[test]
    fn values_travel_byte_for_byte() {
        let origin = Origin::default();
        let mut jar = Jar::default();
        for raw in [&b"a=\"x y\""[..], b"b=\xff\xc3\x28", b"c=", b"no name"] {
            assert_eq!(jar.store(&origin, "/", raw, now()), Ok(Stored::Added));
        }
        assert_eq!(jar.header(&origin, "/", now()), Some(b"a=\"x y\"; b=\xff\xc3\x28; c=; no name".to_vec()));
    }

    #[test]
    fn a_refused_cookie_changes_nothing() {
        let mut jar = jar(&[(APP, "/", "a=1")]);
        let before = jar.clone();
        for refused in ["a=2; SameSite=None", "a=2; Domain=other.test", "a=\u{1}", "", "__Host-a=2"] {
            assert!(store(&mut jar, APP, "/", refused).is_err(), "{refused:?}");
        }
        assert_eq!(jar, before);
    }

    #[test]
    fn closing_removing_and_clearing() {
        let mut jar =
            jar(&[(APP, "/", "a=1; Max-Age=60"), (APP, "/", "b=2"), (APP, "/", "a=3; Path=/x; Max-Age=60")]);
        jar.end_browser_session();
        assert_eq!(header(&jar, APP, "/x"), "a=3; a=1");
        assert_eq!((jar.remove("b"), jar.remove("a")), (0, 2));
        assert_eq!(jar, Jar::default());

        store(&mut jar, APP, "/", "a=1").unwrap();
        jar.clear();
        assert_eq!(jar.cookies().count(), 0);
    }
}
