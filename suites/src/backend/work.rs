//! What a handler behind somebody else's middleware has to do in one request, and what became of it. An adapter of a
//! framework passes it to the handler, and the handler performs it on the session that the framework has opened.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sessionspec_reference::Session;
use sessionspec_reference::http::{Headers, Response};

use super::interpret::{Handled, interpret};
use super::{Body, CycleRequest, CycleResponse, Gate};
use crate::script::{Answer, Operations};

/// The header field by which a response is known to be the handler's own, and not one that a middleware has put in its
/// place.
const ANSWERED: &str = "sessionspec-work";

/// The operations that a handler has to perform on the session of one request.
///
/// An adapter makes it from a [`CycleRequest`], passes it to the handler (as an extension of the request, for instance),
/// and asks it in the end what the response means. The guide has such an adapter, under "An adapter for another
/// middleware". Clones are the same work, and they can be sent to other threads.
#[derive(Debug, Clone)]
pub struct Work(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    number: String,
    ops: Operations,
    gates: BTreeMap<String, Gate>,
    results: Mutex<Option<Vec<Answer>>>,
}

/// The error of a handler that was asked to end with an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the handler was asked to raise")]
pub struct Raised;

impl Work {
    /// What this request asks its handler to do. The cookies of the request stay with the adapter.
    #[must_use]
    pub fn new(request: &CycleRequest) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(Arc::new(Inner {
            number: LAST.fetch_add(1, Ordering::Relaxed).to_string(),
            ops: request.ops.clone(),
            gates: request.gates.clone(),
            results: Mutex::default(),
        }))
    }

    /// Performs the operations in order, as a handler does, and returns the status and the header fields of its response.
    /// All these header fields belong into the response of the framework.
    ///
    /// # Errors
    ///
    /// Where the handler was asked to raise. It then ends as handlers of this framework do when they fail: with an error
    /// that the middleware sees, or with a panic.
    pub async fn perform(&self, session: &mut impl Session) -> Result<Response, Raised> {
        match interpret(session, &self.0.ops, &self.0.gates).await {
            Handled::Raised => Err(Raised),
            Handled::Answered { results, status, mut headers } => {
                headers.append(ANSWERED, self.0.number.as_str());
                *self.0.results.lock().unwrap_or_else(PoisonError::into_inner) = Some(results);
                Ok(Response { status, headers })
            }
        }
    }

    /// The response to the cycle, given the status and the header fields that have come through all middleware.
    ///
    /// Where they are not those of the handler, the answers count for nothing: a middleware has answered in its place,
    /// for instance because the session could not be saved.
    #[must_use]
    pub fn response(&self, status: u16, headers: Headers) -> CycleResponse {
        let is_own = headers.all(ANSWERED).any(|number| number == self.0.number.as_bytes());
        let results = self.0.results.lock().unwrap_or_else(PoisonError::into_inner).take();
        let body = match results.filter(|_| is_own) {
            Some(results) => Body::Answers { results, save_error: None },
            None => {
                Body::Other("the handler has not answered, or something has answered in its place".to_owned())
            }
        };
        CycleResponse { status, headers, body }
    }
}

#[cfg(test)]
mod tests {
    use sessionspec_reference::NullSession;

    use super::*;
    use crate::script::Operation;
    use crate::script::ops::get;

    fn work(ops: Vec<Operation>) -> Work {
        Work::new(&CycleRequest { ops: ops.into(), ..CycleRequest::default() })
    }

    #[tokio::test]
    async fn answers_count_with_the_response_of_the_handler_alone() {
        let done = work(vec![get("colour"), Operation::Respond { status: 404 }]);
        let Response { status, headers } = done.perform(&mut NullSession).await.unwrap();
        assert_eq!(status, 404);
        let replaced = done.clone().response(500, Headers::default());
        assert!(matches!(replaced.body, Body::Other(_)));
        let again = work(vec![get("colour")]);
        again.perform(&mut NullSession).await.unwrap();
        let of_another = again.response(200, headers.clone());
        assert!(matches!(of_another.body, Body::Other(_)));
        done.perform(&mut NullSession).await.unwrap();
        let Body::Answers { results, .. } = done.response(404, headers).body else { panic!() };
        assert_eq!(results.len(), 2);
    }

    #[tokio::test]
    async fn a_handler_that_raises_has_no_answers() {
        let raised = work(vec![get("colour"), Operation::Raise]);
        assert_eq!(raised.perform(&mut NullSession).await, Err(Raised));
        assert!(matches!(raised.response(500, Headers::default()).body, Body::Other(_)));
    }
}
