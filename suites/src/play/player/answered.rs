//! Takes down what came of a request: its answer, and the cookies that its browser keeps.

use super::{Player, beside};
use crate::backend::{BackendError, Body, CycleResponse, size_of_body, size_of_headers};
use crate::play::{Moment, Outcome};

impl Player {
    /// The request with this number in the transcript was answered, or never will be.
    pub(super) fn end(&mut self, exchange: usize, result: Result<CycleResponse, BackendError>) {
        self.transcript.moments.push(Moment::Answered(exchange));
        let sent = self.transcript.exchanges[exchange].cookie.as_ref().map_or(0, Vec::len);
        let retained = |response: CycleResponse| {
            let size = sent + size_of_headers(&response.headers) + size_of_body(&response.body);
            self.transcript.retained.add(size).map(|()| response)
        };
        let response = match result.and_then(retained) {
            Ok(response) => response,
            Err(error) => {
                let error = self.as_it_counts(exchange, error);
                self.transcript.exchanges[exchange].outcome = Outcome::Broken(error);
                return;
            }
        };
        let fields = || response.headers.all("Set-Cookie");
        let now = self.backend.now();
        let asked = &self.transcript.exchanges[exchange];
        let sends_forged = self.forged.contains_key(&asked.browser);
        let is_new = sends_forged && fields().any(|field| self.transcript.is_of_session(asked, field));
        let (backend, origin) = beside::place(&self.neighbour, (&self.backend, &self.origin), asked.beside);
        let exchange = &mut self.transcript.exchanges[exchange];
        if is_new {
            self.forged.remove(&exchange.browser);
        }
        if fields().next().is_some() {
            let jar = self.jars.entry(exchange.browser.clone()).or_default();
            let stored = fields().map(|field| jar.store(origin, backend.path(), field, now));
            exchange.stored = stored.collect();
        }
        exchange.answered = Some(now);
        exchange.headers = response.headers;
        exchange.outcome = match response.body {
            // Without its store, an application may answer with any page.
            Body::Other(said) if exchange.disturbed => Outcome::NoAnswers { status: response.status, said },
            body => Outcome::of(&exchange.ops, response.status, body),
        };
    }

    /// What an error comes to. How a connection ends whose other side was ended is a matter of chance, and a process may
    /// have ended of the loss of its store.
    fn as_it_counts(&self, exchange: usize, error: BackendError) -> BackendError {
        let exchange = &self.transcript.exchanges[exchange];
        let is_chance = match &error {
            BackendError::ConnectionLost | BackendError::Internal(_) | BackendError::NoAnswer(_) => false,
            BackendError::Unreachable(_) => self.was_broken,
            _ => exchange.disturbed,
        };
        if exchange.interrupted || is_chance { BackendError::Dropped } else { error }
    }
}

/// A task that panicked has not answered; its message is on standard error already.
pub(super) fn flatten(
    joined: Result<Result<CycleResponse, BackendError>, tokio::task::JoinError>,
) -> Result<CycleResponse, BackendError> {
    joined.unwrap_or_else(|error| Err(BackendError::Internal(error.to_string())))
}
