//! The place to which a request goes: scheme, host and port, and whether browsers call that place secure. The rules for
//! cookies look at nothing else of a URL but the path.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// An http or https origin, with its host in the form in which cookie rules compare it (RFC 6265bis §5.1.2):
/// lower case, IP addresses in their shortest spelling, IPv6 in brackets.
///
/// The default is `http://127.0.0.1`.
///
/// ```
/// use sessionspec::engine::browser::Origin;
///
/// let origin = Origin::parse("https://App.Test:8443")?;
/// assert_eq!(origin.host(), "app.test");
/// assert_eq!(origin.authority(), "app.test:8443");
/// assert_eq!(origin.to_string(), "https://app.test:8443");
/// assert!(origin.is_secure());
/// # Ok::<(), sessionspec::engine::browser::OriginError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    https: bool,
    host: Host,
    text: String,
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Host {
    Name,
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl Origin {
    /// Reads `scheme://host` or `scheme://host:port`; one slash at the end is allowed.
    ///
    /// # Errors
    ///
    /// [`OriginError`] says what is wrong: another scheme than http and https, a path, user information, no valid host
    /// or port.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let (scheme, rest) = text.split_once("://").ok_or(OriginError::Scheme)?;
        let https = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return Err(OriginError::Scheme),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '@', '\\']) {
            return Err(OriginError::NotOnlyAnOrigin);
        }

        // The colons inside the brackets of an IPv6 address do not begin a port.
        let port_colon = match authority.rfind(']') {
            Some(end) => authority[end..].find(':').map(|colon| end + colon),
            None => authority.find(':'),
        };
        let (host, port) = match port_colon {
            Some(colon) => (&authority[..colon], parse_port(&authority[colon + 1..])?),
            None => (authority, default_port(https)),
        };
        let (host, text) = parse_host(host)?;
        Ok(Self { https, host, text, port })
    }

    /// The scheme: `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// The host in lower case; an IPv6 address is in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.text
    }

    /// The port, also where it is the scheme's default.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The value of a `Host` header: the host, and the port unless it is the scheme's default.
    #[must_use]
    pub fn authority(&self) -> String {
        if self.port == default_port(self.https) {
            return self.text.clone();
        }
        format!("{}:{}", self.text, self.port)
    }

    /// Whether cookies marked `Secure` are taken from and sent to this origin: https, or a loopback host.
    ///
    /// RFC 6265bis §5.7 leaves it to the browser what is secure. Chrome and Firefox include loopback, which is
    /// potentially trustworthy in the sense of W3C Secure Contexts §3.1; Safari does not.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.https || self.is_loopback()
    }

    /// Whether the host is `localhost`, a name under it, an address in 127.0.0.0/8, or `[::1]`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.host {
            Host::V4(address) => address.is_loopback(),
            Host::V6(address) => address.is_loopback(),
            Host::Name => self.text == "localhost" || self.text.ends_with(".localhost"),
        }
    }

    /// Whether the host is an address. Cookies for an address are never sent to another host (RFC 6265bis §5.1.3).
    #[must_use]
    pub fn is_ip_address(&self) -> bool {
        !matches!(self.host, Host::Name)
    }
}

impl Default for Origin {
    fn default() -> Self {
        let text = "127.0.0.1".to_owned();
        Self { https: false, host: Host::V4(Ipv4Addr::LOCALHOST), text, port: default_port(false) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme(), self.authority())
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        Self::parse(text)
    }
}

/// The reason for which a text is no [`Origin`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// The scheme is missing, or is neither http nor https.
    #[error("an origin begins with http:// or https://")]
    Scheme,
    /// The text has a path, a query, a fragment or user information.
    #[error("an origin is a scheme, a host and a port; leave out path, query, fragment and user information")]
    NotOnlyAnOrigin,
    /// The port is no number from 1 to 65535.
    #[error("`{0}` is no port; write a number from 1 to 65535, or leave out the colon")]
    Port(String),
    /// The host is neither a name nor an address.
    #[error(
        "`{0}` is no host; write an ASCII name (other names in their xn-- form), four decimal numbers for \
         IPv4, or IPv6 in brackets"
    )]
    Host(String),
}

fn default_port(https: bool) -> u16 {
    if https { 443 } else { 80 }
}

fn parse_port(text: &str) -> Result<u16, OriginError> {
    // `u16::from_str` accepts a plus sign, and URLs do not.
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(port) if digits_only && port > 0 => Ok(port),
        _ => Err(OriginError::Port(text.to_owned())),
    }
}

fn parse_host(text: &str) -> Result<(Host, String), OriginError> {
    let refused = || OriginError::Host(text.to_owned());
    if let Some(inner) = text.strip_prefix('[') {
        let address: Ipv6Addr =
            inner.strip_suffix(']').ok_or_else(refused)?.parse().map_err(|_| refused())?;
        return Ok((Host::V6(address), format!("[{address}]")));
    }
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Ok((Host::V4(address), address.to_string()));
    }

    // In URLs, a host whose last label is a number is an address (`127.1`, `0x7f000001`). Such a text is refused, so
    // that the caller writes the address out.
    let name = text.to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default();
    let numeric = last.strip_prefix("0x").map_or_else(
        || last.bytes().all(|byte| byte.is_ascii_digit()),
        |hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
    );
    if numeric || !name.split('.').all(is_label) {
        return Err(refused());
    }
    Ok((Host::Name, name))
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        Origin::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn hosts_are_brought_into_one_spelling() {
        for (text, host, shown) in [
            ("https://app.test", "app.test", "https://app.test"),
            ("HTTPS://APP.Test/", "app.test", "https://app.test"),
            ("https://app.test:443", "app.test", "https://app.test"),
            ("http://app.test:443", "app.test", "http://app.test:443"),
            ("http://127.0.0.1:5000", "127.0.0.1", "http://127.0.0.1:5000"),
            ("http://[0:0:0:0:0:0:0:1]:5000", "[::1]", "http://[::1]:5000"),
            ("http://[2001:DB8::1]", "[2001:db8::1]", "http://[2001:db8::1]"),
            ("http://under_score.test", "under_score.test", "http://under_score.test"),
        ] {
            assert_eq!(origin(text).host(), host, "{text}");
            assert_eq!(origin(text).to_string(), shown, "{text}");
            assert_eq!(origin(shown), origin(text), "{text}");
        }
    }

    #[test]
    fn https_and_loopback_are_secure() {
        for text in [
            "https://app.test",
            "http://localhost:3000",
            "http://app.localhost",
            "http://127.0.0.1",
            "http://127.8.9.10",
            "http://[::1]",
        ] {
            assert!(origin(text).is_secure(), "{text}");
        }
        for text in [
            "http://app.test",
            "http://notlocalhost",
            "http://localhost.test",
            "http://10.0.0.1",
            "http://[::2]",
        ] {
            assert!(!origin(text).is_secure(), "{text}");
        }
    }

    #[test]
    fn the_default_is_plain_loopback() {
        assert_eq!(Origin::default(), origin("http://127.0.0.1"));
        assert!(Origin::default().is_ip_address());
        assert_eq!(Origin::default().port(), 80);
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in ["", "app.test", "ftp://app.test", "://app.test"] {
            assert_eq!(Origin::parse(text), Err(OriginError::Scheme), "{text}");
        }
        for text in [
            "http://a.test/path",
            "http://a.test//",
            "http://a.test?q",
            "http://a.test#f",
            "http://me@a.test",
        ] {
            assert_eq!(Origin::parse(text), Err(OriginError::NotOnlyAnOrigin), "{text}");
        }
        for text in [
            "http://a.test:",
            "http://a.test:0",
            "http://a.test:65536",
            "http://a.test:+80",
            "http://a.test:1:2",
        ] {
            assert!(matches!(Origin::parse(text), Err(OriginError::Port(_))), "{text}");
        }
        for text in [
            "http://",
            "http://a..test",
            "http://a.test.",
            "http://bücher.test",
            "http://a b",
            "http://127.1",
            "http://256.0.0.1",
            "http://0x7f000001",
            "http://[::1",
            "http://[::1]x",
            "http://[app.test]",
            "http://::1",
        ] {
            assert!(
                matches!(Origin::parse(text), Err(OriginError::Host(_) | OriginError::Port(_))),
                "{text}"
            );
        }
    }
}
