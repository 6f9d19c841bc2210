//! A backend whose panics are failed requests, as a server would make them, so that one of them does not end a run.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use sessionspec_reference::Description;
use sessionspec_reference::http::Headers;

use super::{Backend, BackendError, Body, CycleRequest, CycleResponse, LocalBoxFuture};
use crate::browser::Origin;

struct Catching(Rc<dyn Backend>);

/// The same backend; where it panics, that request has failed with a 500 that says so.
///
/// Every run does this with the backend that it is given. Whoever serves a backend to others needs it as well, so that
/// both doors tell the same.
#[must_use]
pub fn catching_panics(backend: Rc<dyn Backend>) -> Rc<dyn Backend> {
    Rc::new(Catching(backend))
}

impl Backend for Catching {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async {
            let described = without_panic(async { self.0.describe().await }).await;
            described.unwrap_or_else(|said| Err(BackendError::Failed(in_words(&said))))
        })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move {
            let answered = without_panic(async { self.0.cycle(request).await }).await;
            answered.unwrap_or_else(|said| {
                let body = Body::Other(in_words(&said));
                Ok(CycleResponse { status: 500, headers: Headers::default(), body })
            })
        })
    }

    fn origin(&self) -> Origin {
        self.0.origin()
    }

    fn path(&self) -> &str {
        self.0.path()
    }

    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn wait(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        self.0.wait(duration)
    }

    fn lost_connections(&self) -> usize {
        self.0.lost_connections()
    }

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        Box::pin(async { self.0.on_virtual_time().await.map(catching_panics) })
    }

    fn takes_lifetimes(&self) -> bool {
        self.0.takes_lifetimes()
    }

    fn with_lifetime(&self, seconds: f64) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(async move { self.0.with_lifetime(seconds).await.map(catching_panics) })
    }
}

fn in_words(said: &str) -> String {
    format!("the backend panicked: {said}")
}

/// What the future comes to, or what it said when it panicked.
pub(crate) async fn without_panic<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let mut work = pin!(work);
    poll_fn(|context| {
        // What a panic may have left half done is the backend's own, and is judged by the next cycles.
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(message(&*panic))),
        }
    })
    .await
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it did not say why".to_owned())
}
