//! The reasons for which a browser drops a cookie, or ignores one of its attributes. Browsers say nothing when they do,
//! so this is often the only place where a backend's author can read the reason. The rules themselves are in
//! `stored_cookie.rs`, and some in `set_cookie.rs` and `jar.rs`.

use super::cookie_date::CookieDateError;

/// The reason for which browsers drop a cookie, with the rule that demands it.
///
/// ```
/// use std::time::SystemTime;
/// use sessionspec::engine::browser::{Jar, Origin};
///
/// let origin = Origin::parse("http://app.test")?;
/// let refusal = Jar::default().store(&origin, "/", b"sid=1; Secure", SystemTime::now()).unwrap_err();
/// assert_eq!(
///     refusal.to_string(),
///     "browsers drop `sid`: it is marked Secure, and http://app.test is neither https nor loopback",
/// );
/// assert_eq!(refusal.rule(), "RFC 6265bis §5.7 step 13");
/// # Ok::<(), sessionspec::engine::browser::OriginError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The header value has a control character other than the tab, perhaps in an attribute.
    #[error("browsers drop this cookie: byte {position} of the header is the control character 0x{byte:02x}")]
    ControlCharacter {
        /// The first such byte.
        byte: u8,
        /// Its position, counted from 0.
        position: usize,
    },
    /// The cookie has neither a name nor a value.
    #[error("browsers drop this cookie: it has neither a name nor a value")]
    Empty,
    /// Name and value together are longer than
    /// [`SetCookie::MAX_BYTES`](super::set_cookie::SetCookie::MAX_BYTES).
    #[error(
        "browsers drop `{name}`: its name and value take {bytes} bytes, and no more than 4096 are allowed"
    )]
    TooLarge {
        /// The cookie's name.
        name: String,
        /// The bytes of the name and of the value together.
        bytes: usize,
    },
    /// The `Domain` attribute has characters that no domain has in a cookie.
    #[error("browsers drop `{name}`: its Domain `{domain}` is not ASCII; write it in its xn-- form")]
    DomainNotAscii {
        /// The cookie's name.
        name: String,
        /// The attribute, in lower case and without a dot in front.
        domain: String,
    },
    /// The `Domain` attribute does not cover the host that sent the cookie.
    #[error("browsers drop `{name}`: its Domain `{domain}` does not cover the host `{host}` that sent it")]
    DomainMismatch {
        /// The cookie's name.
        name: String,
        /// The attribute, in lower case and without a dot in front.
        domain: String,
        /// The host that sent the cookie.
        host: String,
    },
    /// The cookie is marked `Secure`, and the origin that sent it is not secure.
    #[error("browsers drop `{name}`: it is marked Secure, and {origin} is neither https nor loopback")]
    SecureFromInsecureOrigin {
        /// The cookie's name.
        name: String,
        /// The origin that sent the cookie.
        origin: String,
    },
    /// The cookie comes from an insecure origin without `Secure`, and would hide or replace a cookie with `Secure`.
    #[error(
        "browsers drop `{name}`: they have a Secure cookie of this name, and {origin}, neither https nor \
         loopback, may not shadow it"
    )]
    ShadowsSecureCookie {
        /// The cookie's name.
        name: String,
        /// The origin that sent the cookie.
        origin: String,
    },
    /// The cookie has `SameSite=None` and is not `Secure`.
    #[error("browsers drop `{name}`: SameSite=None needs Secure as well")]
    SameSiteNoneWithoutSecure {
        /// The cookie's name.
        name: String,
    },
    /// The name begins with `__Secure-` or `__Host-`, in capitals or not, and the attributes are not those that this
    /// prefix demands.
    #[error("browsers drop `{name}`: the prefix {prefix} of its name demands {demand}")]
    PrefixBroken {
        /// The cookie's name.
        name: String,
        /// `__Secure-` or `__Host-`.
        prefix: &'static str,
        /// The first demand that is not met.
        demand: &'static str,
    },
    /// The cookie has no name, and its value begins with such a prefix, so that servers could take it for a name.
    #[error(
        "browsers drop this cookie: it has no name, and its value begins with {prefix}, as only names may"
    )]
    PrefixInNamelessValue {
        /// `__Secure-` or `__Host-`.
        prefix: &'static str,
    },
}

impl Refusal {
    /// The section that has the rule. RFC 6265bis is draft-ietf-httpbis-rfc6265bis, with the numbers of revision 22.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::ControlCharacter { .. } => "RFC 6265bis §5.6 step 1",
            Self::Empty => "RFC 6265bis §5.7 step 2",
            Self::TooLarge { .. } => "RFC 6265bis §5.7 step 4",
            Self::DomainNotAscii { .. } => "RFC 6265bis §5.7 step 8",
            Self::DomainMismatch { .. } => "RFC 6265bis §5.7 step 10",
            Self::SecureFromInsecureOrigin { .. } => "RFC 6265bis §5.7 step 13",
            Self::ShadowsSecureCookie { .. } => "RFC 6265bis §5.7 step 16",
            Self::SameSiteNoneWithoutSecure { .. } => "RFC 6265bis §5.7 step 19",
            Self::PrefixBroken { prefix: "__Secure-", .. } => "RFC 6265bis §5.7 step 20",
            Self::PrefixBroken { .. } => "RFC 6265bis §5.7 step 21",
            Self::PrefixInNamelessValue { .. } => "RFC 6265bis §5.7 step 22",
        }
    }
}

/// An attribute that browsers ignore. The cookie itself is kept, as if the attribute were not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IgnoredAttribute {
    /// The value is longer than
    /// [`SetCookie::MAX_ATTRIBUTE_BYTES`](super::set_cookie::SetCookie::MAX_ATTRIBUTE_BYTES) (RFC 6265bis
    /// §5.6).
    #[error("browsers ignore `{name}`: its value takes {bytes} bytes, and no more than 1024 are allowed")]
    TooLong {
        /// The attribute's name as sent.
        name: String,
        /// The bytes of its value.
        bytes: usize,
    },
    /// The value of `Expires` is no date (RFC 6265bis §5.6.1).
    #[error("browsers ignore `Expires={value}`: {reason}")]
    Expires {
        /// The value as sent.
        value: String,
        /// What is wrong with the date.
        reason: CookieDateError,
    },
    /// The value of `Max-Age` is no number (RFC 6265bis §5.6.2).
    #[error("browsers ignore `Max-Age={value}`: it is no whole number of seconds")]
    MaxAge {
        /// The value as sent.
        value: String,
    },
    /// The value of `Path` does not begin with a slash (RFC 6265bis §5.6.4).
    #[error(
        "browsers ignore `Path={value}`: no slash in front, so the folder of the request's path is taken"
    )]
    Path {
        /// The value as sent.
        value: String,
    },
    /// The value of `SameSite` is neither `Strict`, `Lax` nor `None` (RFC 6265bis §5.6.7).
    #[error("browsers ignore `SameSite={value}`: it is not Strict, Lax or None, so their default is taken")]
    SameSite {
        /// The value as sent.
        value: String,
    },
}
