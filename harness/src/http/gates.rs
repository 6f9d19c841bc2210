//! Serves gates over HTTP: a probe that holds a cycle asks for the gate's URL, and gets its answer when it opens.
//! This program's own probe asks in `probe/hold.rs`. What waits and what opens are in the suites, in `backend/gate.rs` and in
//! `play/player/held.rs`.

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

/// The gates that are served, by their numbers, and the secret that stands before these in their URLs: other programs of
/// this machine, and pages in its browsers, cannot guess it.
#[derive(Clone)]
struct Served {
    token: Arc<str>,
    gates: Arc<Mutex<BTreeMap<u64, Gate>>>,
}

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
        let served = Served { token: token()?, gates: Arc::default() };
        let router = Router::new().route("/hold/{token}/{number}", get(hold)).with_state(served.clone());
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
        let GateServer { authority, served, .. } = self.server;
        let token = &served.token;
        self.numbers.get(gate).map(|number| format!("http://{authority}/hold/{token}/{number}"))
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

async fn hold(
    State(served): State<Served>,
    Path((token, number)): Path<(String, u64)>,
) -> (StatusCode, String) {
    let gate = if *token == *served.token { lock(&served).get(&number).cloned() } else { None };
    let Some(gate) = gate else {
        return (StatusCode::NOT_FOUND, "there is no such gate (any more)".to_owned());
    };
    match gate.pass().await {
        Ok(()) => (StatusCode::OK, "released".to_owned()),
        Err(reason) => (StatusCode::CONFLICT, reason),
    }
}

fn lock(served: &Served) -> MutexGuard<'_, BTreeMap<u64, Gate>> {
    // No code panics while it holds the lock; and the map would still be whole.
    served.gates.lock().unwrap_or_else(PoisonError::into_inner)
}

/// 128 bits that nobody else knows.
fn token() -> std::io::Result<Arc<str>> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)).into())
}
