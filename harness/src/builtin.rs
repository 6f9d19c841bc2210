//! The embedded backends: by name on the command line, and behind the HTTP door.

use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::browser::Origin;
use sessionspec::engine::script::{Ending, Processes, StoreChange, StoreControl};
use sessionspec::reference::Description;
use sessionspec_backends::{Embedded, registry};
use tokio::task::JoinHandle;

use crate::http::HttpBackend;
use crate::near::hint;
use crate::probe::ProbeServer;

/// The embedded backend of this name.
///
/// # Errors
///
/// Where there is none: the message names some that there are.
pub fn find(name: &str) -> Result<&'static Embedded, String> {
    sessionspec_backends::find(name).ok_or_else(|| {
        let names: Vec<&str> = registry().into_iter().map(|backend| backend.name).collect();
        let hint = hint(name, names.iter().copied());
        format!("there is no embedded backend `{name}`; {hint}`sessionspec list --backends` names them all")
    })
}

/// Any backend, reached over HTTP through a probe that is served on loopback until this is dropped.
pub struct OverHttp {
    /// One for each node.
    http: Vec<HttpBackend>,
    /// What is served: the time that it goes by can be moved from here.
    served: Rc<dyn Backend>,
    servers: Vec<JoinHandle<std::io::Result<()>>>,
    /// The service beside, served as well.
    beside: Option<Rc<OverHttp>>,
}

impl OverHttp {
    /// Serves the backend. It has to be called within a [`LocalSet`](tokio::task::LocalSet).
    ///
    /// # Errors
    ///
    /// Where no port can be had.
    pub async fn serve(backend: Rc<dyn Backend>) -> Result<Self, String> {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let cannot = |error: std::io::Error| format!("the probe cannot be served: {error}");
        let origin = Some(backend.origin()).filter(|origin| *origin != Origin::default());
        let (mut http, mut servers) = (Vec::new(), Vec::new());
        for node in 0..backend.nodes() {
            let served = Rc::new(AtNode { backend: Rc::clone(&backend), node });
            let server = ProbeServer::bind(any_port, served).await.map_err(cannot)?;
            let url = server.url().map_err(cannot)?;
            let reached = HttpBackend::new(&url, origin.clone(), false).await;
            http.push(reached.map_err(|error| error.to_string())?);
            servers.push(tokio::task::spawn_local(server.serve()));
        }
        let beside = match backend.beside() {
            Some(other) => Some(Rc::new(Box::pin(Self::serve(other)).await?)),
            None => None,
        };
        Ok(Self { http, served: backend, servers, beside })
    }
}

/// A backend whose requests all come to one of its nodes.
struct AtNode {
    backend: Rc<dyn Backend>,
    node: usize,
}

impl Backend for AtNode {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        self.backend.cycle(CycleRequest { node: self.node, ..request })
    }

    fn origin(&self) -> Origin {
        self.backend.origin()
    }
}

impl Drop for OverHttp {
    fn drop(&mut self) {
        self.servers.iter().for_each(JoinHandle::abort);
    }
}

impl Backend for OverHttp {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.http[0].describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        match self.http.get(request.node) {
            Some(node) => node.cycle(request),
            None => {
                let fault = BackendError::Internal(format!("there is no node {}", request.node + 1));
                Box::pin(std::future::ready(Err(fault)))
            }
        }
    }

    fn origin(&self) -> Origin {
        self.http[0].origin()
    }

    fn path(&self) -> &str {
        self.http[0].path()
    }

    fn now(&self) -> SystemTime {
        self.served.now()
    }

    fn wait(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        self.served.wait(duration)
    }

    fn lost_connections(&self) -> usize {
        let own: usize = self.http.iter().map(HttpBackend::lost_connections).sum();
        own + self.beside.as_ref().map_or(0, |other| other.lost_connections())
    }

    fn nodes(&self) -> usize {
        self.http.len()
    }

    fn beside(&self) -> Option<Rc<dyn Backend>> {
        self.beside.clone().map(|other| other as Rc<dyn Backend>)
    }

    fn restarts(&self) -> bool {
        self.served.restarts()
    }

    fn moves_clocks(&self) -> bool {
        self.served.moves_clocks()
    }

    fn pause(&self, node: usize, is_paused: bool) -> LocalBoxFuture<'_, Result<(), String>> {
        self.served.pause(node, is_paused)
    }

    fn apart(&self, wanted: Processes) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(async move {
            Ok(Rc::new(Self::serve(self.served.apart(wanted).await?).await?) as Rc<dyn Backend>)
        })
    }

    fn store_control(&self) -> StoreControl {
        self.served.store_control()
    }

    fn has_come_to_its_store(&self) -> bool {
        self.served.has_come_to_its_store()
    }

    fn change_store(&self, change: StoreChange) -> LocalBoxFuture<'_, Result<(), String>> {
        self.served.change_store(change)
    }

    fn restart<'a>(&'a self, by: Ending, let_go: &'a dyn Fn()) -> LocalBoxFuture<'a, Result<(), String>> {
        self.served.restart(by, let_go)
    }

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        Box::pin(async {
            let backend = self.served.on_virtual_time().await?;
            // Without a port for it, there is no such backend: real time has to do.
            let served = Self::serve(backend).await.ok()?;
            Some(Rc::new(served) as Rc<dyn Backend>)
        })
    }
}
