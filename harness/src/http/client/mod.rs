//! Sends requests, each of them once, over connections that are reused for as long as the service bears that.

mod opened;

use std::cell::{Cell, RefCell};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, Instant};

use reqwest::{Request, Version};
use sessionspec::backend::{BackendError, MOST_FIELDS, OpenConnection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::{Host, Url};

use super::RawResponse;
use super::connection::{exchange_bytes, fault};
use super::outgoing::Outgoing;
use super::reading::{MAX_BODY, Reading};
use super::tls::{Stream, Tls, unencrypted};

/// How long a connection may have been idle that is used again. A server may close it at any moment.
const IDLE: Duration = Duration::from_millis(500);

/// A body that a server may refuse before it has read it to its end, in bytes.
const LARGE: usize = 64 * 1024;

/// What is known of the connections of one service, also of those that were opened by others than this client.
#[derive(Debug, Default)]
pub(super) struct Habits {
    /// How many reused connections ended when the next request was sent on them.
    pub(super) lost: Cell<usize>,
    /// Whether no connection is to be used twice.
    pub(super) always_fresh: Cell<bool>,
    /// Whether all connections are closed before another one is opened on purpose, since the service serves few at a time.
    serves_few: Cell<bool>,
    /// How many connections that were opened on purpose the service has turned away.
    turned_away: Cell<u32>,
}

/// Where connections are made to.
struct Address {
    host: Host,
    port: u16,
    /// How they are encrypted, if they are.
    tls: Option<Tls>,
}

/// Sends requests to one host: lawful ones with reqwest, and those that HTTP forbids byte by byte.
pub(super) struct Client {
    url: Url,
    address: Address,
    /// Keeps connections open for the next request.
    reusing: RefCell<reqwest::Client>,
    /// Opens a connection for each request.
    fresh: reqwest::Client,
    /// When the last request ended after which its connection may be used again.
    used: Cell<Option<Instant>>,
    /// Whether the harness itself ends the service: what ends with it says nothing about the service's habits.
    is_ended_by_us: Cell<bool>,
    habits: Rc<Habits>,
}

impl Client {
    /// A client for the host of this URL, by TLS if the URL is `https`; none where it has no host.
    pub(super) fn of(url: &Url, tls: Option<Tls>, habits: Rc<Habits>) -> Option<Self> {
        Some(Self {
            url: url.clone(),
            reusing: RefCell::new(direct_client(url, tls.as_ref(), usize::MAX, IDLE)?),
            fresh: direct_client(url, tls.as_ref(), 0, IDLE)?,
            address: Address::of(url, tls)?,
            used: Cell::default(),
            is_ended_by_us: Cell::default(),
            habits,
        })
    }

    /// The same client for another URL of this service.
    pub(super) fn beside(&self, url: &Url) -> Option<Self> {
        Self::of(url, self.address.tls.clone(), Rc::clone(&self.habits))
    }

    /// One that keeps this many idle connections, as reqwest has it.
    pub(super) fn plain(&self, idle: usize) -> Option<reqwest::Client> {
        direct_client(&self.url, self.address.tls.as_ref(), idle, IDLE)
    }

    /// From now on connections end because the harness ends the service.
    pub(super) fn expect_the_end(&self) {
        self.is_ended_by_us.set(true);
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
    pub(super) async fn send(
        &self,
        request: Outgoing<'_>,
        connection: Option<&OpenConnection>,
    ) -> Result<RawResponse, BackendError> {
        let is_large = request.body.len() > LARGE;
        let Some(headers) = request.lawful_headers() else {
            // A server may serve one connection at a time.
            self.forget();
            return exchange_bytes(self.address.connect().await?, request.spelt(&self.url)).await;
        };
        if let Some(connection) = connection {
            return self.send_over(connection, request.lawful(&self.url, headers)).await;
        }
        if request.alone {
            // A server may serve one connection at a time.
            self.forget();
            return exchange(&self.fresh, request.lawful(&self.url, headers)).await;
        }
        let may_be_reused = self.may_reuse();
        if !may_be_reused {
            self.forget();
        }
        let client = if self.is_always_fresh() { self.fresh.clone() } else { self.reusing.borrow().clone() };
        let response = exchange(&client, request.lawful(&self.url, headers)).await;
        if may_be_reused && !self.is_ended_by_us.get() && is_farewell(&response) {
            self.habits.lost.set(self.habits.lost.get() + 1);
            self.close_all();
            return Err(BackendError::ConnectionLost);
        }
        match response {
            Ok(ref response @ RawResponse { status: 200..300, .. })
                if !is_large && stays_connected(response) =>
            {
                self.used.set(Some(Instant::now()));
            }
            // A server that has failed, or has not read a request to its end, may close its connections without a word.
            _ => self.close_all(),
        }
        response
    }

    /// Sends a request on a connection of its own, and asks the service to close that: all that comes until it does.
    ///
    /// # Errors
    ///
    /// Where the service cannot be reached, or the connection ends otherwise.
    pub(super) async fn bytes(&self, request: &Outgoing<'_>) -> Result<Vec<u8>, BackendError> {
        self.forget();
        let cut_off = |error: std::io::Error| BackendError::CutOff(error.to_string());
        let mut stream = self.address.connect().await?;
        stream.write_all(&request.spelt(&self.url)).await.map_err(cut_off)?;
        stream.flush().await.map_err(cut_off)?;
        let mut bytes = Vec::new();
        stream.take(MAX_BODY as u64).read_to_end(&mut bytes).await.map_err(cut_off)?;
        Ok(bytes)
    }

    /// Whether the next request may go over a connection that was used before.
    fn may_reuse(&self) -> bool {
        !self.is_always_fresh() && self.used.get().is_some_and(|used| used.elapsed() < IDLE)
    }

    fn is_always_fresh(&self) -> bool {
        self.habits.always_fresh.get() || self.habits.lost.get() > 0
    }

    /// Closes the connections that may no longer be used, if there are any.
    pub(super) fn forget(&self) {
        if self.used.get().is_some() {
            self.close_all();
        }
    }

    /// Closes all connections: a client keeps its connections to itself, so another one takes its place. A connection that
    /// has brought an answer is among them, whatever answer that was.
    fn close_all(&self) {
        self.used.set(None);
        if !self.is_always_fresh()
            && let Some(client) = direct_client(&self.url, self.address.tls.as_ref(), usize::MAX, IDLE)
        {
            self.reusing.replace(client);
        }
    }
}

/// A client that uses no proxy, follows no redirect and sends nothing twice, and that keeps this many idle connections for so long.
fn direct_client(url: &Url, tls: Option<&Tls>, idle: usize, kept: Duration) -> Option<reqwest::Client> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .tcp_nodelay(true)
        .http1_max_headers(MOST_FIELDS)
        .pool_idle_timeout(kept)
        .pool_max_idle_per_host(idle);
    let client = match tls {
        Some(tls) => tls.configure(client),
        None => unencrypted(client),
    };
    let client = match url.host_str() {
        Some(name) if is_localhost(name) => client.resolve_to_addrs(name, &loopback(0)),
        _ => client,
    };
    client.build().ok()
}

/// Sends a lawful request, and reads the whole response.
async fn exchange(client: &reqwest::Client, request: Request) -> Result<RawResponse, BackendError> {
    let mut response = client.execute(request).await.map_err(|error| fault(&error, false))?;
    let mut reading = Reading::begin(response.status(), response.version(), response.headers());
    while let Some(chunk) = response.chunk().await.map_err(|error| fault(&error, true))? {
        reading.add(&chunk)?;
    }
    Ok(reading.end())
}

/// Sends one request at `http` on a connection of its own.
///
/// # Errors
///
/// Where there is no response, or none that is HTTP.
pub(super) async fn send_once(url: &Url, request: Outgoing<'_>) -> Result<RawResponse, BackendError> {
    let malformed = || BackendError::Unreachable("nothing can be sent there".to_owned());
    let client = direct_client(url, None, 0, IDLE).ok_or_else(malformed)?;
    let headers = request.lawful_headers().ok_or_else(malformed)?;
    exchange(&client, request.lawful(url, headers)).await
}

impl Address {
    fn of(url: &Url, tls: Option<Tls>) -> Option<Self> {
        Some(Self { host: url.host()?.to_owned(), port: url.port_or_known_default().unwrap_or(80), tls })
    }

    async fn connect(&self) -> Result<Stream, BackendError> {
        let connected = match &self.host {
            Host::Ipv4(address) => TcpStream::connect((*address, self.port)).await,
            Host::Ipv6(address) => TcpStream::connect((*address, self.port)).await,
            Host::Domain(name) if is_localhost(name) => TcpStream::connect(&loopback(self.port)[..]).await,
            Host::Domain(name) => TcpStream::connect((name.as_str(), self.port)).await,
        };
        let stream = connected.map_err(|error| BackendError::Unreachable(error.to_string()))?;
        match &self.tls {
            Some(tls) => tls.encrypted(stream, &self.host).await,
            None => Ok(Box::new(stream)),
        }
    }
}

/// Whether a server has closed a connection after the answer before, and the request met that: before its own answer, or
/// in the middle of it, where something that went wrong after that answer ends the connection late. Some say so with a 408
/// before they do. A service that cuts its answers off does it again on a connection of their own.
fn is_farewell(response: &Result<RawResponse, BackendError>) -> bool {
    match response {
        Err(BackendError::Dropped | BackendError::CutOff(_)) => true,
        Ok(response @ RawResponse { status: 408, .. }) => !stays_connected(response),
        _ => false,
    }
}

/// Whether the connection persists after this response, by what the server says (RFC 9112, section 9.3).
fn stays_connected(response: &RawResponse) -> bool {
    let says = |option: &[u8]| {
        let mut options =
            response.headers.all("Connection").flat_map(|value| value.split(|byte| *byte == b','));
        options.any(|said| said.trim_ascii().eq_ignore_ascii_case(option))
    };
    !says(b"close") && (response.version >= Version::HTTP_11 || says(b"keep-alive"))
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
