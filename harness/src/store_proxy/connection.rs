//! One connection from a service to its store, through the proxy.

use std::time::Duration;

use sessionspec::engine::script::StoreFault;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::time::sleep;

use super::{State, StorePlace, ends_connections};

/// How much is read at once.
const CHUNK: usize = 16 * 1024;

/// How long is waited between two pieces, so that they are sent apart.
pub(super) const BETWEEN_PIECES: Duration = Duration::from_millis(1);

/// Why a direction of a connection has ended.
enum End {
    /// Its sender has ended it.
    OfItself,
    /// It is cut: whatever was on its way is lost.
    Cut,
}

/// Which way data go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    ToStore,
    FromStore,
}

/// Serves a connection to its end.
pub(super) async fn serve(client: TcpStream, store: StorePlace, mut state: watch::Receiver<State>) {
    // Small pieces are sent as they are.
    let _ = client.set_nodelay(true);
    let begun = *state.borrow_and_update();
    match begun.fault {
        Some(StoreFault::Down | StoreFault::ResetPeer) => return reset(client),
        Some(StoreFault::Timeout) => {
            let _ = state.changed().await;
            return reset(client);
        }
        _ => {}
    }
    match store {
        StorePlace::Tcp(address) => match TcpStream::connect(address).await {
            Ok(store) => {
                let _ = store.set_nodelay(true);
                both_ways(client, store, state).await;
            }
            Err(_) => reset(client),
        },
        StorePlace::Unix(path) => match UnixStream::connect(path).await {
            Ok(store) => both_ways(client, store, state).await,
            Err(_) => reset(client),
        },
    }
}

/// Ends a connection so that its other side sees a reset.
fn reset(client: TcpStream) {
    // Where that is not possible, the connection ends as others do.
    let _ = client.set_zero_linger();
    drop(client);
}

async fn both_ways<S>(mut client: TcpStream, store: S, state: watch::Receiver<State>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mut from_store, mut to_store) = split(store);
    let is_cut = {
        let (mut from_client, mut to_client) = client.split();
        let out = carried(&mut from_client, &mut to_store, Way::ToStore, state.clone());
        let back = carried(&mut from_store, &mut to_client, Way::FromStore, state.clone());
        tokio::pin!(out, back);
        // Once the store has ended its side there is nothing to wait for; a client that has ended its own may still read.
        tokio::select! {
            end = &mut back => matches!(end, End::Cut),
            end = &mut out => match end {
                End::Cut => true,
                End::OfItself => matches!(back.await, End::Cut),
            },
        }
    };
    let is_reset = state.borrow().fault == Some(StoreFault::ResetPeer);
    if is_cut && is_reset {
        reset(client);
    }
}

/// Carries what is sent one way, as the fault of the moment has it.
async fn carried(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    way: Way,
    mut state: watch::Receiver<State>,
) -> End {
    let mut buffer = vec![0; CHUNK];
    let mut now = *state.borrow_and_update();
    let mut sent_since = 0;
    loop {
        let read = tokio::select! {
            biased;
            changed = state.changed() => {
                let before = std::mem::replace(&mut now, *state.borrow_and_update());
                sent_since = 0;
                if changed.is_err() || ends_connections(before.fault, now.fault) {
                    return End::Cut;
                }
                continue;
            }
            read = from.read(&mut buffer) => read,
        };
        let Ok(length) = read else { return End::Cut };
        let data = &buffer[..length];
        let has_ended = data.is_empty();
        let done = match now.fault {
            Some(StoreFault::Timeout) if has_ended => {
                let _ = state.changed().await;
                return End::Cut;
            }
            Some(StoreFault::Timeout) => Ok(()),
            Some(StoreFault::SlowClose { milliseconds }) if has_ended && way == Way::FromStore => {
                sleep(delay(milliseconds)).await;
                Ok(())
            }
            Some(StoreFault::Latency { milliseconds }) if way == Way::FromStore => {
                sleep(delay(milliseconds)).await;
                to.write_all(data).await
            }
            Some(StoreFault::Slicer { bytes }) => in_pieces(to, data, bytes).await,
            Some(StoreFault::LimitData { bytes }) if way == Way::ToStore => {
                let rest = (bytes as usize).saturating_sub(sent_since);
                sent_since += length;
                if length > rest {
                    // What was on its way up to there arrives.
                    let _ = to.write_all(&data[..rest]).await;
                    let _ = to.flush().await;
                    return End::Cut;
                }
                to.write_all(data).await
            }
            _ => to.write_all(data).await,
        };
        if has_ended {
            // The other side may be gone.
            let _ = to.shutdown().await;
            return End::OfItself;
        }
        if done.is_err() || to.flush().await.is_err() {
            return End::Cut;
        }
    }
}

async fn in_pieces(to: &mut (impl AsyncWrite + Unpin), data: &[u8], bytes: u32) -> std::io::Result<()> {
    for piece in data.chunks(bytes.max(1) as usize) {
        to.write_all(piece).await?;
        to.flush().await?;
        sleep(BETWEEN_PIECES).await;
    }
    Ok(())
}

/// So long, or as long as a delay may be.
pub(super) fn delay(milliseconds: u32) -> Duration {
    Duration::from_millis(milliseconds.min(StoreFault::LONGEST_DELAY).into())
}
