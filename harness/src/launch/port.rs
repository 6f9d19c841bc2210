//! The port that a service has to serve.
//!
//! It is chosen before the service listens there, and a service that is slow to start leaves time for others to take it. Whoever
//! does is then taken for the service. So the port is one that systems give to nobody who asks for any port, and no other run
//! of this program, beside this one or within it, has the same: each claims what it chooses.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io::{Error, ErrorKind};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::ops::Range;

/// Below what Linux and macOS give to whoever asks for any port.
const PORTS: Range<u16> = 20_000..30_000;

/// A claim is a socket for datagrams that nobody sends, so that it ends with its process, however that ends. It stands at a
/// port of its own, since a service may serve HTTP/3 at its port, with datagrams.
const FROM_PORT_TO_CLAIM: u16 = 30_000;

/// A port that nobody listens on, and that no other run takes for as long as this is there.
pub(super) struct Port {
    number: u16,
    _claim: UdpSocket,
}

impl Port {
    /// Claims any port.
    ///
    /// # Errors
    ///
    /// Where none is free.
    pub(super) fn claim() -> std::io::Result<Self> {
        let from = PORTS.start + random_below(PORTS.end - PORTS.start);
        let mut candidates = (from..PORTS.end).chain(PORTS.start..from);
        candidates.find_map(Self::claim_this).ok_or_else(|| {
            let said = format!("all from {} to {} are taken", PORTS.start, PORTS.end - 1);
            Error::new(ErrorKind::AddrInUse, said)
        })
    }

    /// Which it is.
    pub(super) fn number(&self) -> u16 {
        self.number
    }

    /// Claims this port, where it is free.
    fn claim_this(number: u16) -> Option<Self> {
        let claim = UdpSocket::bind((Ipv4Addr::LOCALHOST, number + FROM_PORT_TO_CLAIM)).ok()?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        Some(Self { number, _claim: claim })
    }
}

/// A number that differs from run to run.
fn random_below(end: u16) -> u16 {
    let random = RandomState::new().build_hasher().finish() % u64::from(end);
    u16::try_from(random).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_claimed_is_claimed_by_nobody_else_until_it_is_given_back() {
        let port = Port::claim().unwrap();
        let number = port.number();
        assert!(PORTS.contains(&number));
        assert!(Port::claim_this(number).is_none());
        assert_ne!(Port::claim().unwrap().number(), number);
        drop(port);
        assert!(Port::claim_this(number).is_some());
    }

    #[test]
    fn a_port_on_which_somebody_listens_is_not_claimed() {
        let port = Port::claim().unwrap();
        let number = port.number();
        drop(port);
        let _somebody = TcpListener::bind((Ipv4Addr::LOCALHOST, number)).unwrap();
        assert!(Port::claim_this(number).is_none());
    }
}
