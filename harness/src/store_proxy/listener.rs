//! A port that is listened on at times, and that nobody else gets meanwhile.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::sleep;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 256;

/// How long is waited after a connection could not be accepted, since the system has too many of them.
const RESPITE: std::time::Duration = std::time::Duration::from_millis(20);

/// A port of loopback.
pub(super) struct Listener {
    address: SocketAddr,
    /// It has the port and does not listen, so that connections are refused while nothing else is there.
    _reserve: Option<TcpSocket>,
    listening: Option<TcpListener>,
}

impl Listener {
    pub(super) fn bind() -> std::io::Result<Self> {
        let reserve = reserve()?;
        let address = reserve.local_addr()?;
        match listening(address) {
            Ok(listening) => Ok(Self { address, _reserve: Some(reserve), listening: Some(listening) }),
            // Some systems let nobody listen on a port that another socket has.
            Err(_) => {
                drop(reserve);
                Ok(Self { address, _reserve: None, listening: Some(listening(address)?) })
            }
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Accepts connections from now on, or refuses them.
    pub(super) fn set_open(&mut self, is_open: bool) -> std::io::Result<()> {
        if !is_open {
            self.listening = None;
        } else if self.listening.is_none() {
            self.listening = Some(listening(self.address)?);
        }
        Ok(())
    }

    /// The next connection; never while they are refused.
    pub(super) async fn accept(&self) -> TcpStream {
        let Some(listening) = &self.listening else { return std::future::pending().await };
        loop {
            match listening.accept().await {
                Ok((client, _)) => return client,
                Err(_) => sleep(RESPITE).await,
            }
        }
    }
}

/// A free port of loopback, which nobody else gets while this is there, and on which one may listen all the same.
pub(super) fn reserve() -> std::io::Result<TcpSocket> {
    bound(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
}

fn bound(address: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn listening(address: SocketAddr) -> std::io::Result<TcpListener> {
    bound(address)?.listen(BACKLOG)
}
