//! The one error type of sessions and session interfaces.

/// Why a session or a session interface did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The session refused the operation; the text says why.
    #[error("{0}")]
    Refused(String),
    /// The backend has nothing like this operation.
    #[error("this backend has no such operation")]
    Unsupported,
    /// The store behind the interface could not be read or written.
    #[error("the session store failed: {0}")]
    Store(String),
}

impl Error {
    /// A refusal with this reason.
    pub fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }

    /// A fault of the store behind the interface.
    pub fn store(reason: impl Into<String>) -> Self {
        Self::Store(reason.into())
    }
}

/// The result of every fallible operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
