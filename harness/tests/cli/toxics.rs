//! Each fault on a way over a Toxiproxy, on real connections to a store that answers with what it is sent. The Toxiproxy is a double,
//! or the real one that SESSIONSPEC_TOXIPROXY names.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sessionspec::engine::script::StoreFault;
use sessionspec_cli::store_proxy::{StorePlace, ToxicWay, Toxiproxy, WayToStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixListener};

use crate::support::{Double, NEW};

/// A store that answers with what it is sent, and counts it.
struct Store {
    place: StorePlace,
    received: Arc<AtomicUsize>,
}

impl Store {
    async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let (place, received) = (StorePlace::Tcp(listener.local_addr().unwrap()), Arc::default());
        let counted = Arc::clone(&received);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(answer(client, Arc::clone(&counted)));
            }
        });
        Self { place, received }
    }

    async fn way(&self) -> WayToStore {
        WayToStore::open(self.place.clone(), Some(&toxiproxy())).await.unwrap()
    }

    fn received(&self) -> usize {
        self.received.load(Ordering::SeqCst)
    }
}

async fn answer(mut client: impl AsyncRead + AsyncWrite + Unpin, counted: Arc<AtomicUsize>) {
    let mut buffer = [0; 1024];
    let mut said = Vec::new();
    while let Ok(length @ 1..) = client.read(&mut buffer).await {
        counted.fetch_add(length, Ordering::SeqCst);
        said.extend_from_slice(&buffer[..length]);
        // A store that says goodbye. The word may come in pieces.
        if client.write_all(&buffer[..length]).await.is_err() || said.ends_with(b"quit") {
            break;
        }
    }
}

fn toxiproxy() -> Toxiproxy {
    let named = std::env::var("SESSIONSPEC_TOXIPROXY");
    named.unwrap_or_else(|_| Double::start(NEW).0.url).parse().unwrap()
}

async fn connect(port: u16) -> std::io::Result<TcpStream> {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await
}

/// Whether the store answers on this connection.
async fn answers(connection: &mut TcpStream, text: &[u8]) -> bool {
    let mut answer = vec![0; text.len()];
    connection.write_all(text).await.is_ok()
        && connection.read_exact(&mut answer).await.is_ok()
        && answer == text
}

#[tokio::test]
async fn what_is_down_ends_connections_refuses_new_ones_and_has_its_port_again() {
    let store = Store::start().await;
    let way = store.way().await;
    assert!(!way.is_used());
    let mut old = connect(way.port()).await.unwrap();
    assert!(answers(&mut old, b"one").await && way.is_used());
    for _ in 0..3 {
        way.set(Some(StoreFault::Down)).await.unwrap();
        assert!(!answers(&mut old, b"two").await);
        let refused = connect(way.port()).await.unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
        way.set(None).await.unwrap();
        old = connect(way.port()).await.unwrap();
        assert!(answers(&mut old, b"three").await);
    }
    assert_eq!(store.received(), "onethreethreethree".len());
}

#[tokio::test]
async fn what_is_reset_ends_connections_old_and_new() {
    let store = Store::start().await;
    let way = store.way().await;
    let mut old = connect(way.port()).await.unwrap();
    assert!(answers(&mut old, b"one").await);
    way.set(Some(StoreFault::ResetPeer)).await.unwrap();
    assert!(!matches!(old.read(&mut [0; 8]).await, Ok(1..)));
    if let Ok(mut new) = connect(way.port()).await {
        assert!(!answers(&mut new, b"two").await);
    }
    way.set(None).await.unwrap();
    assert!(answers(&mut connect(way.port()).await.unwrap(), b"three").await);
    assert_eq!(store.received(), "onethree".len());
}

#[tokio::test]
async fn a_silent_store_gets_nothing_and_its_connections_end_when_it_is_mended() {
    let store = Store::start().await;
    let way = store.way().await;
    let mut old = connect(way.port()).await.unwrap();
    assert!(answers(&mut old, b"one").await);
    way.set(Some(StoreFault::Timeout)).await.unwrap();
    let mut new = connect(way.port()).await.unwrap();
    old.write_all(b"two").await.unwrap();
    new.write_all(b"three").await.unwrap();
    way.set(None).await.unwrap();
    for mut connection in [old, new] {
        assert!(!matches!(connection.read(&mut [0; 8]).await, Ok(1..)), "what was lost is never answered");
    }
    assert!(answers(&mut connect(way.port()).await.unwrap(), b"four").await);
    assert_eq!(store.received(), "onefour".len());
}

#[tokio::test]
async fn no_more_than_the_limit_arrives_on_each_connection() {
    let store = Store::start().await;
    let way = store.way().await;
    let mut old = connect(way.port()).await.unwrap();
    assert!(answers(&mut old, b"before the limit").await);
    let before = store.received();
    way.set(Some(StoreFault::LimitData { bytes: 5 })).await.unwrap();
    assert!(answers(&mut old, b"1234").await);
    assert!(!answers(&mut old, b"56789").await);
    assert!(!answers(&mut connect(way.port()).await.unwrap(), b"abcdefgh").await);
    way.set(None).await.unwrap();
    // Who is answered knows that the store has what it gets.
    assert!(answers(&mut connect(way.port()).await.unwrap(), b"!").await);
    let arrived = store.received() - before;
    assert!((5..=11).contains(&arrived), "{arrived} bytes have arrived");
}

#[tokio::test]
async fn what_is_slow_or_sliced_arrives_and_goes_on_once_it_is_mended() {
    let store = Store::start().await;
    let way = store.way().await;
    for fault in [
        StoreFault::Slicer { bytes: 1 },
        StoreFault::Slicer { bytes: 0 },
        StoreFault::Latency { milliseconds: 1 },
        StoreFault::SlowClose { milliseconds: 1 },
    ] {
        way.set(Some(fault)).await.unwrap();
        let mut connection = connect(way.port()).await.unwrap();
        assert!(answers(&mut connection, b"some text").await, "{fault:?}");
        let mut quitting = connect(way.port()).await.unwrap();
        assert!(answers(&mut quitting, b"quit").await, "{fault:?}");
        assert_eq!(quitting.read(&mut [0; 8]).await.unwrap(), 0, "the end arrives, too");
        way.set(None).await.unwrap();
        assert!(answers(&mut connection, b"more").await, "{fault:?}");
    }
}

#[tokio::test]
async fn a_fault_that_nobody_mends_ends_of_itself() {
    let store = Store::start().await;
    let way = ToxicWay::open_for(store.place.clone(), &toxiproxy(), Duration::from_millis(50)).await.unwrap();
    way.set(Some(StoreFault::Timeout)).await.unwrap();
    // Each connection waits until the fault ends, which cuts it off.
    loop {
        if let Ok(mut client) = connect(way.port()).await
            && answers(&mut client, b"here").await
        {
            break;
        }
    }
}

#[tokio::test]
async fn a_store_at_a_socket_in_a_folder_is_reached() {
    let folder = std::env::temp_dir().join(format!("sessionspec-toxics-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let place = folder.join("store.sock");
    let listener = UnixListener::bind(&place).unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(answer(client, Arc::default()));
        }
    });
    let way = WayToStore::open(StorePlace::Unix(place), Some(&toxiproxy())).await.unwrap();
    assert!(answers(&mut connect(way.port()).await.unwrap(), b"here").await);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn a_way_that_is_gone_has_no_proxy_and_no_connections() {
    let store = Store::start().await;
    let way = store.way().await;
    let port = way.port();
    let mut connection = connect(port).await.unwrap();
    assert!(answers(&mut connection, b"one").await);
    way.set(Some(StoreFault::Latency { milliseconds: 1 })).await.unwrap();
    drop(way);
    assert!(!answers(&mut connection, b"two").await);
    assert!(connect(port).await.is_err());
}

#[tokio::test]
async fn where_a_toxic_cannot_be_removed_its_proxy_is_made_anew() {
    let store = Store::start().await;
    let (double, _) = Double::start(NEW);
    let way = WayToStore::open(store.place.clone(), Some(&double.url.parse().unwrap())).await.unwrap();
    way.set(Some(StoreFault::Latency { milliseconds: 1 })).await.unwrap();
    double.refuse("latency");
    way.set(None).await.unwrap();
    assert_eq!(
        double.asked("DELETE"),
        ["DELETE /proxies/[n]/toxics/latency_downstream", "DELETE /proxies/[n]"]
    );
    assert_eq!(double.asked("POST /proxies").last().map(String::as_str), Some("POST /proxies"));
}
