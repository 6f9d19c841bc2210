//! A backend whose panics become failed requests, as a server makes them, so that a panic does not end the run.

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
use crate::script::{Ending, Processes, StoreChange, StoreControl};

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

    fn nodes(&self) -> usize {
        self.0.nodes()
    }

    fn lost_connections(&self) -> usize {
        self.0.lost_connections()
    }

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        Box::pin(async { self.0.on_virtual_time().await.map(catching_panics) })
    }

    fn restarts(&self) -> bool {
        self.0.restarts()
    }

    fn moves_clocks(&self) -> bool {
        self.0.moves_clocks()
    }

    fn pause(&self, node: usize, is_paused: bool) -> LocalBoxFuture<'_, Result<(), String>> {
        self.0.pause(node, is_paused)
    }

    fn apart(&self, wanted: Processes) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(async move { self.0.apart(wanted).await.map(catching_panics) })
    }

    fn store_control(&self) -> StoreControl {
        self.0.store_control()
    }

    fn has_come_to_its_store(&self) -> bool {
        self.0.has_come_to_its_store()
    }

    fn change_store(&self, change: StoreChange) -> LocalBoxFuture<'_, Result<(), String>> {
        self.0.change_store(change)
    }

    fn restart<'a>(&'a self, by: Ending, let_go: &'a dyn Fn()) -> LocalBoxFuture<'a, Result<(), String>> {
        self.0.restart(by, let_go)
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
