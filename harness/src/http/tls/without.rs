//! What there is of TLS where the program is built without it: the words that say so.

use std::convert::Infallible;

use sessionspec::backend::BackendError;
use tokio::net::TcpStream;
use url::Host;

use super::{Stream, TlsError, Trust};

/// There is none.
#[derive(Clone)]
pub(in super::super) struct Tls(Infallible);

impl Tls {
    pub(in super::super) fn trusting(_: &Trust) -> Result<Self, TlsError> {
        Err(TlsError::NotBuilt)
    }

    pub(in super::super) async fn encrypted(&self, _: TcpStream, _: &Host) -> Result<Stream, BackendError> {
        match self.0 {}
    }
}
