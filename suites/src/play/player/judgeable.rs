//! Plays a script for a verdict, and decides which faults leave nothing to judge.

use std::rc::Rc;
use std::time::Duration;

use super::replayed::play_by;
use super::{Player, play};
use crate::backend::{Backend, BackendError};
use crate::play::{Lanes, Outcome, Transcript};
use crate::script::Script;

/// Plays a script with fresh browsers. Where a cycle got no complete response, an empty cycle of another browser is
/// sent. If that is answered, the checks judge the first one; if not, the service is gone.
///
/// # Errors
///
/// Returns a fault that leaves nothing to judge.
pub(crate) async fn play_judgeable(
    backend: &Rc<dyn Backend>,
    script: &Script,
    patience: Duration,
) -> Result<Transcript, BackendError> {
    judgeable(backend, || Player::new(Rc::clone(backend), patience), script, patience).await
}

/// Plays a script as [`play_judgeable`] does, in which crowds send so many requests together.
///
/// # Errors
///
/// Returns a fault that leaves nothing to judge.
pub(crate) async fn play_judgeable_together(
    backend: &Rc<dyn Backend>,
    script: &Script,
    patience: Duration,
    together: usize,
) -> Result<Transcript, BackendError> {
    let player = || Player::new(Rc::clone(backend), patience).together(together);
    judgeable(backend, player, script, patience).await
}

/// Plays a script as [`play_judgeable`] does, with the service to itself except while time passes.
///
/// # Errors
///
/// Returns a fault that leaves nothing to judge.
pub(crate) async fn play_judgeable_alone(
    backend: &Rc<dyn Backend>,
    script: &Script,
    patience: Duration,
    lanes: &Rc<Lanes>,
) -> Result<Transcript, BackendError> {
    judgeable(backend, || Player::new(Rc::clone(backend), patience).alone(lanes), script, patience).await
}

async fn judgeable(
    backend: &Rc<dyn Backend>,
    player: impl Fn() -> Player,
    script: &Script,
    patience: Duration,
) -> Result<Transcript, BackendError> {
    // A backend in this process may never wait for anything. Without this, a request to stop the run would not be
    // noticed.
    tokio::task::yield_now().await;
    let transcript = play_by(player, script).await;
    if let Some(fault) = transcript.broken() {
        return Err(fault.clone());
    }
    if transcript.has_unanswered() {
        still_answers(backend, patience).await?;
    }
    Ok(transcript)
}

/// Sends an empty cycle of a fresh browser, to see whether the service answers at all.
///
/// # Errors
///
/// Returns the fault that keeps the service from answering.
pub(crate) async fn still_answers(backend: &Rc<dyn Backend>, patience: Duration) -> Result<(), BackendError> {
    let control = Script::new().cycle("control", []);
    let transcript = play(backend, &control, patience).await;
    match transcript.exchanges.first().map(|exchange| &exchange.outcome) {
        Some(Outcome::Broken(fault)) => Err(fault.clone()),
        _ => Ok(()),
    }
}
