//! One connection to a service. Whatever is sent, lawful or not, the response is read by hyper.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker, ready};
use std::time::Instant;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use sessionspec::backend::BackendError;
use sessionspec::reference::http::Headers;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::RawResponse;

/// The most that is read of a response, in bytes: twice what a probe has to accept.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// A connection that is open, as far as anybody knows.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    heard: Arc<AtomicU64>,
    /// When it was last used.
    pub(super) used: Instant,
}

impl Connection {
    /// A connection over this stream, on which lawful requests are sent.
    ///
    /// # Errors
    ///
    /// Where the connection has ended already.
    pub(super) async fn over(stream: TcpStream) -> Result<Self, BackendError> {
        Self::with(Wire::new(stream, None)).await
    }

    /// A connection on which these bytes are sent in place of the first request.
    ///
    /// # Errors
    ///
    /// As [`over`](Self::over).
    pub(super) async fn sending(stream: TcpStream, request: Vec<u8>) -> Result<Self, BackendError> {
        let instead = Some(Unsent { bytes: request, sent: 0 });
        Self::with(Wire::new(stream, instead)).await
    }

    async fn with(wire: Wire) -> Result<Self, BackendError> {
        let heard = Arc::clone(&wire.heard);
        // What it still has to say is sent at once: a request is one thing, and nothing more will come.
        let _ = wire.stream.set_nodelay(true);
        let (sender, connection) =
            handshake(TokioIo::new(wire)).await.map_err(|error| fault(&error, false))?;
        // Its errors reach whoever waits for a response.
        tokio::spawn(async move { drop(connection.await) });
        Ok(Self { sender, heard, used: Instant::now() })
    }

    /// Whether another request can be sent. Where the other side has closed it, nothing is.
    pub(super) async fn is_open(&mut self) -> bool {
        !self.sender.is_closed() && self.sender.ready().await.is_ok()
    }

    /// Sends a request, once, and reads the whole response.
    ///
    /// # Errors
    ///
    /// Where there is no response, or no whole one.
    pub(super) async fn exchange(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<RawResponse, BackendError> {
        let before = self.heard.load(Ordering::Relaxed);
        let answered = self.ask(request).await;
        self.used = Instant::now();
        answered.map_err(|error| match error {
            Unanswered::Fault(error) => fault(&error, self.heard.load(Ordering::Relaxed) > before),
            Unanswered::TooLong => {
                BackendError::NotAProbe(format!("its answer is longer than {MAX_BODY} bytes"))
            }
        })
    }

    async fn ask(&mut self, request: Request<Full<Bytes>>) -> Result<RawResponse, Unanswered> {
        let response = self.sender.send_request(request).await?;
        let status = response.status().as_u16();
        let mut headers = Headers::default();
        for (name, value) in response.headers() {
            headers.append(name.as_str(), value.as_bytes());
        }
        Ok(RawResponse { status, headers, body: body(response).await? })
    }
}

enum Unanswered {
    Fault(hyper::Error),
    TooLong,
}

impl From<hyper::Error> for Unanswered {
    fn from(error: hyper::Error) -> Self {
        Self::Fault(error)
    }
}

async fn body(response: Response<Incoming>) -> Result<Vec<u8>, Unanswered> {
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        bytes.extend_from_slice(&data);
        if bytes.len() > MAX_BODY {
            return Err(Unanswered::TooLong);
        }
    }
    Ok(bytes)
}

/// What went wrong, told by its innermost cause: the outer ones say little else.
fn fault(error: &hyper::Error, heard: bool) -> BackendError {
    let mut speaks_http = !error.is_parse();
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
        let malformed = |error: &io::Error| {
            matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
        };
        speaks_http &= !cause.downcast_ref().is_some_and(hyper::Error::is_parse);
        speaks_http &= !cause.downcast_ref().is_some_and(malformed);
    }
    if !speaks_http {
        BackendError::NotAProbe(format!("its answer is no HTTP: {cause}"))
    } else if heard {
        BackendError::CutOff(cause.to_string())
    } else {
        BackendError::Dropped
    }
}

/// The stream of a connection: it counts what is heard, and a failure to send is none until nothing is heard.
struct Wire {
    stream: TcpStream,
    /// What is sent in place of what hyper writes.
    instead: Option<Unsent>,
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
    fn new(stream: TcpStream, instead: Option<Unsent>) -> Self {
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
        let Some(Unsent { bytes, sent }) = &mut self.instead else { return Poll::Ready(()) };
        while *sent < bytes.len() {
            match ready!(Pin::new(&mut self.stream).poll_write(context, &bytes[*sent..])) {
                Ok(written @ 1..) => *sent += written,
                Ok(0) | Err(_) => break,
            }
        }
        *sent = bytes.len();
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
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.listen();
        if self.instead.is_some() {
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes));
        Poll::Ready(Ok(written.unwrap_or(bytes.len())))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_instead(context));
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
