//! The service that is looked at: asked as a run asks, and with bytes that a run never sends.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};
use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse};
use sessionspec::engine::play::Player;
use sessionspec::engine::play::{Exchange, Outcome};
use sessionspec::engine::script::{Operation, Script};
use sessionspec::reference::http::Headers;
use tokio::time::timeout;

use crate::http::{HttpBackend, RawResponse};

/// What ends the head of a response.
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// The service that is looked at. Every question is given up after a time.
pub(super) struct ProbeClient {
    http: Rc<HttpBackend>,
    patience: Duration,
    answers: Cell<bool>,
}

impl ProbeClient {
    pub(super) fn new(http: HttpBackend, patience: Duration) -> Self {
        Self { http: Rc::new(http), patience, answers: Cell::new(true) }
    }

    /// Whether the service still answered when that was last in doubt.
    pub(super) fn answers(&self) -> bool {
        self.answers.get()
    }

    /// Browsers without cookies.
    pub(super) fn player(&self) -> Player {
        Player::new(Rc::clone(&self.http) as Rc<dyn Backend>, self.patience)
    }

    /// Cycles of one fresh browser.
    pub(super) async fn cycles<const N: usize>(&self, cycles: [Vec<Operation>; N]) -> Vec<Exchange> {
        let script = cycles.into_iter().fold(Script::new(), |script, ops| script.cycle("ann", ops));
        let transcript = self.player().play(&script).await;
        if transcript.has_unanswered() {
            self.control().await;
        }
        transcript.exchanges
    }

    /// Asks for the description.
    pub(super) async fn get(&self) -> Result<RawResponse, BackendError> {
        self.within_patience(self.http.get()).await
    }

    /// Sends a body as it is, without cookies.
    pub(super) async fn post(&self, body: Vec<u8>) -> Result<RawResponse, BackendError> {
        let response = self.within_patience(self.http.post(&Headers::default(), body)).await;
        if matches!(response, Err(BackendError::NoAnswer(_))) {
            self.control().await;
        }
        response
    }

    /// Sends operations as they are, and returns their results.
    pub(super) async fn results(&self, ops: Value) -> Result<Vec<Value>, String> {
        let response = self.post(json!({ "ops": ops }).to_string().into_bytes()).await;
        let response = response.map_err(|fault| fault.to_string())?;
        let json: Option<Value> = serde_json::from_slice(&response.body).ok();
        match json.as_ref().and_then(|json| json.get("results")?.as_array()) {
            Some(results) => Ok(results.clone()),
            None => Err(format!("it answered {} without results", response.status)),
        }
    }

    /// One cycle as it is, with gates of its own.
    pub(super) async fn cycle(&self, request: CycleRequest) -> Result<CycleResponse, BackendError> {
        self.within_patience(self.http.cycle(request)).await
    }

    /// What comes after the head of the response to this body; none where no whole response came.
    pub(super) async fn after_the_head(&self, body: Vec<u8>) -> Option<Vec<u8>> {
        let bytes = self.within_patience(self.http.bytes(body)).await.ok()?;
        let end = bytes.windows(END_OF_HEAD.len()).position(|window| window == END_OF_HEAD)?;
        Some(bytes[end + END_OF_HEAD.len()..].to_vec())
    }

    /// How long the body of each of so many answers came after its head; none where a request fails.
    pub(super) async fn pauses(&self, asked: usize) -> Option<Vec<Duration>> {
        self.http.pauses(asked).await
    }

    /// An empty cycle, after something was not answered: whether anything is.
    async fn control(&self) {
        let control = self.within_patience(self.http.cycle(CycleRequest::default())).await;
        self.answers.set(control.is_ok());
    }

    async fn within_patience<T>(
        &self,
        question: impl Future<Output = Result<T, BackendError>>,
    ) -> Result<T, BackendError> {
        timeout(self.patience, question).await.unwrap_or(Err(BackendError::NoAnswer(self.patience)))
    }
}

/// What came instead of the answers of a cycle, in one line.
pub(super) fn instead_of_answers(exchange: &Outcome) -> Option<String> {
    match exchange {
        Outcome::Answered { .. } => None,
        Outcome::NoAnswers { status, said } => Some(format!("the request failed with {status}: {said}")),
        Outcome::Broken(fault) => Some(fault.to_string()),
    }
}
