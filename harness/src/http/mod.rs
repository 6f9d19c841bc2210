//! The HTTP door: a service under test is driven through its probe.

mod callback;
mod client;
mod connection;
mod error;
mod fields;
mod gates;
mod outgoing;
mod reading;
mod tls;
#[doc(hidden)]
pub mod wire;

use std::rc::Rc;
use std::time::{Duration, Instant};

use reqwest::{Method, Version};
use sessionspec::backend::{
    Backend, BackendError, Body, CycleRequest, CycleResponse, LocalBoxFuture, OpenConnection,
};
use sessionspec::engine::browser::Origin;
use sessionspec::engine::script::Operation;
use sessionspec::reference::Description;
use sessionspec::reference::http::Headers;
use tokio::io::{AsyncRead, AsyncWrite};
use url::{Host, Url};

pub use callback::{CallbackAddress, CallbackError};
pub(crate) use client::is_localhost;
use client::{Client, send_once};
pub use error::HttpError;
use fields::Secrets;
pub use fields::{HeaderField, HeaderFieldError, REDACTED, shown_url, without_secrets};
use gates::GateServer;
use outgoing::{Fields, Outgoing};
use tls::Tls;
pub use tls::{TlsError, Trust};
pub(crate) use wire::read_description;

/// A service under test, seen through its probe.
pub struct HttpBackend {
    client: Client,
    /// Where the probe is, without user and password.
    url: Url,
    place: Place,
    /// What goes with every request.
    fields: Vec<HeaderField>,
    /// The header fields of each `GET`, and of each `POST`.
    of_get: Fields,
    of_post: Fields,
    secrets: Secrets,
    gates: Rc<GateServer>,
}

/// Where browsers believe they are.
#[derive(Clone)]
struct Place {
    origin: Origin,
    /// Whether somebody said so, and the service is told.
    is_given: bool,
}

impl Place {
    /// The origin that was given, or else that of the URL.
    fn of(url: &Url, given: Option<Origin>) -> Result<Self, HttpError> {
        if let Some(origin) = given {
            return Ok(Self { origin, is_given: true });
        }
        let origin = Origin::parse(&format!("{}://{}", url.scheme(), url.authority()));
        let no_origin = |error| HttpError::NoOrigin { url: Box::new(url.clone()), error };
        Ok(Self { origin: origin.map_err(no_origin)?, is_given: false })
    }

    fn given(&self) -> Option<&Origin> {
        Some(&self.origin).filter(|_| self.is_given)
    }
}

impl HttpBackend {
    /// A service whose probe is at `url`, which has to be on this machine unless `allow_remote` is set.
    ///
    /// `origin` is where browsers believe they are: it decides `Host`, `X-Forwarded-Proto` and the rules for cookies.
    ///
    /// # Errors
    ///
    /// Where the URL is of no use, or no gate can be served.
    pub async fn new(url: &str, origin: Option<Origin>, allow_remote: bool) -> Result<Self, HttpError> {
        Self::trusting(url, &Trust::default(), origin, allow_remote).await
    }

    /// As [`new`](Self::new), for a service that may be at `https`: then `trust` says whose certificates are believed.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new), and where it is not known whom to believe.
    pub async fn trusting(
        url: &str,
        trust: &Trust,
        origin: Option<Origin>,
        allow_remote: bool,
    ) -> Result<Self, HttpError> {
        let no_url = || HttpError::NoUrl(shown_url(url));
        let mut url = Url::parse(url).map_err(|_| no_url())?;
        let fields: Vec<HeaderField> = HeaderField::taken_from(&mut url).into_iter().collect();
        let is_encrypted = match url.scheme() {
            "http" => false,
            "https" => true,
            // `localhost:5000` would be a URL whose scheme is `localhost`.
            _ => return Err(no_url()),
        };
        if !allow_remote && !is_loopback(&url) {
            return Err(HttpError::Remote(url));
        }
        let place = Place::of(&url, origin)?;
        let tls = match (is_encrypted, trust) {
            (true, trust) => match Tls::trusting(trust) {
                Ok(tls) => Some(tls),
                Err(error) => return Err(HttpError::Tls { url: Box::new(url), error }),
            },
            (false, Trust::Only(_)) => return Err(HttpError::NeedlessCa(url)),
            (false, Trust::System) => None,
        };
        let client = Client::of(&url, tls, Rc::default()).ok_or_else(no_url)?;
        let gates = GateServer::start(&CallbackAddress::default())
            .await
            .map_err(|error| HttpError::SetUp(error.to_string()))?;
        Ok(Self::with(client, url, place, fields, Rc::new(gates)))
    }

    fn with(client: Client, url: Url, place: Place, fields: Vec<HeaderField>, gates: Rc<GateServer>) -> Self {
        let of = |method| Fields::of(common_fields(&method, &url, place.given(), &fields));
        let (of_get, of_post) = (of(Method::GET), of(Method::POST));
        Self { client, url, place, of_get, of_post, secrets: Secrets::of(&fields), fields, gates }
    }

    /// The same service, which is sent these header fields with every request. One of them takes the place of what the
    /// URL says of the user.
    #[must_use]
    pub fn sending(mut self, fields: &[HeaderField]) -> Self {
        self.fields.retain(|of_url| fields.iter().all(|field| field.name() != of_url.name()));
        self.fields.extend_from_slice(fields);
        Self::with(self.client, self.url, self.place, self.fields, self.gates)
    }

    /// The same service, with no connection used twice.
    #[must_use]
    pub fn always_on_fresh_connections(self) -> Self {
        self.client.habits().always_fresh.set(true);
        self
    }

    /// The same service, which reaches the harness at this address.
    ///
    /// # Errors
    ///
    /// Where no gate can be served there.
    pub async fn called_back_at(self, address: &CallbackAddress) -> Result<Self, HttpError> {
        let served = GateServer::start(address).await;
        let gates = served.map_err(|error| HttpError::Callback { address: address.bound(), error })?;
        Ok(Self { gates: Rc::new(gates), ..self })
    }

    /// Takes note that the harness is about to end the service, so that no connection that ends is put down to the
    /// service.
    pub(crate) fn expect_the_end(&self) {
        self.client.expect_the_end();
    }

    /// A service like this one on this machine, at another port. What is known of the connections of one is known of
    /// both, and both find their gates at the same place.
    pub(crate) fn beside(&self, port: u16) -> Result<Self, HttpError> {
        let mut url = self.url.clone();
        let no_url = || HttpError::NoUrl(self.url.to_string());
        url.set_port(Some(port)).map_err(|()| no_url())?;
        let client = self.client.beside(&url).ok_or_else(no_url)?;
        let place = Place::of(&url, self.place.given().cloned())?;
        let (fields, gates) = (self.fields.clone(), Rc::clone(&self.gates));
        Ok(Self::with(client, url, place, fields, gates))
    }
}

/// Asks for this URL, which is `http`, on a connection of its own and without a proxy: the status of the answer.
pub(crate) async fn status_of(url: &Url) -> Result<u16, BackendError> {
    let mut headers = Headers::default();
    headers.append("Host", url.authority());
    let (common, added) = (Fields::of(headers), Headers::default());
    let get = Outgoing { method: Method::GET, common: &common, added: &added, body: Vec::new(), alone: true };
    Ok(send_once(url, get).await?.status)
}

/// The header fields that each request of this method has.
fn common_fields(method: &Method, url: &Url, origin: Option<&Origin>, fields: &[HeaderField]) -> Headers {
    let mut headers = Headers::default();
    // The host that the service is told that it is.
    headers.append("Host", origin.map_or_else(|| url.authority().to_owned(), Origin::authority));
    headers.append("Accept", "*/*");
    if let Some(origin) = origin {
        headers.append("X-Forwarded-Proto", origin.scheme());
    }
    if method == Method::POST {
        headers.append("Content-Type", "application/json");
    }
    for field in fields {
        headers.append(field.name(), field.value());
    }
    headers
}

/// Sends these bytes on this connection, and reads what comes as one response.
///
/// # Errors
///
/// Where there is no response, or no whole one.
#[doc(hidden)]
pub async fn response_on(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Vec<u8>,
) -> Result<RawResponse, BackendError> {
    connection::exchange_bytes(Box::new(stream), request).await
}

/// Whether a URL's host is this machine: whatever is connected to for it is, too.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => is_localhost(name),
        None => false,
    }
}

/// A response as it came, whatever it says.
#[derive(Debug, Clone)]
pub struct RawResponse {
    /// The status.
    pub status: u16,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
    /// The version of HTTP in which it came.
    version: Version,
}

impl HttpBackend {
    /// Asks the probe what it is.
    ///
    /// # Errors
    ///
    /// Where there is no response, or no whole one.
    pub async fn get(&self) -> Result<RawResponse, BackendError> {
        let added = &Headers::default();
        let (method, common) = (Method::GET, &self.of_get);
        self.send(Outgoing { method, common, added, body: Vec::new(), alone: false }, None).await
    }

    /// Sends the probe this body, whether it means anything or not, with these header fields, whether HTTP permits their
    /// values or not.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn post(&self, headers: &Headers, body: Vec<u8>) -> Result<RawResponse, BackendError> {
        let (method, common) = (Method::POST, &self.of_post);
        self.send(Outgoing { method, common, added: headers, body, alone: false }, None).await
    }

    /// Sends the probe this body on a connection of its own, and asks the service to close that: all that comes until it does.
    ///
    /// # Errors
    ///
    /// Where the service cannot be reached, or the connection ends otherwise.
    pub(crate) async fn bytes(&self, body: Vec<u8>) -> Result<Vec<u8>, BackendError> {
        let (method, common, added) = (Method::POST, &self.of_post, &Headers::default());
        self.client.bytes(&Outgoing { method, common, added, body, alone: true }).await
    }

    /// Asks for the description with a client that keeps its connection: how long the body came after the head, for each
    /// of so many answers. None where a request fails.
    pub(crate) async fn pauses(&self, asked: usize) -> Option<Vec<Duration>> {
        let client = self.client.plain(1)?;
        let mut pauses = Vec::new();
        for _ in 0..asked {
            let mut response = client.get(self.url.clone()).send().await.ok()?;
            let head = Instant::now();
            while response.chunk().await.ok()?.is_some() {}
            pauses.push(head.elapsed());
        }
        Some(pauses)
    }

    /// Everything that is sent goes this way.
    async fn send(
        &self,
        request: Outgoing<'_>,
        connection: Option<&OpenConnection>,
    ) -> Result<RawResponse, BackendError> {
        let sent = self.client.send(request, connection).await;
        sent.map_err(|fault| self.secrets.redacted_fault(fault))
    }
}

impl Backend for HttpBackend {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async move {
            let response = self.get().await?;
            let described = wire::description(response.status, &response.body);
            let redirected = |fault| wire::with_redirect(response.status, &response.headers, fault);
            described.map_err(|fault| self.secrets.redacted_fault(redirected(fault)))
        })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move {
            // The gates stay open to requests for as long as this cycle lasts.
            let holds = self.gates.serve(&request.gates);
            let sent = wire::cycle(&request.ops, |gate| holds.url(gate));
            let raises = request.ops.contains(&Operation::Raise);
            let without_body = request.ops.status_without_body();
            if raises {
                // A server may end the connection where a handler fails. On a new one nobody doubts that it saw the request.
                self.client.forget();
            }
            let (added, connection) = (&request.headers, request.connection.as_ref());
            let common = &self.of_post;
            let post =
                Outgoing { method: Method::POST, common, added, body: sent, alone: without_body.is_some() };
            let RawResponse { status, headers, body, .. } = self.send(post, connection).await?;
            if without_body == Some(status) {
                // A 205 may come with a body all the same, which means nothing.
                let body = Body::Other(String::new());
                return Ok(self.secrets.redacted_response(CycleResponse { status, headers, body }));
            }
            // A handler whose results are lost anyway need not be the one that answers.
            let may_be_other = raises || without_body.is_some();
            let body = wire::body(status, &body, request.ops.len(), may_be_other)
                .map_err(|fault| wire::with_redirect(status, &headers, fault))
                .map_err(|fault| self.secrets.redacted_fault(fault))?;
            Ok(self.secrets.redacted_response(CycleResponse { status, headers, body }))
        })
    }

    fn origin(&self) -> Origin {
        self.place.origin.clone()
    }

    fn path(&self) -> &str {
        self.url.path()
    }

    fn lost_connections(&self) -> usize {
        self.client.habits().lost.get()
    }
}

#[cfg(test)]
mod tests;
