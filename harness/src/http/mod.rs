//! The HTTP door: a service under test is driven through its probe.

mod callback;
mod gates;
mod raw;
mod wire;

use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HOST, HeaderValue};
use reqwest::{Client, RequestBuilder, Url};
use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::browser::Origin;
use sessionspec::reference::Description;
use sessionspec::reference::http::Headers;
use url::Position;

pub use callback::{CallbackAddress, CallbackError};
use gates::GateServer;

/// The most that is read of a response, in bytes: twice what a probe has to accept.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// A body that a server may refuse before it has read it to its end, in bytes.
const LARGE: usize = 64 * 1024;

/// A service under test, seen through its probe.
pub struct HttpBackend {
    /// Its connections are reused, as long as nothing out of the ordinary happens on them.
    client: RefCell<Client>,
    url: Url,
    origin: Option<Origin>,
    gates: GateServer,
}

/// Why a service cannot be driven at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The target is no URL with `http`.
    #[error("`{0}` is no http URL; give the probe's, as in http://127.0.0.1:5000/probe")]
    NoUrl(String),
    /// The target is `https`.
    #[error(
        "{0} is https, and the harness speaks plain http; --origin makes the service believe that it is https"
    )]
    NotHttp(Url),
    /// The target is on another machine.
    #[error("{0} is not on this machine; --allow-remote permits it, for a service that is yours to test")]
    Remote(Url),
    /// The gates cannot be served where they were asked for.
    #[error(
        "no gate can be served at {address}: {error}; --callback-addr takes an address of this machine, or a host name"
    )]
    Callback {
        /// Where they were to be served.
        address: SocketAddr,
        /// Why they cannot be.
        #[source]
        error: std::io::Error,
    },
    /// The harness itself cannot serve gates, or send requests.
    #[error("the harness cannot set itself up: {0}")]
    SetUp(String),
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
        let written = url;
        let url = Url::parse(written).map_err(|_| HttpError::NoUrl(written.to_owned()))?;
        match url.scheme() {
            "http" => {}
            "https" => return Err(HttpError::NotHttp(url)),
            // `localhost:5000` would be a URL whose scheme is `localhost`.
            _ => return Err(HttpError::NoUrl(written.to_owned())),
        }
        if !allow_remote && !is_loopback(&url) {
            return Err(HttpError::Remote(url));
        }
        let client = direct_client().map_err(|error| HttpError::SetUp(error.to_string()))?;
        let gates = GateServer::start(&CallbackAddress::default())
            .await
            .map_err(|error| HttpError::SetUp(error.to_string()))?;
        Ok(Self { client: RefCell::new(client), url, origin, gates })
    }

    /// The same service, which reaches the harness at this address.
    ///
    /// # Errors
    ///
    /// Where no gate can be served there.
    pub async fn called_back_at(self, address: &CallbackAddress) -> Result<Self, HttpError> {
        let served = GateServer::start(address).await;
        let gates = served.map_err(|error| HttpError::Callback { address: address.bound(), error })?;
        Ok(Self { gates, ..self })
    }
}

/// A client that sends each request once, to the address that it was given.
///
/// An idle connection is given up soon: a server may close it at any moment, and the request that meets this would
/// look like a fault of the service.
pub(crate) fn direct_client() -> reqwest::Result<Client> {
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .pool_idle_timeout(Duration::from_millis(500))
        .build()
}

/// Whether a URL's host is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    url.host_str()
        .and_then(|host| Origin::parse(&format!("http://{host}")).ok())
        .is_some_and(|origin| origin.is_loopback())
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
}

impl HttpBackend {
    /// Asks the probe what it is.
    ///
    /// # Errors
    ///
    /// Where there is no response, or no whole one.
    pub async fn get(&self) -> Result<RawResponse, BackendError> {
        let get = self.client.borrow().get(self.url.clone());
        self.send(get).await
    }

    /// Sends the probe this body, whether it means anything or not.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn post(&self, headers: &Headers, body: Vec<u8>) -> Result<RawResponse, BackendError> {
        let is_lawful = |value: &[u8]| HeaderValue::from_bytes(value).is_ok();
        if !headers.iter().all(|(_, value)| is_lawful(value)) {
            return self.post_raw(headers, &body).await;
        }
        let mut post = self.client.borrow().post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        for (name, value) in headers.iter() {
            post = post.header(name, value);
        }
        let is_large = body.len() > LARGE;
        let response = self.send(post.body(body)).await;
        if is_large || !matches!(&response, Ok(RawResponse { status: 200..300, .. })) {
            self.forget_connections();
        }
        response
    }

    /// A request with bytes in its header that HTTP forbids.
    async fn post_raw(&self, headers: &Headers, body: &[u8]) -> Result<RawResponse, BackendError> {
        let address = format!(
            "{}:{}",
            self.url.host_str().unwrap_or_default(),
            self.url.port_or_known_default().unwrap_or(80)
        );
        let mut headers = headers.clone();
        let host = match &self.origin {
            Some(origin) => {
                headers.append("X-Forwarded-Proto", origin.scheme());
                origin.authority().to_owned()
            }
            None => self.url.authority().to_owned(),
        };
        let target = &self.url[Position::BeforePath..Position::AfterQuery];
        raw::post(&address, target, &host, &headers, body, MAX_BODY).await
    }

    /// A server that has failed, or has not read a request to its end, may close the connection without a word; the
    /// next request would meet that, and look as if it were at fault.
    fn forget_connections(&self) {
        // What could be built once can be built again; if not, the old one still works.
        if let Ok(fresh) = direct_client() {
            self.client.replace(fresh);
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<RawResponse, BackendError> {
        let request = match &self.origin {
            Some(origin) => {
                request.header(HOST, origin.authority()).header("X-Forwarded-Proto", origin.scheme())
            }
            None => request,
        };
        let response = request.send().await.map_err(fault)?;
        let status = response.status().as_u16();
        let mut headers = Headers::default();
        for (name, value) in response.headers() {
            headers.append(name.as_str(), value.as_bytes());
        }
        Ok(RawResponse { status, headers, body: body(response).await? })
    }
}

impl Backend for HttpBackend {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async move {
            let response = self.get().await?;
            wire::description(response.status, &response.body)
        })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move {
            // The gates stay open to requests for as long as this cycle lasts.
            let holds = self.gates.serve(&request.gates);
            let sent = wire::cycle(&request.ops, |gate| holds.url(gate));
            let RawResponse { status, headers, body } = self.post(&request.headers, sent).await?;
            let body = wire::body(status, &body, request.ops.len())?;
            Ok(CycleResponse { status, headers, body })
        })
    }

    fn origin(&self) -> Origin {
        self.origin.clone().unwrap_or_else(|| {
            let authority = format!("http://{}", self.url.authority());
            Origin::parse(&authority).unwrap_or_default()
        })
    }

    fn path(&self) -> &str {
        self.url.path()
    }
}

async fn body(mut response: reqwest::Response) -> Result<Vec<u8>, BackendError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(fault)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BODY {
            return Err(BackendError::NotAProbe(format!("its answer is longer than {MAX_BODY} bytes")));
        }
    }
    Ok(bytes)
}

/// What went wrong, told by its innermost cause: the outer ones repeat the URL and say little else.
fn fault(error: reqwest::Error) -> BackendError {
    let mut cause: &dyn std::error::Error = &error;
    let mut speaks_http = true;
    while let Some(inner) = cause.source() {
        cause = inner;
        speaks_http &= !cause.downcast_ref().is_some_and(hyper::Error::is_parse);
    }
    let said = cause.to_string();
    if error.is_connect() {
        BackendError::Unreachable(said)
    } else if !speaks_http {
        BackendError::NotAProbe(format!("its answer is no HTTP: {said}"))
    } else {
        BackendError::CutOff(said)
    }
}
