//! A probe that is served, and asked with plain requests, which are not those that the harness makes.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use sessionspec::backend::Backend;
use sessionspec::backend::in_process;
use sessionspec::reference::Memory;
use sessionspec_cli::probe::ProbeServer;
use tokio::task::LocalSet;

use crate::document::{assert_valid, document, schema_at};

pub(crate) struct Probe {
    client: Client,
    url: String,
}

/// A response, its body as JSON where it says that it is.
pub(crate) struct Said {
    pub(crate) status: StatusCode,
    pub(crate) json: Option<Value>,
    pub(crate) sets_cookies: bool,
}

impl Probe {
    /// Serves the backend on a free port. It has to be called within a local set.
    pub(crate) async fn serve(backend: Rc<dyn Backend>) -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = ProbeServer::bind(any_port, backend).await.unwrap();
        let url = server.url().unwrap();
        tokio::task::spawn_local(server.serve());
        // Where reqwest can speak TLS, it wants to know how before it builds any client.
        #[cfg(feature = "tls")]
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { client, url }
    }

    pub(crate) async fn of_the_reference() -> Self {
        Self::serve(in_process(Memory::default())).await
    }

    pub(crate) async fn get(&self) -> Said {
        Said::read(self.client.get(&self.url).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, body: impl ToString) -> Said {
        let request = self.client.post(&self.url).header("Content-Type", "application/json");
        Said::read(request.body(body.to_string()).send().await.unwrap()).await
    }

    pub(crate) async fn cycle(&self, ops: &[Value]) -> Said {
        self.post(json!({"ops": ops})).await
    }
}

impl Said {
    async fn read(response: reqwest::Response) -> Self {
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let is_json = header("content-type").as_deref() == Some("application/json");
        let (status, sets_cookies) = (response.status(), header("set-cookie").is_some());
        let body = response.bytes().await.unwrap();
        let json = is_json.then(|| serde_json::from_slice(&body).unwrap());
        Self { status, json, sets_cookies }
    }

    /// Holds the response to what the document says of its status.
    #[track_caller]
    pub(crate) fn check(&self, method: &str) {
        let document = document();
        let responses = format!("/paths/~1probe/{method}/responses");
        let own = document.pointer(&format!("{responses}/{}", self.status.as_str()));
        if own.is_some_and(|response| response.get("content").is_none()) {
            assert_eq!(self.json, None, "a {} has no body", self.status);
            return;
        }
        let class = format!("{}XX", self.status.as_u16() / 100);
        let described = [self.status.as_str(), &class, "default"]
            .map(|status| format!("{responses}/{status}/content"))
            .into_iter()
            .find(|content| document.pointer(content).is_some());
        let content = described.unwrap_or_else(|| panic!("{} is not described", self.status));
        let schema = format!("{content}/application~1json/schema");
        if document.pointer(&schema).is_some() {
            let json = self.json.as_ref().unwrap_or_else(|| panic!("{}: this is no JSON", self.status));
            assert_valid(&schema_at(&schema), json, "the response");
        } else {
            assert!(document.pointer(&format!("{content}/*~1*")).is_some(), "{content} says nothing");
        }
    }

    /// The last result, where the answer has results.
    pub(crate) fn last(&self) -> Option<&Value> {
        self.json.as_ref()?["results"].as_array()?.last()
    }

    /// Whether the request was refused, or its last operation.
    pub(crate) fn is_refusal(&self) -> bool {
        let is_refusal = |result: &Value| ["error", "unsupported"].iter().any(|it| result.get(it).is_some());
        self.last().map_or(self.status.is_client_error(), is_refusal)
    }
}

pub(crate) fn within_local_set<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, work)
}
