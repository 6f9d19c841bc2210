//! Sends requests, each of them once, over connections that are reused for as long as the service bears that.
//!
//! It keeps the connections itself, since it has to know whether a request that got no answer went over one that was used
//! before: then it may be the one that the service has closed.

use std::cell::{Cell, RefCell};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, Uri};
use sessionspec::backend::BackendError;
use sessionspec::reference::http::Headers;
use tokio::net::TcpStream;
use url::{Host, Position, Url};

use super::RawResponse;
use super::connection::{Asked, Sender, ask, exchange_bytes, handshake};
use super::outgoing::{Fields, Outgoing};
use super::tls::{Stream, Tls};

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
}

/// Where connections are made to.
struct Address {
    host: Host,
    port: u16,
    /// How they are encrypted, if they are.
    tls: Option<Tls>,
}

/// Sends requests to one URL: lawful ones over connections that are kept, and those that HTTP forbids byte by byte.
pub(super) struct Client {
    url: Url,
    /// Path and query, as they stand in a request.
    target: Uri,
    address: Address,
    kept: RefCell<Kept>,
    habits: Rc<Habits>,
}

/// Connections that may be used again.
#[derive(Default)]
struct Kept {
    /// The one that was used last is at the end, with the moment of that.
    idle: Vec<(Sender, Instant)>,
    /// How often all were closed: a connection that was at work then is not kept either.
    times_closed: usize,
}

impl Client {
    /// A client for this URL, by TLS if it is `https`; none where it has no host.
    pub(super) fn of(url: &Url, tls: Option<Tls>, habits: Rc<Habits>) -> Option<Self> {
        Some(Self {
            target: target(url)?,
            address: Address::of(url, tls)?,
            url: url.clone(),
            kept: RefCell::default(),
            habits,
        })
    }

    /// The same client for another URL of this service.
    pub(super) fn beside(&self, url: &Url) -> Option<Self> {
        Self::of(url, self.address.tls.clone(), Rc::clone(&self.habits))
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
    pub(super) async fn send(&self, request: Outgoing<'_>) -> Result<RawResponse, BackendError> {
        let is_large = request.body.len() > LARGE;
        let Some(headers) = request.lawful_headers() else {
            return exchange_bytes(self.address.connect().await?, request.spelt(&self.url)).await;
        };
        let mut request = request.lawful(&self.target, headers);
        let times_closed = self.kept.borrow().times_closed;
        while let Some(mut sender) = self.take() {
            let response = match ask(&mut sender, request).await {
                Asked::Answered(response) => response,
                // The service has closed this connection before, and has not seen the request.
                Asked::Unsent(unsent) => {
                    request = *unsent;
                    continue;
                }
            };
            if is_farewell(&response) {
                self.habits.lost.set(self.habits.lost.get() + 1);
                self.close_all();
                return Err(BackendError::ConnectionLost);
            }
            self.keep_or_close(sender, &response, is_large, times_closed);
            return response;
        }
        let mut sender = self.address.open().await.inspect_err(|_| self.close_all())?;
        let response = answer(&mut sender, request).await;
        self.keep_or_close(sender, &response, is_large, times_closed);
        response
    }

    /// How long the body of the answer to this request came after its head, for each of so many that are sent over one
    /// connection, as long as the service keeps it. None where a request fails.
    pub(super) async fn pauses(&self, common: &Fields, asked: usize) -> Option<Vec<Duration>> {
        let (added, mut sender) = (Headers::default(), self.address.open().await.ok()?);
        let mut pauses = Vec::new();
        for _ in 0..asked {
            if sender.ready().await.is_err() {
                sender = self.address.open().await.ok()?;
            }
            let get = Outgoing { method: Method::GET, common, added: &added, body: Vec::new() };
            let headers = get.lawful_headers()?;
            let mut response = sender.send_request(get.lawful(&self.target, headers)).await.ok()?;
            let head = Instant::now();
            while let Some(frame) = response.frame().await {
                frame.ok()?;
            }
            pauses.push(head.elapsed());
        }
        Some(pauses)
    }

    /// A connection that may be used again, if there is one.
    fn take(&self) -> Option<Sender> {
        let mut kept = self.kept.borrow_mut();
        if self.is_always_fresh() {
            kept.idle.clear();
        }
        kept.idle.retain(|(sender, used)| used.elapsed() < IDLE && !sender.is_closed());
        // Where a server has answered before it had read everything, the rest of the request may still be on its way.
        let ready = kept.idle.iter().rposition(|(sender, _)| sender.is_ready())?;
        Some(kept.idle.remove(ready).0)
    }

    /// Keeps a connection after this response, or closes all of them.
    fn keep_or_close(
        &self,
        sender: Sender,
        response: &Result<RawResponse, BackendError>,
        is_large: bool,
        times_closed: usize,
    ) {
        match response {
            Ok(RawResponse { status: 200..300, headers, .. }) if !is_large && keeps_alive(headers) => {
                let mut kept = self.kept.borrow_mut();
                if !self.is_always_fresh() && kept.times_closed == times_closed {
                    kept.idle.push((sender, Instant::now()));
                }
            }
            // A server that has failed, or has not read a request to its end, may close its connections without a word.
            _ => self.close_all(),
        }
    }

    fn is_always_fresh(&self) -> bool {
        self.habits.always_fresh.get() || self.habits.lost.get() > 0
    }

    /// Closes all connections. One that has brought an answer is among them, whatever answer that was.
    fn close_all(&self) {
        let mut kept = self.kept.borrow_mut();
        kept.idle.clear();
        kept.times_closed += 1;
    }
}

/// Path and query of a URL, as they stand in a request.
fn target(url: &Url) -> Option<Uri> {
    url[Position::BeforePath..Position::AfterQuery].parse().ok()
}

/// The answer to a request on a connection that was just opened.
async fn answer(sender: &mut Sender, request: Request<Full<Bytes>>) -> Result<RawResponse, BackendError> {
    match ask(sender, request).await {
        Asked::Answered(response) => response,
        Asked::Unsent(_) => Err(BackendError::Dropped),
    }
}

/// Sends one request at `http` on a connection of its own.
///
/// # Errors
///
/// Where there is no response, or none that is HTTP.
pub(super) async fn send_once(url: &Url, request: Outgoing<'_>) -> Result<RawResponse, BackendError> {
    let malformed = || BackendError::Unreachable("nothing can be sent there".to_owned());
    let (target, address) = target(url).zip(Address::of(url, None)).ok_or_else(malformed)?;
    let headers = request.lawful_headers().ok_or_else(malformed)?;
    answer(&mut address.open().await?, request.lawful(&target, headers)).await
}

impl Address {
    fn of(url: &Url, tls: Option<Tls>) -> Option<Self> {
        Some(Self { host: url.host()?.to_owned(), port: url.port_or_known_default().unwrap_or(80), tls })
    }

    /// A new connection for lawful requests.
    async fn open(&self) -> Result<Sender, BackendError> {
        handshake(self.connect().await?).await
    }

    async fn connect(&self) -> Result<Stream, BackendError> {
        let connected = match &self.host {
            Host::Ipv4(address) => TcpStream::connect((*address, self.port)).await,
            Host::Ipv6(address) => TcpStream::connect((*address, self.port)).await,
            Host::Domain(name) if is_localhost(name) => TcpStream::connect(&loopback(self.port)[..]).await,
            Host::Domain(name) => TcpStream::connect((name.as_str(), self.port)).await,
        };
        let stream = connected.map_err(|error| BackendError::Unreachable(error.to_string()))?;
        // Where the system does not do that, requests are only slower.
        let _ = stream.set_nodelay(true);
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
        Ok(RawResponse { status: 408, headers, .. }) => !keeps_alive(headers),
        _ => false,
    }
}

/// Whether a server has not announced that it closes the connection after this response.
fn keeps_alive(headers: &Headers) -> bool {
    !headers.all("Connection").any(|value| value.eq_ignore_ascii_case(b"close"))
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
