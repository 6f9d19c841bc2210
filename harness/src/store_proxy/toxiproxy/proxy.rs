//! One proxy on a Toxiproxy, made for one process of one run.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::net::SocketAddr;

use serde_json::{Value, json};
use sessionspec::engine::script::StoreFault;
use tokio::net::TcpSocket;
use tokio::sync::Mutex;

use super::super::ends_connections;
use super::super::listener::reserve;
use super::api::Api;
use super::toxics::{Toxic, toxics};

/// What the names of proxies begin with.
const NAME: &str = "sessionspec";

/// A proxy. It is removed when this is dropped.
pub(super) struct RemoteProxy {
    there: There,
    state: Mutex<State>,
    /// It has the port while the proxy does not listen.
    _reserve: Option<TcpSocket>,
}

/// What is known of its state. What was asked for and not answered may have been done.
#[derive(Default)]
struct State {
    fault: Option<StoreFault>,
    /// The names of its toxics.
    toxics: Vec<String>,
    /// Whether it listens.
    is_enabled: Option<bool>,
}

/// A proxy that is there, or may be.
struct There {
    api: Api,
    name: String,
    listen: SocketAddr,
    upstream: SocketAddr,
}

impl RemoteProxy {
    /// Makes one with a name of its own, which leads there.
    pub(super) async fn make(api: Api, upstream: SocketAddr) -> io::Result<Self> {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let reserve = reserve()?;
        let at_reserve = reserve.local_addr()?;
        let state = Mutex::new(State { is_enabled: Some(true), ..State::default() });
        // Some systems let nobody listen on a port that another socket has.
        let (there, reserve) = match There::make(api, at_reserve, upstream).await {
            Ok(there) => (there, Some(reserve)),
            Err(_) => (There::make(api, free, upstream).await?, None),
        };
        Ok(Self { there, state, _reserve: reserve })
    }

    pub(super) fn port(&self) -> u16 {
        self.there.listen.port()
    }

    /// Breaks its connections so, or mends them.
    pub(super) async fn set(&self, fault: Option<StoreFault>) -> io::Result<()> {
        let mut state = self.state.lock().await;
        match self.change(&mut state, fault).await {
            // A toxic whose connection is stuck cannot be removed. Without its proxy it is gone.
            Err(_) if fault.is_none() => self.make_anew(&mut state).await,
            changed => changed,
        }
    }

    async fn change(&self, state: &mut State, fault: Option<StoreFault>) -> io::Result<()> {
        let ends = ends_connections(state.fault, fault);
        state.fault = fault;
        if ends {
            // It answers when it has closed them all.
            self.enable(state, false).await?;
        }
        while let Some(name) = state.toxics.last() {
            let removed = self.there.call("DELETE", &format!("/toxics/{name}"), None).await?;
            if !removed.is_missing() {
                removed.done(&format!("to remove the toxic {name}"))?;
            }
            state.toxics.pop();
        }
        for toxic in toxics(fault) {
            state.toxics.push(toxic.name());
            self.add(&toxic).await?;
        }
        self.enable(state, fault != Some(StoreFault::Down)).await
    }

    async fn add(&self, toxic: &Toxic) -> io::Result<()> {
        let added = self.there.call("POST", "/toxics", Some(toxic.body())).await?;
        added.done(&format!("the toxic `{}`", toxic.kind)).map(drop)
    }

    async fn enable(&self, state: &mut State, is_enabled: bool) -> io::Result<()> {
        if state.is_enabled == Some(is_enabled) {
            return Ok(());
        }
        state.is_enabled = None;
        let changed = self.there.call("POST", "", Some(json!({ "enabled": is_enabled }))).await?;
        changed.done(if is_enabled { "to enable a proxy" } else { "to disable a proxy" })?;
        state.is_enabled = Some(is_enabled);
        Ok(())
    }

    async fn make_anew(&self, state: &mut State) -> io::Result<()> {
        let removed = self.there.call("DELETE", "", None).await?;
        if !removed.is_missing() {
            removed.done("to remove a proxy")?;
        }
        let body = self.there.body();
        self.there.api.call("POST", "/proxies".to_owned(), Some(body)).await?.done("to make a proxy")?;
        *state = State { is_enabled: Some(true), ..State::default() };
        Ok(())
    }
}

impl There {
    async fn make(api: Api, listen: SocketAddr, upstream: SocketAddr) -> io::Result<Self> {
        let name =
            format!("{NAME}-{}-{:016x}", std::process::id(), RandomState::new().build_hasher().finish());
        // Where nobody waits for it any more, it is dropped, and so removed.
        let made = tokio::task::spawn_blocking(move || -> io::Result<Self> {
            let mut there = Self { api, name, listen, upstream };
            let answer = api.ask("POST", "/proxies", Some(&there.body()))?.done("to make a proxy")?;
            let told: Option<Value> = serde_json::from_str(&answer.body).ok();
            let listen = told.as_ref().and_then(|told| told.get("listen")?.as_str()?.parse().ok());
            let nowhere = || io::Error::other("Toxiproxy does not say where its proxy listens");
            there.listen = listen.ok_or_else(nowhere)?;
            Ok(there)
        });
        made.await.map_err(io::Error::other)?
    }

    fn body(&self) -> Value {
        json!({
            "name": self.name,
            "listen": self.listen.to_string(),
            "upstream": self.upstream.to_string(),
            "enabled": true,
        })
    }

    fn path(&self) -> String {
        format!("/proxies/{}", self.name)
    }

    async fn call(
        &self,
        method: &'static str,
        path: &str,
        body: Option<Value>,
    ) -> io::Result<super::api::Answer> {
        self.api.call(method, format!("{}{path}", self.path()), body).await
    }
}

impl Drop for There {
    fn drop(&mut self) {
        self.api.remove(&self.path());
    }
}
