//! Why a service cannot be driven at all.

use std::net::SocketAddr;

use sessionspec::engine::browser::OriginError;
use url::Url;

use super::TlsError;

/// Why a service cannot be driven at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The target is no URL with `http` or `https`.
    #[error("`{0}` is no http URL; give the probe's, as in http://127.0.0.1:5000/probe")]
    NoUrl(String),
    /// The target is `https`, and cannot be asked.
    #[error("{url} is https: {error}")]
    Tls {
        /// The target.
        url: Box<Url>,
        /// Why it cannot be asked.
        error: TlsError,
    },
    /// Certificates are named, and none is asked for.
    #[error("--ca is for an https URL, and {0} is none")]
    NeedlessCa(Url),
    /// The target is on another machine.
    #[error("{0} is not on this machine; --allow-remote permits it, for a service that is yours to test")]
    Remote(Url),
    /// Where the target is, no browser can believe to be: nobody knows which cookies it would send there.
    #[error(
        "{url} has no origin for the rules of cookies: {error}; write its host otherwise, or say with --origin where browsers \
         believe they are, as in https://app.test"
    )]
    NoOrigin {
        /// The target.
        url: Box<Url>,
        /// What is wrong with it.
        #[source]
        error: OriginError,
    },
    /// The gates cannot be served where they were asked for.
    #[error(
        "no gate can be served at {address}: {error}; --callback-addr takes an address of this machine, or a host name"
    )]
    Callback {
        /// Where they were to be served.
        address: SocketAddr,
        /// Why they cannot be.
        #[source]
        error: std::io::Error,
    },
    /// The harness itself cannot serve gates, or send requests.
    #[error("the harness cannot set itself up: {0}")]
    SetUp(String),
}
