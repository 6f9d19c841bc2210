//! The middleware of tower-sessions as a [`Backend`]: each cycle is a request to a handler behind the real layer.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use sessionspec_reference::Description;
use sessionspec_reference::http::Headers;
use tower_layer::Layer;
use tower_service::Service;
use tower_sessions::service::CookieController;
use tower_sessions::{Session, SessionManagerLayer, SessionStore};

use super::session::{HandlerSession, Keys};
use crate::backend::{
    Backend, BackendError, Body, CycleRequest, CycleResponse, Gate, Handled, IntoBackend, LocalBoxFuture,
    interpret,
};
use crate::script::{Answer, Operation};

/// A `SessionManagerLayer` as an application configures it, with a handler behind it. There is no server.
///
/// `permanent` is a stand-in with the mixin's default: tower-sessions has lifetimes of a layer and of a response, and
/// no such attribute of the session. `items`, and the operations that are composed of it, look every key up that
/// handlers have written.
#[derive(Debug, Clone)]
pub struct Middleware<S: SessionStore, C: CookieController> {
    layer: SessionManagerLayer<S, C>,
    keys: Keys,
    description: Description,
}

impl<S: SessionStore, C: CookieController> Middleware<S, C> {
    /// Puts this layer under test. The layer itself can also be given wherever a backend is asked for.
    #[must_use]
    pub fn new(layer: SessionManagerLayer<S, C>) -> Self {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let description = Description {
            name: Some("tower-sessions".to_owned()),
            derived: names(&["permanent", "set_permanent"]),
            composed: names(&["contains", "items", "len", "setdefault", "update"]),
            ..Description::default()
        };
        Self { layer, keys: Keys::default(), description }
    }

    /// Completes what the backend says of itself: its lifetimes and its claims, which cannot be read from the layer.
    #[must_use]
    pub fn described(mut self, describe: impl FnOnce(&mut Description)) -> Self {
        describe(&mut self.description);
        self
    }

    async fn serve(&self, request: CycleRequest) -> CycleResponse {
        let CycleRequest { headers, ops, gates } = request;
        let mut request = Request::new(Work { ops, gates, keys: self.keys.clone() });
        for cookie in headers.all("Cookie") {
            // A server would refuse such a header field, too.
            let Ok(cookie) = HeaderValue::from_bytes(cookie) else {
                return answer_to(StatusCode::BAD_REQUEST, "no lawful header");
            };
            request.headers_mut().append(http::header::COOKIE, cookie);
        }
        let mut service = self.layer.layer(Handler);
        let response = match poll_fn(|context| service.poll_ready(context)).await {
            Ok(()) => service.call(request).await,
            Err(raised) => Err(raised),
        };
        match response {
            Ok(response) => read(response),
            Err(Raised) => answer_to(StatusCode::INTERNAL_SERVER_ERROR, "the handler raised"),
        }
    }
}

impl<S: SessionStore, C: CookieController> Backend for Middleware<S, C> {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async { Ok(self.description.clone()) })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move { Ok(self.serve(request).await) })
    }
}

/// How a `SessionManagerLayer` becomes a backend; see [`kind`](crate::backend::kind).
#[derive(Debug)]
pub enum ByLayer {}

#[diagnostic::do_not_recommend]
impl<S: SessionStore, C: CookieController> IntoBackend<ByLayer> for SessionManagerLayer<S, C> {
    fn into_backend(self) -> Rc<dyn Backend> {
        Rc::new(Middleware::new(self))
    }
}

/// The body of a request: what the handler has to do.
struct Work {
    ops: Vec<Operation>,
    gates: BTreeMap<String, Gate>,
    keys: Keys,
}

/// The handler behind the middleware.
#[derive(Debug, Clone, Copy)]
struct Handler;

/// The error of a handler that was asked to raise.
#[derive(Debug)]
struct Raised;

/// The answers of the handler; `None` where the middleware has answered in its place.
type Answers = Option<Vec<Answer>>;

impl Service<Request<Work>> for Handler {
    type Response = Response<Answers>;
    type Error = Raised;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Answers>, Raised>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Raised>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Work>) -> Self::Future {
        Box::pin(async move {
            let session = request.extensions().get::<Session>().cloned().ok_or(Raised)?;
            let Work { ops, gates, keys } = request.into_body();
            let mut session = HandlerSession { session, keys };
            match interpret(&mut session, &ops, &gates).await {
                Handled::Answered { results, status, headers } => {
                    let mut response = Response::new(Some(results));
                    *response.status_mut() = StatusCode::from_u16(status).map_err(|_| Raised)?;
                    for (name, value) in headers.iter() {
                        let name = HeaderName::try_from(name).map_err(|_| Raised)?;
                        response
                            .headers_mut()
                            .append(name, HeaderValue::try_from(value).map_err(|_| Raised)?);
                    }
                    Ok(response)
                }
                Handled::Raised => Err(Raised),
            }
        })
    }
}

fn read(response: Response<Answers>) -> CycleResponse {
    let mut headers = Headers::default();
    for (name, value) in response.headers() {
        headers.append(name.as_str(), value.as_bytes());
    }
    let status = response.status().as_u16();
    let body = match response.into_body() {
        Some(results) => Body::Answers { results, save_error: None },
        None => Body::Other("the middleware answered in the place of the handler".to_owned()),
    };
    CycleResponse { status, headers, body }
}

fn answer_to(status: StatusCode, said: &str) -> CycleResponse {
    CycleResponse { status: status.as_u16(), headers: Headers::default(), body: Body::Other(said.to_owned()) }
}
