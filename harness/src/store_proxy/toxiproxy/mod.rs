//! A Toxiproxy that runs already, in the place of the harness's own proxy: <https://github.com/Shopify/toxiproxy>.
//!
//! Each process that is started gets a proxy there. Behind it is a hop of the harness's own, which passes everything on: Toxiproxy
//! does not tell whether anybody has come, and finds no sockets in folders.

mod api;
mod proxy;
mod toxics;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sessionspec::engine::script::StoreFault;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::{LONGEST_FAULT, StorePlace, StoreProxy};
use api::Api;
use proxy::RemoteProxy;

/// The oldest version that can be driven: older ones crash where a slicer cuts pieces of one
/// length, and some have no `reset_peer`.
const OLDEST: [u32; 3] = [2, 4, 0];

/// A Toxiproxy on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toxiproxy(Api);

impl FromStr for Toxiproxy {
    type Err = String;

    /// Nothing is sent to another machine.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const ADVICE: &str = "give the API of a Toxiproxy, as in http://127.0.0.1:8474";
        let place = text.strip_prefix("http://").ok_or(ADVICE)?;
        let addresses = place.strip_suffix('/').unwrap_or(place).to_socket_addrs().map_err(|_| ADVICE)?;
        let own = addresses.filter(|address| address.ip().is_loopback()).min_by_key(SocketAddr::is_ipv6);
        let own = own.ok_or("give a Toxiproxy on this machine, as in http://127.0.0.1:8474")?;
        Ok(Self(Api(own)))
    }
}

impl fmt::Display for Toxiproxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Toxiproxy {
    /// Looks whether it is there, and new enough.
    ///
    /// # Errors
    ///
    /// Where it is not, with what can be done about it.
    pub async fn is_there(&self) -> Result<(), String> {
        let asked = self.0.call("GET", "/version".to_owned(), None).await;
        let answer = asked.map_err(|error| {
            format!("no Toxiproxy answers at {self}: {error}; start it, or leave --toxiproxy out")
        })?;
        let answer = answer.done("to tell its version").map_err(|error| error.to_string())?;
        match version(&answer.body) {
            Some(version) if version < OLDEST => Err(format!(
                "the Toxiproxy at {self} is {}, and only {} and newer ones have every fault that is needed",
                dotted(version),
                dotted(OLDEST)
            )),
            // One that was built from its source has no number. What it cannot do it refuses.
            _ => Ok(()),
        }
    }
}

/// The first number of three parts. Some versions answer with it alone, some with JSON, and some with JSON that is none.
fn version(text: &str) -> Option<[u32; 3]> {
    let is_part_of_it = |character: char| character.is_ascii_digit() || character == '.';
    let mut words = text.split(|character| !is_part_of_it(character));
    words.find_map(|word| {
        let mut parts = word.split('.').map(|part| part.parse().ok());
        Some([parts.next()??, parts.next()??, parts.next()??])
    })
}

fn dotted(version: [u32; 3]) -> String {
    version.map(|part| part.to_string()).join(".")
}

/// The way to a store over a Toxiproxy. Its proxy there is removed when this is dropped.
pub struct ToxicWay {
    proxy: Arc<RemoteProxy>,
    hop: StoreProxy,
    /// Mends it when it was broken for too long.
    timer: Mutex<Option<JoinHandle<()>>>,
    longest: Duration,
}

impl ToxicWay {
    pub(super) async fn open(store: StorePlace, toxiproxy: &Toxiproxy) -> io::Result<Self> {
        Self::open_for(store, toxiproxy, LONGEST_FAULT).await
    }

    /// As [`WayToStore::open`](super::WayToStore::open), with faults that last for so long at most.
    ///
    /// # Errors
    ///
    /// Where there is no port, or the Toxiproxy makes no proxy.
    #[doc(hidden)]
    pub async fn open_for(store: StorePlace, toxiproxy: &Toxiproxy, longest: Duration) -> io::Result<Self> {
        let hop = StoreProxy::start(store)?;
        let behind = SocketAddr::from((Ipv4Addr::LOCALHOST, hop.port()));
        let proxy = Arc::new(RemoteProxy::make(toxiproxy.0, behind).await?);
        Ok(Self { proxy, hop, timer: Mutex::default(), longest })
    }

    /// The port at which the service finds its store.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.proxy.port()
    }

    /// Whether anybody has connected, as far as the store.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.hop.is_used()
    }

    /// Breaks the connections so, or mends them, and returns when that is done.
    ///
    /// # Errors
    ///
    /// Where the Toxiproxy does not do it.
    pub async fn set(&self, fault: Option<StoreFault>) -> io::Result<()> {
        self.replace_timer(fault.map(|_| self.mended_later()));
        self.proxy.set(fault).await
    }

    fn mended_later(&self) -> JoinHandle<()> {
        // It keeps no proxy that is not needed any more.
        let (proxy, longest) = (Arc::downgrade(&self.proxy), self.longest);
        tokio::spawn(async move {
            sleep(longest).await;
            if let Some(proxy) = proxy.upgrade() {
                // Where that fails, it is tried again with the next step, and said.
                let _ = proxy.set(None).await;
            }
        })
    }

    fn replace_timer(&self, timer: Option<JoinHandle<()>>) {
        let mut current = self.timer.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(before) = std::mem::replace(&mut *current, timer) {
            before.abort();
        }
    }
}

impl Drop for ToxicWay {
    fn drop(&mut self) {
        self.replace_timer(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_another_machine_is_refused() {
        for own in ["http://127.0.0.1:8474", "http://localhost:8474/", "http://[::1]:8474"] {
            assert!(own.parse::<Toxiproxy>().is_ok(), "{own}");
        }
        assert_eq!(
            "http://localhost:8474/".parse::<Toxiproxy>().unwrap().to_string(),
            "http://127.0.0.1:8474"
        );
        for none in
            ["https://127.0.0.1:8474", "127.0.0.1:8474", "http://127.0.0.1", "http://127.0.0.1:1/proxies"]
        {
            let why = none.parse::<Toxiproxy>().unwrap_err();
            assert!(why.starts_with("give the API of a Toxiproxy"), "{none}: {why}");
        }
        let why = "http://192.0.2.1:8474".parse::<Toxiproxy>().unwrap_err();
        assert!(why.starts_with("give a Toxiproxy on this machine"), "{why}");
    }

    #[test]
    fn its_version_is_found_in_whatever_it_says() {
        for (said, number) in [
            ("2.1.4", Some([2, 1, 4])),
            ("{\"version\": \"2.12.0\"}\\n", Some([2, 12, 0])),
            ("{\"version\": \"git-4f2a\"}", None),
            ("", None),
        ] {
            assert_eq!(version(said), number, "{said}");
        }
        assert!([2, 12, 0] > OLDEST && [2, 3, 9] < OLDEST);
    }
}
