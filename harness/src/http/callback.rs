//! Where the gates of a run are served, and under which name the service under test finds them there.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use url::Host;

/// Where a service under test reaches the harness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackAddress {
    /// As it was written.
    written: String,
    /// Where the gates are served; port 0 is any that is free.
    bound: SocketAddr,
    /// What the service is told instead of that address, where another machine's name for this one is needed.
    name: Option<String>,
}

/// Why a text is no callback address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// It is neither an address nor a name.
    #[error(
        "give an address of this machine or a host name, with or without a port, as in 172.17.0.1 or host.docker.internal:8080"
    )]
    Malformed,
    /// It is an address that listeners have, and that nobody can call.
    #[error("{0} means every address of this machine; give the one at which the service reaches it")]
    Unspecified(IpAddr),
}

impl CallbackAddress {
    /// Where the gates are served.
    pub(super) fn bound(&self) -> SocketAddr {
        self.bound
    }

    /// What stands for this address in a URL.
    pub(super) fn authority(&self, served: SocketAddr) -> String {
        match &self.name {
            Some(name) => format!("{name}:{}", served.port()),
            None => served.to_string(),
        }
    }
}

/// Loopback, at any port: what a service on this machine can reach.
impl Default for CallbackAddress {
    fn default() -> Self {
        let bound = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { written: bound.ip().to_string(), bound, name: None }
    }
}

impl fmt::Display for CallbackAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl FromStr for CallbackAddress {
    type Err = CallbackError;

    fn from_str(text: &str) -> Result<Self, CallbackError> {
        let (host, port) = parts(text).ok_or(CallbackError::Malformed)?;
        let of_name = match host.parse::<IpAddr>() {
            Ok(address) if address.is_unspecified() => return Err(CallbackError::Unspecified(address)),
            Ok(address) => {
                let bound = SocketAddr::new(address, port);
                return Ok(Self { written: text.to_owned(), bound, name: None });
            }
            Err(_) => Host::parse(host),
        };
        // A name whose last part is a number would be an address to the probe.
        let Ok(Host::Domain(name)) = of_name else { return Err(CallbackError::Malformed) };
        let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
        if !is_plain {
            return Err(CallbackError::Malformed);
        }
        let bound = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Ok(Self { written: text.to_owned(), bound, name: Some(name) })
    }
}

/// Host and port; no port is 0. An IPv6 address may stand alone, or in brackets.
fn parts(text: &str) -> Option<(&str, u16)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        let port = match rest.strip_prefix(':') {
            Some(port) => number(port)?,
            None if rest.is_empty() => 0,
            None => return None,
        };
        return host.contains(':').then_some((host, port));
    }
    match text.split_once(':') {
        None => Some((text, 0)),
        Some((_, rest)) if rest.contains(':') => text.parse::<IpAddr>().is_ok().then_some((text, 0)),
        Some((host, port)) => Some((host, number(port)?)),
    }
}

fn number(port: &str) -> Option<u16> {
    // What Rust reads as a number may have a sign.
    port.bytes().all(|byte| byte.is_ascii_digit()).then(|| port.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, Option<String>), CallbackError> {
        text.parse().map(|address: CallbackAddress| (address.bound.to_string(), address.name))
    }

    #[test]
    fn an_address_is_bound_and_a_name_is_handed_out() {
        let bound = |text: &str, bound: &str| assert_eq!(read(text), Ok((bound.to_owned(), None)));
        bound("127.0.0.1", "127.0.0.1:0");
        bound("172.17.0.1:8080", "172.17.0.1:8080");
        bound("::1", "[::1]:0");
        bound("[::1]", "[::1]:0");
        bound("[::1]:8080", "[::1]:8080");
        let named = |text: &str, bound: &str, name: &str| {
            assert_eq!(read(text), Ok((bound.to_owned(), Some(name.to_owned()))));
        };
        named("host.docker.internal", "127.0.0.1:0", "host.docker.internal");
        named("Localhost:8080", "127.0.0.1:8080", "localhost");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            ":",
            ":80",
            "http://127.0.0.1",
            "127.0.0.1/",
            "127.0.0.1:",
            "127.0.0.1:+80",
            "127.0.0.1:65536",
            "user@localhost",
            "local host",
            "[127.0.0.1]",
            "[::1",
            "[::1]80",
            "::1:x",
            "127.0.0.1.1",
            "0x7f.1",
        ] {
            assert_eq!(read(text), Err(CallbackError::Malformed), "{text}");
        }
        for text in ["0.0.0.0", "0.0.0.0:80", "::", "[::]:80"] {
            assert!(matches!(read(text), Err(CallbackError::Unspecified(_))), "{text}");
        }
    }

    #[test]
    fn the_port_is_the_one_that_is_served() {
        let served = SocketAddr::from((Ipv4Addr::LOCALHOST, 4711));
        let authority = |text: &str| text.parse::<CallbackAddress>().map(|address| address.authority(served));
        assert_eq!(authority("127.0.0.1").as_deref(), Ok("127.0.0.1:4711"));
        assert_eq!(authority("localhost").as_deref(), Ok("localhost:4711"));
    }
}
