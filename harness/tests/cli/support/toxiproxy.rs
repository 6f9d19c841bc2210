//! A server with the API of Toxiproxy 2.4, in the place of a real one: that is a Go program, which no package manager of these
//! machines has. Its proxies are the harness's own. What it refuses, and with which words, is what the real one was seen to do.
//!
//! Where the variable SESSIONSPEC_TOXIPROXY names the API of a real one, the tests of the ways to a store are run on that.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, mpsc};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use serde_json::{Value, json};
use sessionspec::engine::script::StoreFault;
use sessionspec_cli::store_proxy::{StorePlace, StoreProxy};
use tokio::net::TcpStream;

/// A version that has every toxic.
pub(crate) const NEW: &str = "2.4.0";

/// One that has no `reset_peer`.
pub(crate) const OLD: &str = "2.1.4";

/// It is served as long as the tests run.
#[derive(Clone)]
pub(crate) struct Double {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    version: &'static str,
    proxies: tokio::sync::Mutex<BTreeMap<String, Proxy>>,
    /// What it was asked, with numbers that differ from run to run as `[n]`.
    asked: Mutex<Vec<String>>,
    /// The type of toxic that it refuses although it is new, or to remove.
    refused: Mutex<Option<&'static str>>,
    /// Told of each proxy that is made.
    made: mpsc::Sender<()>,
}

struct Proxy {
    way: StoreProxy,
    is_enabled: bool,
    /// Their names and what is wrong by them.
    toxics: Vec<(String, StoreFault)>,
}

type Answer = (StatusCode, String);

impl Double {
    /// It, and who is told of each proxy that it makes.
    pub(crate) fn start(version: &'static str) -> (Self, mpsc::Receiver<()>) {
        let (made, is_made) = mpsc::channel();
        let (proxies, asked) = (tokio::sync::Mutex::default(), Mutex::default());
        let shared = Arc::new(Shared { version, proxies, asked, refused: Mutex::default(), made });
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/version", get(|State(this): State<Arc<Shared>>| async move { this.version }))
            .route("/proxies", post(make))
            .route("/proxies/{proxy}", post(change).delete(remove))
            .route("/proxies/{proxy}/toxics", post(add))
            .route("/proxies/{proxy}/toxics/{toxic}", delete(take_away))
            .with_state(Arc::clone(&shared));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        (Self { url, shared }, is_made)
    }

    /// How many proxies there are.
    pub(crate) fn proxies(&self) -> usize {
        self.shared.proxies.blocking_lock().len()
    }

    /// Refuses toxics of this type from now on, and to remove those that there are.
    pub(crate) fn refuse(&self, kind: &'static str) {
        *self.shared.refused.lock().unwrap() = Some(kind);
    }

    /// What it was asked that has this in it.
    pub(crate) fn asked(&self, part: &str) -> Vec<String> {
        let asked = self.shared.asked.lock().unwrap();
        asked.iter().filter(|asked| asked.contains(part)).cloned().collect()
    }
}

impl Shared {
    fn note(&self, asked: String) {
        self.asked.lock().unwrap().push(asked);
    }
}

impl Proxy {
    /// Does what its state comes to.
    async fn settle(&self) -> Answer {
        let fault = if self.is_enabled {
            self.toxics.first().map(|(_, fault)| *fault)
        } else {
            Some(StoreFault::Down)
        };
        match self.way.set(fault).await {
            Ok(()) => (StatusCode::OK, "{}".to_owned()),
            Err(error) => refused(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }
}

fn refused(status: StatusCode, why: &str) -> Answer {
    (status, json!({ "error": why, "status": status.as_u16() }).to_string())
}

fn no_proxy() -> Answer {
    refused(StatusCode::NOT_FOUND, "proxy not found")
}

async fn make(State(this): State<Arc<Shared>>, body: String) -> Answer {
    let body: Value = serde_json::from_str(&body).unwrap();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    let (name, upstream): (_, SocketAddr) = (text("name"), text("upstream").parse().unwrap());
    let mut proxies = this.proxies.lock().await;
    if proxies.contains_key(&name) {
        return refused(StatusCode::CONFLICT, "proxy already exists");
    }
    // It listens where it likes to.
    let way = StoreProxy::start(StorePlace::Tcp(upstream)).unwrap();
    let listen = format!("127.0.0.1:{}", way.port());
    this.note("POST /proxies".to_owned());
    proxies.insert(name.clone(), Proxy { way, is_enabled: true, toxics: Vec::new() });
    // Most tests do not listen.
    let _ = this.made.send(());
    let told = json!({ "name": name, "listen": listen, "upstream": upstream, "enabled": true, "toxics": [] });
    (StatusCode::CREATED, told.to_string())
}

async fn change(State(this): State<Arc<Shared>>, Path(name): Path<String>, body: String) -> Answer {
    let mut proxies = this.proxies.lock().await;
    let Some(proxy) = proxies.get_mut(&name) else { return no_proxy() };
    this.note(format!("POST /proxies/[n] {body}"));
    proxy.is_enabled = serde_json::from_str::<Value>(&body).unwrap()["enabled"].as_bool().unwrap();
    proxy.settle().await
}

async fn remove(State(this): State<Arc<Shared>>, Path(name): Path<String>) -> Answer {
    this.note("DELETE /proxies/[n]".to_owned());
    match this.proxies.lock().await.remove(&name) {
        Some(proxy) => {
            let port = proxy.way.port();
            drop(proxy);
            // It ends when its task has its turn.
            while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok() {
                tokio::task::yield_now().await;
            }
            (StatusCode::NO_CONTENT, String::new())
        }
        None => no_proxy(),
    }
}

async fn add(State(this): State<Arc<Shared>>, Path(name): Path<String>, body: String) -> Answer {
    let mut proxies = this.proxies.lock().await;
    let Some(proxy) = proxies.get_mut(&name) else { return no_proxy() };
    this.note(format!("POST /proxies/[n]/toxics {body}"));
    let body: Value = serde_json::from_str(&body).unwrap();
    let figure = |name: &str| u32::try_from(body["attributes"][name].as_u64().unwrap()).unwrap();
    let kind = body["type"].as_str().unwrap();
    let is_refused = *this.refused.lock().unwrap() == Some(kind);
    let fault = match kind {
        _ if is_refused => return refused(StatusCode::BAD_REQUEST, "invalid toxic type"),
        "reset_peer" => StoreFault::ResetPeer,
        "timeout" => StoreFault::Timeout,
        "latency" => StoreFault::Latency { milliseconds: figure("latency") },
        "slow_close" => StoreFault::SlowClose { milliseconds: figure("delay") },
        "slicer" => StoreFault::Slicer { bytes: figure("average_size") },
        "limit_data" => StoreFault::LimitData { bytes: figure("bytes") },
        _ => return refused(StatusCode::BAD_REQUEST, "invalid toxic type"),
    };
    let toxic = body["name"].as_str().unwrap().to_owned();
    if proxy.toxics.iter().any(|(name, _)| *name == toxic) {
        return refused(StatusCode::CONFLICT, "toxic already exists");
    }
    proxy.toxics.push((toxic, fault));
    proxy.settle().await
}

async fn take_away(State(this): State<Arc<Shared>>, Path((name, toxic)): Path<(String, String)>) -> Answer {
    let mut proxies = this.proxies.lock().await;
    let Some(proxy) = proxies.get_mut(&name) else { return no_proxy() };
    this.note(format!("DELETE /proxies/[n]/toxics/{toxic}"));
    if this.refused.lock().unwrap().is_some_and(|kind| toxic.starts_with(kind)) {
        // As the real one says where a connection is stuck, after some seconds.
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    }
    let before = proxy.toxics.len();
    proxy.toxics.retain(|(name, _)| *name != toxic);
    if proxy.toxics.len() == before {
        return refused(StatusCode::NOT_FOUND, "toxic not found");
    }
    proxy.settle().await
}
