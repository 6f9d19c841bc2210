//! The cookie jar: keeps, replaces, expires and sends cookies by the rules that browsers follow, and says which rule it
//! was when it keeps one out.

use std::{cmp::Reverse, time::SystemTime};

use super::{origin::Origin, refusal::Refusal, set_cookie::{SetCookie, text}, stored_cookie::StoredCookie};

/// The cookies of one browser (RFC 6265bis §5.7 and §5.8).
///
/// As browsers do, it ignores the port and does not keep http and https apart except for `Secure` cookies. Unlike
/// them, it has no public suffix list, no bound on the number of cookies, and takes every request for the site's own,
/// so `SameSite` never holds a cookie back. Time is whatever the caller says it is.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sessionspec::browser::{Jar, Origin, Stored};
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
    /// In the order of creation; a replacement stays where its predecessor was.
    cookies: Vec<StoredCookie>,
}

/// What a `Set-Cookie` did to a [`Jar`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stored {
    /// The cookie is new.
    Added,
    /// A cookie of the same name, domain and path had to make way.
    Replaced,
    /// It was over when it came, and took the cookie of the same name, domain and path with it.
    Removed,
    /// It was over when it came, and there was no such cookie: a removal that removes nothing, often because its `Path`
    /// or `Domain` is not that of the cookie meant.
    NothingToRemove,
}

impl Jar {
    /// Takes the value of one `Set-Cookie` header of `origin`'s answer to a request for `request_path`.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] says why a browser would drop the cookie. The jar is unchanged then, except that cookies which
    /// are over at `now` are gone.
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
        if !new.secure && !origin.is_secure() && self.cookies.iter().any(shadows_secure) {
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
        let pairs: Vec<_> = self.sent_to(origin, path, now).into_iter().map(StoredCookie::pair).collect();
        (!pairs.is_empty()).then(|| pairs.join(&b"; "[..]))
    }

    /// The cookies of that header, in its order: longer paths first, then those created first (RFC 6265bis §5.8.3).
    #[must_use]
    pub fn sent_to(&self, origin: &Origin, path: &str, now: SystemTime) -> Vec<&StoredCookie> {
        let sent = |cookie: &&StoredCookie| !cookie.is_expired(now) && cookie.is_sent_to(origin, path);
        let mut cookies: Vec<_> = self.cookies().filter(sent).collect();
        cookies.sort_by_key(|cookie| Reverse(cookie.path.len()));
        cookies
    }

    /// All cookies in the order of creation, for checks that replay and forge. Those that are over are among them until
    /// the next [`store`](Self::store).
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
