//! Services at https: whose certificates are believed, and streams that are encrypted.

#[cfg(feature = "tls")]
mod rustls;
#[cfg(feature = "tls")]
mod verifier;
#[cfg(not(feature = "tls"))]
mod without;

use std::path::PathBuf;

use tokio::io::{AsyncRead, AsyncWrite};

#[cfg(feature = "tls")]
pub(super) use rustls::{Tls, is_of_tls, unencrypted};
#[cfg(not(feature = "tls"))]
pub(super) use without::{Tls, is_of_tls, unencrypted};

/// Whose certificates are believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Trust {
    /// The authorities that this machine knows.
    #[default]
    System,
    /// The certificates in this file alone, in PEM: authorities, or those of services themselves.
    Only(PathBuf),
}

/// Why no service at https can be reached.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The file of certificates cannot be read.
    #[error("cannot read the certificates in {path}: {error}", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: String,
    },
    /// The file has no certificate.
    #[error(
        "{path} has no certificate; --ca takes a file in PEM, in which each begins with `-----BEGIN CERTIFICATE-----`",
        path = .path.display()
    )]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// One of the certificates cannot be used.
    #[error("a certificate in {path} cannot be used: {error}", path = .path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: String,
    },
    /// This machine knows no authority.
    #[error(
        "this machine knows no authority that signs certificates; name the one of the service with --ca FILE"
    )]
    NoAuthority,
    /// The library of TLS does not start.
    #[error("TLS cannot be set up: {0}")]
    SetUp(String),
    /// The program was built without it.
    #[error(
        "this program was built without TLS, its feature `tls`; --origin makes a service at http believe that it is https"
    )]
    NotBuilt,
}

/// A connection, encrypted or not.
pub(super) type Stream = Box<dyn Bytes>;

/// What can be read and written.
pub(super) trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Bytes for S {}
