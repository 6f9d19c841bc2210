//! The HTTP API of a Toxiproxy.
//!
//! The calls block, since a proxy is removed where a value is dropped, and nothing can be awaited there. They ask in HTTP/1.0,
//! whose answers end with their connection.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// How long an answer may take, or a part of it. One that has to wait for a connection may take Toxiproxy some seconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long it may take where nobody needs the answer.
const FAREWELL: Duration = Duration::from_secs(2);

/// More than an answer has.
const MOST_BYTES: u64 = 64 * 1024;

/// Where it listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Api(pub(super) SocketAddr);

/// What was answered.
pub(super) struct Answer {
    status: u16,
    pub(super) body: String,
}

impl Api {
    /// Asks, and waits for the answer where other work goes on.
    pub(super) async fn call(
        self,
        method: &'static str,
        path: String,
        body: Option<Value>,
    ) -> io::Result<Answer> {
        let asked = tokio::task::spawn_blocking(move || self.ask(method, &path, body.as_ref()));
        asked.await.map_err(io::Error::other)?
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask(self, method: &str, path: &str, body: Option<&Value>) -> io::Result<Answer> {
        self.ask_within(PATIENCE, method, path, body)
    }

    /// Removes what it can, and waits for nothing else.
    pub(super) fn remove(self, path: &str) {
        // One that is gone already was removed by somebody else, and one that does not answer removes nothing.
        let _ = self.ask_within(FAREWELL, "DELETE", path, None);
    }

    fn ask_within(
        self,
        patience: Duration,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> io::Result<Answer> {
        let mut connection = TcpStream::connect_timeout(&self.0, patience)?;
        connection.set_read_timeout(Some(patience))?;
        connection.set_write_timeout(Some(patience))?;
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nUser-Agent: sessionspec\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.0,
            body.len(),
        );
        connection.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        connection.take(MOST_BYTES).read_to_end(&mut answer).map_err(|error| match error.kind() {
            // What the system says of it is that something is not available now.
            io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
            _ => error,
        })?;
        Answer::read(&String::from_utf8_lossy(&answer))
            .ok_or_else(|| io::Error::other(format!("what answers at {self} does not speak HTTP")))
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}", self.0)
    }
}

impl Answer {
    fn read(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.strip_prefix("HTTP/")?.split(' ').nth(1)?.parse().ok()?;
        Some(Self { status, body: body.to_owned() })
    }

    /// Whether there is nothing of this name.
    pub(super) fn is_missing(&self) -> bool {
        self.status == 404
    }

    /// The answer, where it was done.
    ///
    /// # Errors
    ///
    /// Where it was refused, with the words of the Toxiproxy.
    pub(super) fn done(self, what: &str) -> io::Result<Self> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        let said: Option<Value> = serde_json::from_str(&self.body).ok();
        let said =
            said.as_ref().and_then(|said| said.get("error")?.as_str()).unwrap_or("it does not say why");
        Err(io::Error::other(format!("Toxiproxy refuses {what} with status {}: {said}", self.status)))
    }
}
