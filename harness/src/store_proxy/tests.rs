//! Each fault, on real connections to a store that answers with what it is sent.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// A store that answers with what it is sent, and keeps it.
struct Store {
    proxy: StoreProxy,
    received: Arc<Mutex<Vec<u8>>>,
    task: JoinHandle<()>,
}

impl Drop for Store {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Store {
    async fn start() -> Self {
        Self::start_for(LONGEST_FAULT).await
    }

    async fn start_for(longest: Duration) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&received);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let kept = Arc::clone(&kept);
                connections.spawn(async move {
                    let mut buffer = [0; 1024];
                    let mut said = Vec::new();
                    while let Ok(length @ 1..) = client.read(&mut buffer).await {
                        kept.lock().unwrap().extend_from_slice(&buffer[..length]);
                        if client.write_all(&buffer[..length]).await.is_err() {
                            break;
                        }
                        // A store that says goodbye. The word may come in pieces.
                        said.extend_from_slice(&buffer[..length]);
                        if said.ends_with(b"quit") {
                            break;
                        }
                    }
                });
            }
        });
        Self { proxy: StoreProxy::start_for(StorePlace::Tcp(address), longest).unwrap(), received, task }
    }

    async fn connect(&self) -> std::io::Result<TcpStream> {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.proxy.port())).await
    }

    fn received(&self) -> usize {
        self.received.lock().unwrap().len()
    }
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
    let mut old = store.connect().await.unwrap();
    assert!(answers(&mut old, b"one").await);
    store.proxy.set(Some(StoreFault::Down)).await.unwrap();
    assert!(!answers(&mut old, b"two").await);
    let refused = store.connect().await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    store.proxy.set(None).await.unwrap();
    assert!(answers(&mut store.connect().await.unwrap(), b"three").await);
    assert_eq!(store.received(), "onethree".len());
}

#[tokio::test]
async fn a_reset_is_seen_as_one() {
    let store = Store::start().await;
    let mut old = store.connect().await.unwrap();
    assert!(answers(&mut old, b"one").await);
    store.proxy.set(Some(StoreFault::ResetPeer)).await.unwrap();
    let reset = old.read(&mut [0; 8]).await.unwrap_err();
    assert_eq!(reset.kind(), std::io::ErrorKind::ConnectionReset);
    store.proxy.set(None).await.unwrap();
    assert!(answers(&mut store.connect().await.unwrap(), b"two").await);
}

#[tokio::test]
async fn a_silent_store_gets_nothing_and_its_connection_ends_when_it_is_mended() {
    let store = Store::start().await;
    let mut old = store.connect().await.unwrap();
    assert!(answers(&mut old, b"one").await);
    store.proxy.set(Some(StoreFault::Timeout)).await.unwrap();
    old.write_all(b"two").await.unwrap();
    store.proxy.set(None).await.unwrap();
    assert!(!matches!(old.read(&mut [0; 8]).await, Ok(1..)), "what was lost is never answered");
    assert!(answers(&mut store.connect().await.unwrap(), b"four").await);
    assert_eq!(store.received(), "onefour".len());
}

#[tokio::test]
async fn no_more_than_the_limit_arrives_on_each_connection() {
    let store = Store::start().await;
    let mut old = store.connect().await.unwrap();
    assert!(answers(&mut old, b"before the limit").await);
    let before = store.received();
    store.proxy.set(Some(StoreFault::LimitData { bytes: 5 })).await.unwrap();
    assert!(answers(&mut old, b"1234").await);
    assert!(!answers(&mut old, b"56789").await);
    assert!(!answers(&mut store.connect().await.unwrap(), b"abcdefgh").await);
    // Who reads to the end knows that the store has what it gets.
    store.proxy.set(None).await.unwrap();
    assert!(answers(&mut store.connect().await.unwrap(), b"!").await);
    let arrived = store.received() - before;
    assert!((5..=11).contains(&arrived), "{arrived} bytes have arrived");
}

#[tokio::test]
async fn what_is_slow_or_sliced_arrives() {
    let store = Store::start().await;
    for fault in [
        StoreFault::Slicer { bytes: 1 },
        StoreFault::Slicer { bytes: 0 },
        StoreFault::Latency { milliseconds: 1 },
        StoreFault::SlowClose { milliseconds: 1 },
    ] {
        store.proxy.set(Some(fault)).await.unwrap();
        let mut connection = store.connect().await.unwrap();
        assert!(answers(&mut connection, b"some text").await, "{fault:?}");
        assert!(answers(&mut connection, b"quit").await, "{fault:?}");
        assert_eq!(connection.read(&mut [0; 8]).await.unwrap(), 0, "the end arrives, too");
    }
}

#[tokio::test]
async fn a_proxy_that_is_gone_has_no_connections() {
    let store = Store::start().await;
    let mut connection = store.connect().await.unwrap();
    assert!(answers(&mut connection, b"one").await);
    let Store { proxy, .. } = &store;
    proxy.task.abort();
    assert!(!answers(&mut connection, b"two").await);
    assert!(proxy.set(None).await.is_err(), "it says so");
}

#[tokio::test]
async fn a_fault_that_nobody_mends_ends_of_itself() {
    let store = Store::start_for(Duration::from_millis(50)).await;
    store.proxy.set(Some(StoreFault::Timeout)).await.unwrap();
    // Each connection waits until the fault ends, which cuts it off.
    loop {
        let mut client = store.connect().await.unwrap();
        if answers(&mut client, b"here").await {
            break;
        }
    }
}
