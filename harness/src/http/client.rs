//! Sends requests, each of them once, over connections that are reused for as long as the service bears that.

use std::cell::{Cell, RefCell};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, Request};
use sessionspec::backend::BackendError;
use sessionspec::reference::http::Headers;
use tokio::net::TcpStream;
use url::{Host, Url};

use super::RawResponse;
use super::connection::Connection;

/// How long a connection may have been idle that is used again. A server may close it at any moment.
const IDLE: Duration = Duration::from_millis(500);

/// A body that a server may refuse before it has read it to its end, in bytes.
const LARGE: usize = 64 * 1024;

/// What is sent.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub(super) method: Method,
    /// Path and query.
    pub(super) target: String,
    /// All header fields but those about the body. Their values may be no lawful ones.
    pub(super) headers: Headers,
    pub(super) body: Vec<u8>,
}

/// What is known of the connections of one service, also of those that were opened by others than this client.
#[derive(Debug, Default)]
pub(super) struct Habits {
    /// How many reused connections ended when the next request was sent on them.
    pub(super) lost: Cell<usize>,
    /// Whether no connection is to be used twice.
    pub(super) always_fresh: Cell<bool>,
}

/// Where connections are made to.
struct Address {
    host: Host,
    port: u16,
}

/// Sends requests to one host.
pub(super) struct Client {
    address: Address,
    idle: RefCell<Vec<Connection>>,
    habits: Rc<Habits>,
}

impl Client {
    /// A client for the host of this URL; none where it has none.
    pub(super) fn of(url: &Url, habits: Rc<Habits>) -> Option<Self> {
        Some(Self { address: Address::of(url)?, idle: RefCell::default(), habits })
    }

    /// What is known of the service's connections.
    pub(super) fn habits(&self) -> &Rc<Habits> {
        &self.habits
    }

    /// Sends a request once, and reads the response.
    ///
    /// # Errors
    ///
    /// Where there is no response, or none that is HTTP. [`BackendError::ConnectionLost`] says that a connection was
    /// used again which the service has closed: nobody knows whether it saw the request.
    pub(super) async fn send(&self, request: Outgoing) -> Result<RawResponse, BackendError> {
        let is_large = request.body.len() > LARGE;
        let Some(lawful) = request.lawful() else {
            let mut connection = Connection::sending(self.address.connect().await?, request.spelt()).await?;
            return connection.exchange(Request::new(Full::default())).await;
        };
        let (mut connection, is_reused) = match self.reusable().await {
            Some(connection) => (connection, true),
            None => (Connection::over(self.address.connect().await?).await?, false),
        };
        let response = connection.exchange(lawful).await;
        if is_reused && is_farewell(&response) {
            self.habits.lost.set(self.habits.lost.get() + 1);
            self.forget();
            return Err(BackendError::ConnectionLost);
        }
        match response {
            Ok(RawResponse { status: 200..300, .. }) if !is_large => {
                if !self.is_always_fresh() {
                    self.idle.borrow_mut().push(connection);
                }
                response
            }
            // A server that has failed, or has not read a request to its end, may close its connections without a word.
            _ => {
                self.forget();
                response
            }
        }
    }

    fn is_always_fresh(&self) -> bool {
        self.habits.always_fresh.get() || self.habits.lost.get() > 0
    }

    fn forget(&self) {
        self.idle.borrow_mut().clear();
    }

    /// A connection that was used before and is open.
    async fn reusable(&self) -> Option<Connection> {
        if self.is_always_fresh() {
            self.forget();
            return None;
        }
        if !self.idle.borrow().is_empty() {
            // Whoever has closed a connection by now is heard before anything is sent on it.
            tokio::task::yield_now().await;
        }
        loop {
            let mut connection = self.idle.borrow_mut().pop()?;
            if connection.used.elapsed() < IDLE && connection.is_open().await {
                return Some(connection);
            }
        }
    }
}

/// Sends one request on a connection of its own.
///
/// # Errors
///
/// Where there is no response, or none that is HTTP.
pub(super) async fn send_once(url: &Url, request: Outgoing) -> Result<RawResponse, BackendError> {
    let malformed = || BackendError::Unreachable("nothing can be sent there".to_owned());
    let address = Address::of(url).ok_or_else(malformed)?;
    let lawful = request.lawful().ok_or_else(malformed)?;
    Connection::over(address.connect().await?).await?.exchange(lawful).await
}

impl Address {
    fn of(url: &Url) -> Option<Self> {
        Some(Self { host: url.host()?.to_owned(), port: url.port_or_known_default().unwrap_or(80) })
    }

    async fn connect(&self) -> Result<TcpStream, BackendError> {
        let connected = match &self.host {
            Host::Ipv4(address) => TcpStream::connect((*address, self.port)).await,
            Host::Ipv6(address) => TcpStream::connect((*address, self.port)).await,
            Host::Domain(name) if is_localhost(name) => TcpStream::connect(&loopback(self.port)[..]).await,
            Host::Domain(name) => TcpStream::connect((name.as_str(), self.port)).await,
        };
        connected.map_err(|error| BackendError::Unreachable(error.to_string()))
    }
}

/// Whether a server has closed an idle connection, and the request met that. Some say so with a 408 before they do.
fn is_farewell(response: &Result<RawResponse, BackendError>) -> bool {
    match response {
        Err(BackendError::Dropped) => true,
        Ok(RawResponse { status: 408, headers, .. }) => {
            headers.all("Connection").any(|value| value.eq_ignore_ascii_case(b"close"))
        }
        _ => false,
    }
}

/// Whether a name is this machine's by its spelling (RFC 6761, section 6.3): no resolver is asked.
pub(crate) fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or_default();
    last.eq_ignore_ascii_case("localhost")
}

fn loopback(port: u16) -> [SocketAddr; 2] {
    let at = |address: IpAddr| SocketAddr::new(address, port);
    [at(Ipv4Addr::LOCALHOST.into()), at(Ipv6Addr::LOCALHOST.into())]
}

impl Outgoing {
    /// The request as HTTP has it; none where a value has bytes that HTTP forbids.
    fn lawful(&self) -> Option<Request<Full<Bytes>>> {
        let body = Full::new(Bytes::from(self.body.clone()));
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.target.parse().ok()?;
        for (name, value) in self.headers.iter() {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            request.headers_mut().append(name, HeaderValue::from_bytes(value).ok()?);
        }
        Some(request)
    }

    /// The request as bytes, whatever its values are.
    fn spelt(&self) -> Vec<u8> {
        let mut bytes =
            format!("{} {} HTTP/1.1\r\nConnection: close\r\n", self.method, self.target).into_bytes();
        for (name, value) in self.headers.iter() {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", self.body.len()).as_bytes());
        bytes.extend_from_slice(&self.body);
        bytes
    }
}
