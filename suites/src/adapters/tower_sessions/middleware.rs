//! The middleware of tower-sessions as a [`Backend`]: each cycle is a request to a handler behind the real layer.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use http::{Request, Response};
use sessionspec_reference::Description;
use sessionspec_reference::description::WITHOUT_BODY;
use tower_layer::Layer;
use tower_service::Service;
use tower_sessions::service::CookieController;
use tower_sessions::{Session, SessionManagerLayer, SessionStore};

use super::session::HandlerSession;
use crate::adapters::WrittenKeys;
use crate::adapters::tower::{send, try_respond};
use crate::backend::{
    Backend, BackendError, CycleRequest, CycleResponse, IntoBackend, LocalBoxFuture, Raised, Work,
};

/// A `SessionManagerLayer` as an application configures it, with a handler behind it. There is no server.
///
/// `permanent` is a stand-in with the mixin's default: tower-sessions has lifetimes of a layer and of a response, and
/// no such attribute of the session. `items`, and the operations that are composed of it, look every key up that
/// handlers have written.
#[derive(Debug, Clone)]
pub struct Middleware<S: SessionStore, C: CookieController> {
    layer: SessionManagerLayer<S, C>,
    keys: WrittenKeys,
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
            without_body: WITHOUT_BODY.into(),
            ..Description::default()
        };
        Self { layer, keys: WrittenKeys::default(), description }
    }

    /// Completes what the backend says of itself: its lifetimes and its claims, which cannot be read from the layer.
    #[must_use]
    pub fn described(mut self, describe: impl FnOnce(&mut Description)) -> Self {
        describe(&mut self.description);
        self
    }
}

impl<S: SessionStore, C: CookieController> Backend for Middleware<S, C> {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async { Ok(self.description.clone()) })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move {
            let handler = Handler { keys: self.keys.clone() };
            Ok(send::<_, (), _>(self.layer.layer(handler), "/", &request).await)
        })
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

/// The handler behind the middleware.
#[derive(Debug, Clone)]
struct Handler {
    keys: WrittenKeys,
}

impl Service<Request<()>> for Handler {
    type Response = Response<()>;
    type Error = Raised;
    type Future = Pin<Box<dyn Future<Output = Result<Response<()>, Raised>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Raised>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        let keys = self.keys.clone();
        Box::pin(async move {
            let extensions = request.extensions();
            let session = extensions.get::<Session>().cloned().ok_or(Raised)?;
            let work = extensions.get::<Work>().cloned().ok_or(Raised)?;
            try_respond(&work, &mut HandlerSession { session, keys }).await
        })
    }
}
