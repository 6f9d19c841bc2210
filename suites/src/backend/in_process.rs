//! The in-process door: a session interface under test is called directly, as its framework would call it.

use std::rc::Rc;
use std::time::{Duration, SystemTime};

use sessionspec_reference::clock::{Clock, ManualClock};
use sessionspec_reference::description::WITHOUT_BODY;
use sessionspec_reference::http::{Headers, Request, Response};
use sessionspec_reference::{Description, NullSession, SessionInterface};

use super::interpret::{Handled, interpret};
use super::{Backend, BackendError, Body, CycleRequest, CycleResponse, LocalBoxFuture};

/// A session interface as a [`Backend`].
#[derive(Debug, Clone)]
pub struct InProcess<I>(I);

/// Puts a session interface under test in this process.
///
/// ```
/// let backend = sessionspec::backend::in_process(sessionspec::reference::Memory::default());
/// # let _ = backend;
/// ```
pub fn in_process<I: SessionInterface + 'static>(interface: I) -> Rc<dyn Backend> {
    Rc::new(InProcess(interface))
}

impl<I: SessionInterface + 'static> Backend for InProcess<I> {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        // The handler is this crate's own.
        Box::pin(async { Ok(Description { without_body: WITHOUT_BODY.into(), ..self.0.describe() }) })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move { Ok(serve(&self.0, request).await) })
    }

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        let clock = Rc::new(ManualClock::default());
        let interface = self.0.on_clock(Rc::clone(&clock) as Rc<dyn Clock>);
        let backend = interface.map(|interface| {
            Rc::new(OnVirtualTime { backend: InProcess(interface), clock }) as Rc<dyn Backend>
        });
        Box::pin(std::future::ready(backend))
    }
}

/// A session interface whose time passes only when `wait` is called.
struct OnVirtualTime<I> {
    backend: InProcess<I>,
    clock: Rc<ManualClock>,
}

impl<I: SessionInterface + 'static> Backend for OnVirtualTime<I> {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        self.backend.cycle(request)
    }

    fn now(&self) -> SystemTime {
        self.clock.now()
    }

    fn wait(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        self.clock.advance(duration);
        Box::pin(std::future::ready(()))
    }

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        self.backend.on_virtual_time()
    }
}

/// One request through a framework that has this session interface.
async fn serve(interface: &impl SessionInterface, request: CycleRequest) -> CycleResponse {
    let CycleRequest { headers, ops, gates, .. } = request;
    let session = match interface.open_session(&Request { headers }).await {
        Ok(session) => session,
        Err(error) => return failed(format!("open_session failed: {error}")),
    };
    let Some(mut session) = session else {
        let (response, body) = answered(interpret(&mut NullSession, &ops, &gates).await);
        return CycleResponse { status: response.status, headers: response.headers, body };
    };
    let (mut response, body) = answered(interpret(&mut session, &ops, &gates).await);
    let status = response.status;
    match interface.save_session(&mut session, &mut response).await {
        Ok(()) => CycleResponse { status, headers: response.headers, body },
        Err(error) => failed(format!("save_session failed: {error}")),
    }
}

/// The response of the handler, before the session is saved.
fn answered(handled: Handled) -> (Response, Body) {
    match handled {
        Handled::Answered { results, status, headers } => {
            (Response { status, headers }, Body::Answers { results, save_error: None })
        }
        Handled::Raised => {
            (Response { status: 500, ..Response::default() }, Body::Other("the handler raised".into()))
        }
    }
}

fn failed(message: String) -> CycleResponse {
    CycleResponse { status: 500, headers: Headers::default(), body: Body::Other(message) }
}
