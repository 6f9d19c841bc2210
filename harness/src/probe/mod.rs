//! A probe for any embedded backend: what a service in another language mounts, served by axum.
//!
//! Backends are local to a thread and axum's handlers are not, so requests travel to a local task over a channel.

mod guard;
mod hold;

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use sessionspec::backend::{Backend, BackendError, Body, CycleRequest, CycleResponse, Gate, catching_panics};
use sessionspec::engine::browser::Origin;
use sessionspec::engine::script::{Answer, Operation, OperationError, SpelledOperation};
use sessionspec::reference::description::WITHOUT_BODY;
use sessionspec::reference::http::Headers;
use sessionspec::reference::{Description, Value};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use guard::{Guard, guarded};

/// The path at which the probe is mounted.
pub const PATH: &str = "/probe";

/// What the protocol asks a probe to accept, in bytes.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// A probe that listens, but does not serve yet.
pub struct ProbeServer {
    listener: TcpListener,
    backend: Rc<dyn Backend>,
    /// Under which hosts it is known, besides those of this machine.
    known: Vec<String>,
}

impl ProbeServer {
    /// Listens at this address; port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// Where the address cannot be listened at.
    pub async fn bind(address: SocketAddr, backend: Rc<dyn Backend>) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let known = vec![backend.origin().authority()];
        Ok(Self { listener, backend: catching_panics(backend), known })
    }

    /// The same, which also answers to this origin's host.
    #[must_use]
    pub fn known_as(mut self, origin: &Origin) -> Self {
        self.known.push(origin.authority());
        self
    }

    /// The URL of the probe.
    ///
    /// # Errors
    ///
    /// Where the system does not say which port it is.
    pub fn url(&self) -> io::Result<String> {
        Ok(format!("http://{}{PATH}", self.listener.local_addr()?))
    }

    /// Serves until the future is dropped. It has to run within a [`LocalSet`](tokio::task::LocalSet).
    ///
    /// # Errors
    ///
    /// Where the listener fails.
    pub async fn serve(self) -> io::Result<()> {
        let (jobs, mut inbox) = mpsc::unbounded_channel::<Job>();
        let backend = self.backend;
        let worker = tokio::task::spawn_local(async move {
            while let Some(job) = inbox.recv().await {
                tokio::task::spawn_local(work(Rc::clone(&backend), job));
            }
        });
        let guard = Guard::new(self.listener.local_addr()?, self.known);
        let router = Router::new()
            .route(PATH, get(describe).post(cycle))
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .layer(from_fn_with_state(guard, guarded))
            .with_state(jobs);
        let served = axum::serve(self.listener, router).await;
        worker.abort();
        served
    }
}

/// What the local task is asked to do.
enum Job {
    Describe(oneshot::Sender<Result<Description, BackendError>>),
    Cycle(CycleRequest, oneshot::Sender<Result<CycleResponse, BackendError>>),
}

async fn work(backend: Rc<dyn Backend>, job: Job) {
    // Whoever asked may have gone away; then nobody needs the answer.
    match job {
        Job::Describe(answer) => drop(answer.send(backend.describe().await)),
        Job::Cycle(request, answer) => drop(answer.send(backend.cycle(request).await)),
    }
}

type Jobs = mpsc::UnboundedSender<Job>;

async fn describe(State(jobs): State<Jobs>) -> Response {
    match ask(&jobs, Job::Describe).await {
        Ok(description) => {
            let mut json = json!(description);
            json["protocol"] = json!(1);
            answer(StatusCode::OK, HeaderMap::new(), &json)
        }
        Err(error) => plain(StatusCode::INTERNAL_SERVER_ERROR, error),
    }
}

async fn cycle(State(jobs): State<Jobs>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = match Asked::read(&body) {
        Ok(asked) => asked,
        Err(message) => return plain(StatusCode::BAD_REQUEST, message),
    };
    let mut request = CycleRequest { ops: asked.ops.into_iter().collect(), ..CycleRequest::default() };
    for cookie in headers.get_all(header::COOKIE) {
        request.headers.append("Cookie", cookie.as_bytes());
    }
    let mut followers = JoinSet::new();
    for op in &request.ops {
        if let Operation::Hold { gate: url } = op {
            let gate = Gate::default();
            followers.spawn(hold::follow(gate.clone(), url.clone()));
            request.gates.insert(url.clone(), gate);
        }
    }
    let response = match ask(&jobs, |answer| Job::Cycle(request, answer)).await {
        Ok(response) => response,
        Err(error) => return plain(StatusCode::INTERNAL_SERVER_ERROR, error),
    };
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = header_map(&response.headers);
    match response.body {
        Body::Answers { .. } if WITHOUT_BODY.contains(&response.status) => (status, headers).into_response(),
        Body::Answers { results, save_error } => {
            let mut json = json!({"results": asked.refused.merge(results)});
            if let Some(error) = save_error {
                json["save_error"] = json!(error);
            }
            answer(status, headers, &json)
        }
        Body::Other(said) => (status, headers, said).into_response(),
    }
}

async fn ask<T>(
    jobs: &Jobs,
    job: impl FnOnce(oneshot::Sender<Result<T, BackendError>>) -> Job,
) -> Result<T, String> {
    let (answer, answered) = oneshot::channel();
    let gone = || "the backend's task is gone; its message is on standard error".to_owned();
    jobs.send(job(answer)).map_err(|_| gone())?;
    answered.await.map_err(|_| gone())?.map_err(|error| error.to_string())
}

/// The operations of a request: those that can be performed, and answers to those that cannot.
struct Asked {
    ops: Vec<SpelledOperation>,
    refused: Refused,
}

/// Answers that are known without the backend, by the place of their operation.
struct Refused(Vec<(usize, Answer)>);

impl Asked {
    fn read(body: &[u8]) -> Result<Self, String> {
        let json: Value =
            serde_json::from_slice(body).map_err(|error| format!("the body is no JSON: {error}"))?;
        let listed = json.get("ops").and_then(Value::as_array).ok_or("the body has no list `ops`")?;
        let mut asked = Self { ops: Vec::with_capacity(listed.len()), refused: Refused(Vec::new()) };
        for (place, op) in listed.iter().enumerate() {
            if !op.get("op").is_some_and(Value::is_string) {
                return Err(format!("{op} is no operation: it has no string `op`"));
            }
            match SpelledOperation::from_json(op) {
                Ok(op) => asked.ops.push(op),
                Err(OperationError::Unknown(_)) => asked.refused.0.push((place, Answer::Unsupported)),
                Err(error) => asked.refused.0.push((place, Answer::Error(error.to_string()))),
            }
        }
        Ok(asked)
    }
}

impl Refused {
    fn merge(self, mut results: Vec<Answer>) -> Vec<Answer> {
        for (place, answer) in self.0 {
            results.insert(place.min(results.len()), answer);
        }
        results
    }
}

fn header_map(headers: &Headers) -> HeaderMap {
    let pairs = headers.iter().filter_map(|(name, value)| {
        Some((HeaderName::try_from(name).ok()?, HeaderValue::from_bytes(value).ok()?))
    });
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        map.append(name, value);
    }
    map
}

fn answer(status: StatusCode, mut headers: HeaderMap, json: &Value) -> Response {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    (status, headers, json.to_string()).into_response()
}

fn plain(status: StatusCode, message: String) -> Response {
    (status, message).into_response()
}
