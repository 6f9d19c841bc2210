//! A service whose answers are late: a proxy on loopback that keeps each of them back.

use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use sessionspec::backend::Backend;
use sessionspec_cli::probe::ProbeServer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};

/// What an answer takes at least.
pub(crate) const LATE: Duration = Duration::from_millis(20);

/// How many requests there were, and for how long so many of them were at work at once.
#[derive(Default)]
pub(crate) struct AtWork {
    pub(crate) requests: usize,
    now: usize,
    since: Option<Instant>,
    /// For how long there was one, and for how long there were eight or more.
    spent: [Duration; 2],
}

impl AtWork {
    fn changes(&mut self, now: usize) {
        let spent = match self.now {
            1 => Some(0),
            8.. => Some(1),
            _ => None,
        };
        if let (Some(since), Some(at)) = (self.since.replace(Instant::now()), spent) {
            self.spent[at] += since.elapsed();
        }
        self.now = now;
    }

    /// For how many seconds there was one request at work, and for how many there were eight or more.
    pub(crate) fn seconds(&self) -> [f64; 2] {
        self.spent.map(|spent| spent.as_secs_f64())
    }
}

/// A connection, which has one request at work at most.
#[derive(Clone)]
struct Connection {
    is_busy: Rc<Cell<bool>>,
    at_work: Arc<Mutex<AtWork>>,
}

impl Connection {
    fn becomes(&self, is_busy: bool) {
        if self.is_busy.replace(is_busy) == is_busy {
            return;
        }
        let mut at_work = self.at_work.lock().unwrap_or_else(PoisonError::into_inner);
        let now = if is_busy { at_work.now + 1 } else { at_work.now.saturating_sub(1) };
        at_work.requests += usize::from(is_busy);
        at_work.changes(now);
    }
}

/// A service that is served for as long as this process lives.
pub(crate) struct Late {
    pub(crate) url: String,
    at_work: Arc<Mutex<AtWork>>,
}

impl Late {
    /// Serves what `open` makes, on a thread of its own.
    pub(crate) fn serve(open: impl FnOnce() -> Rc<dyn Backend> + Send + 'static) -> Self {
        let at_work: Arc<Mutex<AtWork>> = Arc::default();
        let (url, served_at) = mpsc::channel();
        let counted = Arc::clone(&at_work);
        thread::spawn(move || {
            LocalSet::new().block_on(&crate::runtime(), async {
                let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
                let server = ProbeServer::bind(any_port, open()).await.expect("loopback has a free port");
                let service = server.url().expect("it has a port");
                spawn_local(server.serve());
                let listener = TcpListener::bind(any_port).await.expect("loopback has a free port");
                let port = listener.local_addr().expect("it has a port").port();
                let (head, path) = service.rsplit_once('/').expect("the path of the probe");
                let service = head.trim_start_matches("http://").to_owned();
                url.send(format!("http://127.0.0.1:{port}/{path}")).expect("the main thread waits for it");
                while let Ok((client, _)) = listener.accept().await {
                    let service = TcpStream::connect(&service).await.expect("the probe is served");
                    client.set_nodelay(true).and_then(|()| service.set_nodelay(true)).expect("it is TCP");
                    let (from_client, to_client) = client.into_split();
                    let (from_service, to_service) = service.into_split();
                    let connection = Connection { is_busy: Rc::default(), at_work: Arc::clone(&counted) };
                    spawn_local(pass_requests(from_client, to_service, connection.clone()));
                    spawn_local(pass_answers(from_service, to_client, connection));
                }
            });
        });
        Self { url: served_at.recv().expect("the service is served"), at_work }
    }

    /// What was at work until now, and since the last time that somebody asked.
    pub(crate) fn take(&self) -> AtWork {
        std::mem::take(&mut *self.at_work.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn pass_requests(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, connection: Connection) {
    let mut piece = vec![0; 1 << 20];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        connection.becomes(true);
        if to.write_all(&piece[..length]).await.is_err() {
            break;
        }
    }
    connection.becomes(false);
}

async fn pass_answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, connection: Connection) {
    let mut piece = vec![0; 1 << 20];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        tokio::time::sleep(LATE).await;
        connection.becomes(false);
        if to.write_all(&piece[..length]).await.is_err() {
            break;
        }
    }
}
