//! How many connections a probe has open: some backends serve the later ones otherwise than the first.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};

/// A listener that counts the connections which are open.
pub(super) struct Counting {
    listener: TcpListener,
    /// One more has this than connections are open.
    open: Arc<()>,
}

impl Counting {
    pub(super) fn of(listener: TcpListener) -> Self {
        Self { listener, open: Arc::default() }
    }
}

/// A connection, for as long as it is open.
#[derive(Debug, Clone)]
pub(super) struct Accepted(Arc<Open>);

#[derive(Debug)]
struct Open {
    number: usize,
    _open: Arc<()>,
}

impl Accepted {
    /// How many were open when it was accepted, this one among them.
    pub(super) fn number(&self) -> usize {
        self.0.number
    }
}

impl Listener for Counting {
    type Io = TcpStream;
    type Addr = Accepted;

    async fn accept(&mut self) -> (TcpStream, Accepted) {
        let (stream, _) = Listener::accept(&mut self.listener).await;
        let open = Arc::clone(&self.open);
        let number = Arc::strong_count(&open) - 1;
        (stream, Accepted(Arc::new(Open { number, _open: open })))
    }

    fn local_addr(&self) -> io::Result<Accepted> {
        let _: SocketAddr = self.listener.local_addr()?;
        Ok(Accepted(Arc::new(Open { number: 0, _open: Arc::default() })))
    }
}

impl Connected<IncomingStream<'_, Counting>> for Accepted {
    fn connect_info(stream: IncomingStream<'_, Counting>) -> Self {
        stream.remote_addr().clone()
    }
}
