//! A backend whose panics become failed requests, as a server makes them, so that a panic does not end the run.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use sessionspec_reference::Description;
use sessionspec_reference::http::Headers;

use super::{Backend, BackendError, Body, CycleRequest, CycleResponse, LocalBoxFuture};
use crate::script::Processes;

struct Catching(Rc<dyn Backend>);

/// Wraps a backend: a request on which it panics gets the status 500, with a text that says so.
///
/// Every run does this with the backend that it is given. A server for a backend needs it as well, so that the verdict
/// is the same in this process and over HTTP.
#[must_use]
pub fn catching_panics(backend: Rc<dyn Backend>) -> Rc<dyn Backend> {
    Rc::new(Catching(backend))
}

impl Backend for Catching {
    fn inner(&self) -> Option<&dyn Backend> {
        Some(&*self.0)
    }

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

    fn beside(&self) -> Option<Rc<dyn Backend>> {
        self.0.beside().map(catching_panics)
    }

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        Box::pin(async { self.0.on_virtual_time().await.map(catching_panics) })
    }

    fn apart(&self, wanted: Processes) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(async move { self.0.apart(wanted).await.map(catching_panics) })
    }

    fn with_lifetime(&self, seconds: f64) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(async move { self.0.with_lifetime(seconds).await.map(catching_panics) })
    }
}

fn in_words(said: &str) -> String {
    format!("the backend panicked: {said}")
}

/// Returns the result of the future, or the message with which it panicked.
pub(crate) async fn without_panic<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let mut work = pin!(work);
    poll_fn(|context| {
        // The backend may go on after its panic: a change that was left half done is its own fault, and the next cycles
        // show it.
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
