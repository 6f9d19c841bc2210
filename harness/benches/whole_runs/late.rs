//! A service whose answers are late: a proxy on loopback that keeps each of them back.

use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use sessionspec::backend::Backend;
use sessionspec_cli::probe::ProbeServer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};

/// What an answer takes at least.
pub(crate) const LATE: Duration = Duration::from_millis(20);

/// A service that is served for as long as this process lives.
pub(crate) struct Late {
    pub(crate) url: String,
    answers: Arc<AtomicUsize>,
}

impl Late {
    /// Serves what `open` makes, on a thread of its own.
    pub(crate) fn serve(open: impl FnOnce() -> Rc<dyn Backend> + Send + 'static) -> Self {
        let answers = Arc::new(AtomicUsize::new(0));
        let (url, served_at) = mpsc::channel();
        let counted = Arc::clone(&answers);
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
                    spawn_local(pass_on(from_client, to_service, Duration::ZERO, Arc::default()));
                    spawn_local(pass_on(from_service, to_client, LATE, Arc::clone(&counted)));
                }
            });
        });
        Self { url: served_at.recv().expect("the service is served"), answers }
    }

    /// How many answers there were. Each of them is short, and comes in one piece.
    pub(crate) fn answers(&self) -> usize {
        self.answers.load(Ordering::Relaxed)
    }
}

async fn pass_on(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, late: Duration, pieces: Arc<AtomicUsize>) {
    let mut piece = vec![0; 1 << 20];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        pieces.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(late).await;
        if to.write_all(&piece[..length]).await.is_err() {
            break;
        }
    }
}
