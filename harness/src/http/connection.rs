//! A connection for a request that HTTP forbids: it is sent byte by byte, and the response is read by hyper, as reqwest
//! reads those of lawful requests. No library sends such a request, and what a server makes of it is worth knowing.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker, ready};

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use sessionspec::backend::{BackendError, MOST_FIELDS};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::RawResponse;
use super::reading::Reading;
use super::tls::{Stream, is_of_tls};

/// Sends these bytes as a request on this connection, and reads the whole response.
///
/// # Errors
///
/// Where there is no response, or no whole one.
pub(super) async fn exchange_bytes(stream: Stream, bytes: Vec<u8>) -> Result<RawResponse, BackendError> {
    let wire = Wire::new(stream, Unsent { bytes, sent: 0 });
    let heard = Arc::clone(&wire.heard);
    let connected = Builder::new().max_headers(MOST_FIELDS).handshake(TokioIo::new(wire)).await;
    let (mut sender, connection) = connected.map_err(|error| fault(&error, false))?;
    // Its errors reach whoever waits for the response.
    tokio::spawn(async move { drop(connection.await) });
    let answered = ask(&mut sender).await;
    answered.map_err(|error| match error {
        Unanswered::Fault(error) => fault(&error, heard.load(Ordering::Relaxed) > 0),
        Unanswered::Unread(error) => error,
    })
}

async fn ask(sender: &mut SendRequest<Full<Bytes>>) -> Result<RawResponse, Unanswered> {
    let mut response = sender.send_request(Request::new(Full::default())).await?;
    let mut reading = Reading::begin(response.status(), response.version(), response.headers());
    while let Some(frame) = response.body_mut().frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        reading.add(&data).map_err(Unanswered::Unread)?;
    }
    Ok(reading.end())
}

enum Unanswered {
    Fault(hyper::Error),
    /// There is more than is read.
    Unread(BackendError),
}

impl From<hyper::Error> for Unanswered {
    fn from(error: hyper::Error) -> Self {
        Self::Fault(error)
    }
}

/// What went wrong, told by its innermost cause: the outer ones say little else. `heard` says whether any of the answer
/// has come.
pub(super) fn fault(error: &(dyn std::error::Error + 'static), heard: bool) -> BackendError {
    let mut speaks_http = true;
    let mut is_connected = true;
    let mut is_too_large = false;
    let mut of_tls = None;
    let mut cause = error;
    loop {
        let malformed = |error: &io::Error| {
            matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
        };
        speaks_http &= !cause.downcast_ref().is_some_and(hyper::Error::is_parse);
        is_too_large |= cause.downcast_ref().is_some_and(hyper::Error::is_parse_too_large);
        speaks_http &= !cause.downcast_ref().is_some_and(malformed);
        is_connected &= !cause.downcast_ref().is_some_and(reqwest::Error::is_connect);
        of_tls = of_tls.or_else(|| is_of_tls(cause));
        match cause.source() {
            Some(inner) => cause = inner,
            None => break,
        }
    }
    if !is_connected {
        BackendError::Unreachable(of_tls.unwrap_or_else(|| cause.to_string()))
    } else if is_too_large {
        BackendError::HeadTooLarge
    } else if !speaks_http {
        BackendError::NotAProbe(format!("its answer is no HTTP: {cause}"))
    } else if heard {
        BackendError::CutOff(cause.to_string())
    } else {
        BackendError::Dropped
    }
}

/// The stream of a connection: it counts what is heard, and a failure to send is none until nothing is heard.
struct Wire {
    stream: Stream,
    /// What is sent in place of what hyper writes.
    instead: Unsent,
    /// How many bytes have come.
    heard: Arc<AtomicU64>,
    /// Who waits until something was sent: some servers answer before they have read anything, and hyper takes no answer
    /// to a request that it has not sent.
    listener: Listener,
}

enum Listener {
    TooEarly(Option<Waker>),
    Listens,
}

struct Unsent {
    bytes: Vec<u8>,
    sent: usize,
}

impl Wire {
    fn new(stream: Stream, instead: Unsent) -> Self {
        Self { stream, instead, heard: Arc::default(), listener: Listener::TooEarly(None) }
    }

    /// From now on answers are taken.
    fn listen(&mut self) {
        if let Listener::TooEarly(Some(waiting)) = std::mem::replace(&mut self.listener, Listener::Listens) {
            waiting.wake();
        }
    }

    /// Sends what is to be sent in place of the request.
    fn poll_instead(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Unsent { bytes, sent } = &mut self.instead;
        while *sent < bytes.len() {
            match ready!(Pin::new(&mut self.stream).poll_write(context, &bytes[*sent..])) {
                Ok(written @ 1..) => *sent += written,
                Ok(0) | Err(_) => break,
            }
        }
        *sent = bytes.len();
        // What was encrypted may still wait to be sent.
        let _ = ready!(Pin::new(&mut self.stream).poll_flush(context));
        Poll::Ready(())
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Listener::TooEarly(waiting) = &mut self.listener {
            *waiting = Some(context.waker().clone());
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        let came = buffer.filled().len() - before;
        self.heard.fetch_add(came as u64, Ordering::Relaxed);
        Poll::Ready(read)
    }
}

/// A server that has read enough may close the connection before all is sent; its answer counts. If there is none,
/// reading says so.
impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.listen();
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_instead(context));
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
