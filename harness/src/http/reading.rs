//! A response while it is read: its body is bounded, whichever library has read its head.

use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Version};
use sessionspec::backend::{BackendError, Retained};
use sessionspec::reference::http::Headers;

use super::RawResponse;

/// The most that is read of a response, in bytes: twice what a probe has to accept.
pub(super) const MAX_BODY: usize = 16 * 1024 * 1024;

/// A response of which the head has come, and so much of the body.
pub(super) struct Reading {
    response: RawResponse,
    retained: Retained,
}

impl Reading {
    /// A response with this head, and nothing of a body yet.
    pub(super) fn begin(status: StatusCode, version: Version, fields: &HeaderMap) -> Self {
        let mut headers = Headers::default();
        for (name, value) in fields {
            headers.append(name.as_str(), value.as_bytes());
        }
        let response = RawResponse { status: status.as_u16(), headers, body: Vec::new(), version };
        Self { response, retained: Retained::default() }
    }

    /// Takes the next bytes of the body.
    ///
    /// # Errors
    ///
    /// Where that is more than is read.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), BackendError> {
        self.retained.add(bytes.len())?;
        self.response.body.extend_from_slice(bytes);
        if self.response.body.len() > MAX_BODY {
            return Err(BackendError::NotAProbe(format!("its answer is longer than {MAX_BODY} bytes")));
        }
        Ok(())
    }

    /// The response, of which nothing more comes.
    pub(super) fn end(self) -> RawResponse {
        self.response
    }
}
