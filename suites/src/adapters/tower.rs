//! Any application that is a `tower` service: an axum `Router`, or whatever a framework turns into one. Requests go through
//! the application in this process, without a server, and no session library is a dependency of this crate.
//!
//! The application under test mounts a handler that performs its [`Work`] on the session which its own middleware has
//! opened. For an axum router with some session middleware, that is all:
//!
//! ```ignore
//! use axum::{Extension, Router, response::Response, routing::post};
//! use sessionspec::adapters::tower;
//! use sessionspec::backend::Work;
//!
//! async fn probe(session: some_sessions::Session, Extension(work): Extension<Work>) -> Response {
//!     tower::respond(&work, &mut MySession(session)).await
//! }
//!
//! sessionspec::conformance! {
//!     backend: tower::service(Router::new().route("/", post(probe)).layer(some_sessions::layer())),
//!     level: minimum,
//! }
//! ```
//!
//! `MySession` is a type of the test that implements [`Session`] with the calls of the library. Four methods are required;
//! what the library does not have is left out, and is `unsupported`.

use std::fmt::Display;
use std::future::poll_fn;
use std::marker::PhantomData;

use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use sessionspec_reference::description::WITHOUT_BODY;
use sessionspec_reference::http::Headers;
use sessionspec_reference::{Description, Session};
use tower_service::Service;

use crate::backend::{
    Backend, BackendError, Body, CycleRequest, CycleResponse, LocalBoxFuture, Raised, Work,
};

/// Puts an application under test: each cycle is a `POST /` with the [`Work`] among the extensions of the request.
///
/// `S` is the application, and `B` the body of its requests, of which only the default is used. The result is a [`Backend`] where
///
/// - `S` is a `Service<http::Request<B>>` whose response is an `http::Response` with any body,
/// - `S: Clone`, since each request gets a clone of the application, and several may be at work at once,
/// - `S::Error: Display`, for the report: an error is taken for a status of 500,
/// - `B: Default`, since requests come without a body.
///
/// Nothing has to be `Send`.
#[must_use]
pub fn service<S, B>(service: S) -> TowerService<S, B> {
    // `respond` ends with any status.
    let description = Description { without_body: WITHOUT_BODY.into(), ..Description::default() };
    TowerService { service, path: "/".to_owned(), description, body: PhantomData }
}

/// An application that is a `tower` service, as a [`Backend`]; [`service`] makes it.
#[derive(Debug)]
pub struct TowerService<S, B> {
    service: S,
    path: String,
    description: Description,
    body: PhantomData<fn() -> B>,
}

impl<S, B> TowerService<S, B> {
    /// The path under which the application has mounted the handler, which decides the cookies that browsers send.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Completes what the backend says of itself: its name, its lifetimes, its claims, its stand-ins.
    #[must_use]
    pub fn described(mut self, describe: impl FnOnce(&mut Description)) -> Self {
        describe(&mut self.description);
        self
    }
}

/// Sends a cycle through this application.
pub(super) async fn send<S, B, R>(mut service: S, path: &str, asked: &CycleRequest) -> CycleResponse
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Error: Display,
    B: Default,
{
    let work = Work::new(asked);
    let request = match request(path, asked, &work) {
        Ok(request) => request,
        // A server would refuse such a request, too.
        Err(why) => return without_handler(StatusCode::BAD_REQUEST, why.to_string()),
    };
    let response = match poll_fn(|context| service.poll_ready(context)).await {
        Ok(()) => service.call(request).await,
        Err(error) => Err(error),
    };
    match response {
        Ok(response) => {
            let mut headers = Headers::default();
            for (name, value) in response.headers() {
                headers.append(name.as_str(), value.as_bytes());
            }
            work.response(response.status().as_u16(), headers)
        }
        Err(error) => without_handler(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

fn request<B: Default>(path: &str, asked: &CycleRequest, work: &Work) -> Result<Request<B>, http::Error> {
    let mut request = Request::builder().method(Method::POST).uri(path).extension(work.clone());
    for (name, value) in asked.headers.iter() {
        request = request.header(name, HeaderValue::from_bytes(value)?);
    }
    request.body(B::default())
}

impl<S, B, R> Backend for TowerService<S, B>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
    S::Error: Display,
    B: Default,
{
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async { Ok(self.description.clone()) })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move { Ok(send(self.service.clone(), &self.path, &request).await) })
    }

    fn path(&self) -> &str {
        &self.path
    }
}

/// Performs the work and makes the response of it, in a handler that can only fail with a panic, as those of axum do.
///
/// # Panics
///
/// Where the handler is asked to raise. The panic is not printed.
pub async fn respond<B: Default>(work: &Work, session: &mut impl Session) -> Response<B> {
    match try_respond(work, session).await {
        Ok(response) => response,
        Err(Raised) => std::panic::resume_unwind(Box::new("the handler was asked to raise")),
    }
}

/// Performs the work and makes the response of it, in a handler that can end with an error.
///
/// # Errors
///
/// Where the handler is asked to raise.
pub async fn try_respond<B: Default>(work: &Work, session: &mut impl Session) -> Result<Response<B>, Raised> {
    let handled = work.perform(session).await?;
    let mut response = Response::new(B::default());
    if let Ok(status) = StatusCode::from_u16(handled.status) {
        *response.status_mut() = status;
    }
    for (name, value) in handled.headers.iter() {
        // The suite asks for lawful header fields only.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    Ok(response)
}

fn without_handler(status: StatusCode, said: String) -> CycleResponse {
    CycleResponse { status: status.as_u16(), headers: Headers::default(), body: Body::Other(said) }
}
