//! What goes over the wire, and what may come back: each test has real sockets, and a server that does what the test
//! says and nothing else.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod connections;
mod credentials;
mod gates;
mod reuse;
mod server;
#[cfg(feature = "tls")]
mod tls;
