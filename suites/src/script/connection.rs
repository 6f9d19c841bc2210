//! Over which connection a request comes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A connection that is opened for one request, and that stays open until its script ends. A request of which nothing is said
/// comes over whatever connection the client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    /// It is opened beside those that are open.
    New,
    /// It is opened once all others are closed: the service serves one at a time, or few.
    Alone,
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "over a new connection",
            Self::Alone => "over a new connection, once the others are closed",
        })
    }
}
