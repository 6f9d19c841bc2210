//! One cookie as a browser keeps it, and most of the rules by which browsers drop one: `StoredCookie::receive`
//! applies those that look at this cookie alone. `jar.rs` applies the one that compares it with the other cookies,
//! `set_cookie.rs` those that can be seen without the request, and `refusal.rs` has the words for all of them.

use std::time::{Duration, SystemTime};

use super::{
    matching::{default_path, domain_match, lies_under, path_match, path_of},
    origin::Origin,
    refusal::Refusal,
    set_cookie::{SameSite, SetCookie, text},
};

/// A cookie in a [`Jar`](super::jar::Jar). The fields are those of RFC 6265bis §5.7, without the times of
/// creation and last use: the jar keeps its cookies in the order of creation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredCookie {
    /// The name, which may be empty.
    pub name: Vec<u8>,
    /// The value, with its quotes if it has any.
    pub value: Vec<u8>,
    /// The host that sent the cookie, or the `Domain` that the cookie names.
    pub domain: String,
    /// Whether the cookie is sent to that host only, and not to hosts under it.
    pub host_only: bool,
    /// The path that the cookie names, or the default path.
    pub path: String,
    /// The moment at which the cookie ends, at most [`StoredCookie::MAX_LIFETIME`] after it was set; `None` if it ends
    /// when the browser is closed.
    pub expires: Option<SystemTime>,
    /// Whether the cookie is sent to secure origins only.
    pub secure: bool,
    /// Whether the cookie is hidden from scripts.
    pub http_only: bool,
    /// The attribute `SameSite`; `None` stands for the browser's default.
    pub same_site: Option<SameSite>,
}

impl StoredCookie {
    /// Browsers keep no cookie for longer than 400 days (RFC 6265bis §5.5).
    pub const MAX_LIFETIME: Duration = Duration::from_secs(400 * 24 * 60 * 60);

    /// Follows the storage model (RFC 6265bis §5.7) up to the step at which the other cookies matter.
    pub(super) fn receive(
        origin: &Origin,
        request_path: &str,
        cookie: SetCookie,
        now: SystemTime,
    ) -> Result<Self, Refusal> {
        let named_domain = cookie.domain.as_deref().filter(|domain| !domain.is_empty());
        if let Some(domain) = named_domain {
            let (name, domain) = (text(&cookie.name), domain.to_owned());
            if !domain.is_ascii() {
                return Err(Refusal::DomainNotAscii { name, domain });
            }
            if !domain_match(origin, &domain) {
                return Err(Refusal::DomainMismatch { name, domain, host: origin.host().to_owned() });
            }
        }
        if cookie.secure && !origin.is_secure() {
            return Err(Refusal::SecureFromInsecureOrigin {
                name: text(&cookie.name),
                origin: origin.to_string(),
            });
        }
        if cookie.same_site == Some(SameSite::None) && !cookie.secure {
            return Err(Refusal::SameSiteNoneWithoutSecure { name: text(&cookie.name) });
        }

        let named_path = cookie.path.as_deref().filter(|path| path.starts_with('/'));
        let stored = Self {
            domain: named_domain.unwrap_or(origin.host()).to_owned(),
            host_only: named_domain.is_none(),
            path: named_path.unwrap_or(default_path(request_path)).to_owned(),
            expires: expiry(&cookie, now),
            secure: cookie.secure,
            http_only: cookie.http_only,
            same_site: cookie.same_site,
            name: cookie.name,
            value: cookie.value,
        };
        stored.check_prefix(cookie.path.is_some())?;
        Ok(stored)
    }

    /// Whether the cookie has ended. As in browsers, it has ended *at* the moment of its expiry, and not only after it.
    #[must_use]
    pub fn is_expired(&self, now: SystemTime) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// Whether a request to `origin` for `path` carries this cookie while it lasts (RFC 6265bis §5.8.3). The
    /// request counts as the site's own, so `SameSite` holds nothing back. A query after the path is ignored.
    #[must_use]
    pub fn is_sent_to(&self, origin: &Origin, path: &str) -> bool {
        let host_matches =
            if self.host_only { origin.host() == self.domain } else { domain_match(origin, &self.domain) };
        host_matches && path_match(path_of(path), &self.path) && (!self.secure || origin.is_secure())
    }

    /// The cookie as it stands in a `Cookie` header: `name=value`, or the value alone where there is no name.
    #[must_use]
    pub fn pair(&self) -> Vec<u8> {
        let mut pair = Vec::with_capacity(self.name.len() + 1 + self.value.len());
        self.write_pair(&mut pair);
        pair
    }

    /// Adds the [`pair`](Self::pair) to a header.
    pub(super) fn write_pair(&self, header: &mut Vec<u8>) {
        if !self.name.is_empty() {
            header.extend_from_slice(&self.name);
            header.push(b'=');
        }
        header.extend_from_slice(&self.value);
    }

    /// Whether this cookie takes the place of `other`.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        (&self.name, &self.domain, self.host_only, &self.path)
            == (&other.name, &other.domain, other.host_only, &other.path)
    }

    /// Whether this cookie, if sent, could be taken for `other` or hide it. The paths are compared one way only: a
    /// cookie for `/` does not hide one for `/login`.
    pub(super) fn shadows(&self, other: &Self) -> bool {
        let domains_overlap = self.domain == other.domain
            || lies_under(&self.domain, &other.domain)
            || lies_under(&other.domain, &self.domain);
        self.name == other.name && domains_overlap && path_match(&self.path, &other.path)
    }

    fn check_prefix(&self, names_path: bool) -> Result<(), Refusal> {
        if self.name.is_empty() {
            return match prefix_of(&self.value) {
                Some(prefix) => Err(Refusal::PrefixInNamelessValue { prefix }),
                None => Ok(()),
            };
        }
        let Some(prefix) = prefix_of(&self.name) else {
            return Ok(());
        };
        let demand = if !self.secure {
            "Secure"
        } else if prefix == SECURE_PREFIX {
            return Ok(());
        } else if !self.host_only {
            "that there is no Domain"
        } else if !names_path || self.path != "/" {
            "Path=/"
        } else {
            return Ok(());
        };
        Err(Refusal::PrefixBroken { name: text(&self.name), prefix, demand })
    }
}

const SECURE_PREFIX: &str = "__Secure-";
const HOST_PREFIX: &str = "__Host-";

fn prefix_of(bytes: &[u8]) -> Option<&'static str> {
    [SECURE_PREFIX, HOST_PREFIX].into_iter().find(|prefix| {
        bytes.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
    })
}

/// When a cookie ends that comes now; it may have no end.
pub(crate) fn expiry(cookie: &SetCookie, now: SystemTime) -> Option<SystemTime> {
    // A clock that cannot count to the end of the lifetime never reaches it, so such a cookie has no end.
    let latest = now.checked_add(StoredCookie::MAX_LIFETIME);
    let asked_for = match cookie.max_age {
        Some(seconds) => match u64::try_from(seconds) {
            Ok(seconds) => now.checked_add(Duration::from_secs(seconds)).or(latest),
            Err(_) => Some(now),
        },
        None => Some(cookie.expires?),
    };
    asked_for.map(|end| latest.map_or(end, |latest| end.min(latest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receive(origin: &str, request_path: &str, raw: &str) -> Result<StoredCookie, Refusal> {
        let origin = Origin::parse(origin).unwrap();
        StoredCookie::receive(&origin, request_path, SetCookie::parse(raw.as_bytes()).unwrap(), now())
    }

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
    }

    #[test]
    fn a_cookie_without_domain_and_path_gets_those_of_the_request() {
        for raw in ["a=1", "a=1; Domain=; Path=", "a=1; Domain=other.test; Domain=; Path=/y; Path=x"] {
            let cookie = receive("https://app.test", "/app/login?x=/y", raw).unwrap();
            assert_eq!((cookie.domain.as_str(), cookie.host_only), ("app.test", true), "{raw}");
            assert_eq!(cookie.path, "/app", "{raw}");
        }
        let cookie =
            receive("https://www.app.test", "/app/login", "a=1; Domain=.APP.test; Path=/elsewhere").unwrap();
        assert_eq!((cookie.domain.as_str(), cookie.host_only), ("app.test", false));
        assert_eq!(cookie.path, "/elsewhere");
    }

    #[test]
    fn a_domain_must_cover_the_host() {
        for (origin, domain) in [
            ("https://app.test", "www.app.test"),
            ("https://app.test", "other.test"),
            ("https://app.test", "app.test."),
            ("https://app.test", "..app.test"),
            ("https://app.test", "app.test:443"),
            ("http://127.0.0.1", "0.0.1"),
            ("http://127.0.0.1", "localhost"),
        ] {
            let refusal = receive(origin, "/", &format!("a=1; Domain={domain}")).unwrap_err();
            assert!(matches!(refusal, Refusal::DomainMismatch { .. }), "{origin} {domain}: {refusal}");
        }
        // The Kelvin sign is a K in lower case, but no ASCII.
        for domain in ["büro.test", "\u{212a}.test"] {
            let refusal = receive("https://k.test", "/", &format!("a=1; Domain={domain}")).unwrap_err();
            assert!(matches!(refusal, Refusal::DomainNotAscii { .. }), "{domain}: {refusal}");
        }
        assert!(receive("http://127.0.0.1:5000", "/", "a=1; Domain=127.0.0.1").is_ok());
        assert!(
            receive("https://app.test", "/", "a=1; Domain=test").is_ok(),
            "there is no public suffix list"
        );
    }

    #[test]
    fn prefixes_keep_their_promise_in_any_case() {
        for (raw, refused_for) in [
            ("__Secure-a=1; Secure; Domain=app.test; Path=/x", None),
            ("__Secure-a=1", Some("Secure")),
            ("__sEcUrE-a=1", Some("Secure")),
            ("__Host-a=1; Secure; Path=/", None),
            ("__Host-a=1; Path=/", Some("Secure")),
            ("__host-a=1; Path=/", Some("Secure")),
            ("__Host-a=1; Secure; Path=/; Domain=app.test", Some("that there is no Domain")),
            ("__Host-a=1; Secure", Some("Path=/")),
            ("__Host-a=1; Secure; Path=/x", Some("Path=/")),
            ("__Hosta=1", None),
            ("x__Host-a=1", None),
        ] {
            let demand = match receive("https://app.test", "/", raw) {
                Ok(_) => None,
                Err(Refusal::PrefixBroken { demand, .. }) => Some(demand),
                Err(other) => panic!("{raw}: {other}"),
            };
            assert_eq!(demand, refused_for, "{raw}");
        }
        assert!(receive("http://127.0.0.1", "/", "__Host-a=1; Secure; Path=/").is_ok(), "loopback is secure");
    }

    #[test]
    fn a_nameless_value_may_not_look_like_a_prefixed_name() {
        for (raw, prefix) in [("=__Host-a=1; Secure; Path=/", "__Host-"), ("__SECURE-a; Secure", "__Secure-")]
        {
            assert_eq!(receive("https://app.test", "/", raw), Err(Refusal::PrefixInNamelessValue { prefix }));
        }
    }

    #[test]
    fn secure_and_same_site_none_need_what_they_need() {
        for raw in ["a=1; Secure", "a=1; Secure; SameSite=None"] {
            assert!(receive("https://app.test", "/", raw).is_ok());
            assert!(receive("http://localhost:3000", "/", raw).is_ok());
            let refusal = receive("http://app.test", "/", raw).unwrap_err();
            assert!(matches!(refusal, Refusal::SecureFromInsecureOrigin { .. }), "{refusal}");
        }
        let refusal = receive("https://app.test", "/", "a=1; SameSite=None").unwrap_err();
        assert_eq!(refusal.to_string(), "browsers drop `a`: SameSite=None needs Secure as well");
    }

    #[test]
    fn lifetimes() {
        let later = |seconds| Some(now() + Duration::from_secs(seconds));
        let cap = StoredCookie::MAX_LIFETIME.as_secs();
        assert_eq!(cap, 34_560_000, "400 days");
        for (raw, expected) in [
            ("a=1", None),
            ("a=1; Max-Age=junk; Expires=junk", None),
            ("a=1; Max-Age=60", later(60)),
            ("a=1; Max-Age=60; Expires=Thu, 01-Jan-1970 00:00:00 GMT", later(60)),
            ("a=1; Max-Age=junk; Expires=Fri, 15 Jan 2027 08:00:01 GMT", later(1)),
            ("a=1; Max-Age=0; Expires=Fri, 15 Jan 2099 08:00:01 GMT", later(0)),
            ("a=1; Max-Age=-9", later(0)),
            ("a=1; Expires=Thu, 01-Jan-1970 00:00:00 GMT", Some(SystemTime::UNIX_EPOCH)),
            ("a=1; Max-Age=34560000", later(cap)),
            ("a=1; Max-Age=34560001", later(cap)),
            ("a=1; Max-Age=99999999999999999999", later(cap)),
            ("a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT", later(cap)),
        ] {
            assert_eq!(receive("https://app.test", "/", raw).unwrap().expires, expected, "{raw}");
        }
    }
}
