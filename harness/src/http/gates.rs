//! Serves gates over HTTP: a probe that holds a cycle asks for the gate's URL, and gets its answer when it opens.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use sessionspec::backend::Gate;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::CallbackAddress;

type Served = Arc<Mutex<BTreeMap<u64, Gate>>>;

/// The server of all gates of one run.
pub(super) struct GateServer {
    /// Where the service under test finds it.
    authority: String,
    served: Served,
    next: AtomicU64,
    task: JoinHandle<()>,
}

impl GateServer {
    pub(super) async fn start(at: &CallbackAddress) -> std::io::Result<Self> {
        let listener = TcpListener::bind(at.bound()).await?;
        let authority = at.authority(listener.local_addr()?);
        let served = Served::default();
        let router = Router::new().route("/hold/{number}", get(hold)).with_state(Arc::clone(&served));
        let task = tokio::spawn(async move {
            // It ends with the run; an error here would show as a hold that fails.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { authority, served, next: AtomicU64::new(1), task })
    }

    /// Serves these gates until the returned guard is dropped.
    pub(super) fn serve(&self, gates: &BTreeMap<String, Gate>) -> Holds<'_> {
        let mut numbers = BTreeMap::new();
        for (name, gate) in gates {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            lock(&self.served).insert(number, gate.clone());
            numbers.insert(name.clone(), number);
        }
        Holds { server: self, numbers }
    }
}

impl Drop for GateServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Gates that are being served for one cycle.
pub(super) struct Holds<'a> {
    server: &'a GateServer,
    numbers: BTreeMap<String, u64>,
}

impl Holds<'_> {
    /// The URL of the gate of this name.
    pub(super) fn url(&self, gate: &str) -> Option<String> {
        self.numbers.get(gate).map(|number| format!("http://{}/hold/{number}", self.server.authority))
    }
}

impl Drop for Holds<'_> {
    fn drop(&mut self) {
        let mut served = lock(&self.server.served);
        for number in self.numbers.values() {
            served.remove(number);
        }
    }
}

async fn hold(State(served): State<Served>, Path(number): Path<u64>) -> (StatusCode, String) {
    let Some(gate) = lock(&served).get(&number).cloned() else {
        return (StatusCode::NOT_FOUND, "there is no such gate (any more)".to_owned());
    };
    match gate.pass().await {
        Ok(()) => (StatusCode::OK, "released".to_owned()),
        Err(reason) => (StatusCode::CONFLICT, reason),
    }
}

fn lock(served: &Served) -> MutexGuard<'_, BTreeMap<u64, Gate>> {
    // No code panics while it holds the lock; and the map would still be whole.
    served.lock().unwrap_or_else(PoisonError::into_inner)
}
