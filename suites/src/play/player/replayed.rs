//! Playing again what was disturbed by the transport, from its start: no request is ever sent twice.
//!
//! A server may close a connection at any moment after an answer (RFC 9112, section 9.5). The request that meets this may
//! or may not have been seen, so that whatever belongs to it says nothing. The door gives up reusing connections then,
//! so that it happens once, or once for each script that was being played at that moment.

use std::rc::Rc;
use std::time::Duration;

use super::Player;
use crate::backend::{Backend, LocalBoxFuture};
use crate::play::Transcript;
use crate::script::Script;

/// How often something is begun, at most. A door that still loses connections then has not given up reusing them.
const ATTEMPTS: usize = 4;

/// Plays a script with fresh browsers; again from its start, where a connection that was used again was lost on the way.
pub fn play<'a>(
    backend: &'a Rc<dyn Backend>,
    script: &'a Script,
    patience: Duration,
) -> LocalBoxFuture<'a, Transcript> {
    Box::pin(async move { play_by(|| Player::new(Rc::clone(backend), patience), script).await })
}

/// Plays a script as [`play`] does, by players that are made so.
pub(super) async fn play_by(player: impl Fn() -> Player, script: &Script) -> Transcript {
    let mut transcript = Transcript::default();
    for _ in 0..ATTEMPTS {
        transcript = player().play(script).await;
        if !transcript.lost_connection() {
            break;
        }
    }
    transcript
}

/// Does this with fresh browsers, and again where a connection was lost meanwhile.
pub(crate) async fn undisturbed<T>(backend: &Rc<dyn Backend>, work: impl AsyncFn() -> T) -> T {
    for _ in 1..ATTEMPTS {
        let lost = backend.lost_connections();
        let done = work().await;
        if backend.lost_connections() == lost {
            return done;
        }
    }
    work().await
}
