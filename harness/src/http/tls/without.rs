//! What there is of TLS where the program is built without it: the words that say so.

use std::convert::Infallible;

use reqwest::ClientBuilder;
use sessionspec::backend::BackendError;
use tokio::net::TcpStream;
use url::Host;

use super::{Stream, TlsError, Trust};

/// TLS, of which nobody can have any here.
#[derive(Clone)]
pub(in super::super) struct Tls(Infallible);

impl Tls {
    pub(in super::super) fn trusting(_: &Trust) -> Result<Self, TlsError> {
        Err(TlsError::NotBuilt)
    }

    pub(in super::super) fn configure(&self, _: ClientBuilder) -> ClientBuilder {
        match self.0 {}
    }

    pub(in super::super) async fn encrypted(&self, _: TcpStream, _: &Host) -> Result<Stream, BackendError> {
        match self.0 {}
    }
}

/// Leaves the client as it is: it speaks no TLS anyway.
pub(in super::super) fn unencrypted(client: ClientBuilder) -> ClientBuilder {
    client
}

/// Says nothing, since no error is about TLS here.
pub(in super::super) fn is_of_tls(_: &(dyn std::error::Error + 'static)) -> Option<String> {
    None
}
