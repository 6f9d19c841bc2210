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
pub(crate) async fn play_judgeable_alone_but_for_waits(
    backend: &Rc<dyn Backend>,
    script: &Script,
    patience: Duration,
    lanes: &Rc<Lanes>,
) -> Result<Transcript, BackendError> {
    judgeable(
        backend,
        || Player::new(Rc::clone(backend), patience).alone_but_for_waits(lanes),
        script,
        patience,
    )
    .await
}

/// Plays a script as [`play_judgeable_alone_but_for_waits`] does, with the service to itself also while time passes.
///
/// # Errors
///
/// Returns a fault that leaves nothing to judge.
pub(crate) async fn play_judgeable_alone_throughout(
    backend: &Rc<dyn Backend>,
    script: &Script,
    patience: Duration,
    lanes: &Rc<Lanes>,
) -> Result<Transcript, BackendError> {
    judgeable(backend, || Player::new(Rc::clone(backend), patience).alone_throughout(lanes), script, patience)
        .await
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use sessionspec_reference::Memory;
    use tokio::task::LocalSet;

    use super::*;
    use crate::backend::in_process;
    use crate::script::ops::{get, set};

    /// Whether others come to the service between the first request and the last.
    #[tokio::test(start_paused = true)]
    async fn while_time_passes_others_go_on_unless_it_has_to_be_alone_throughout() {
        let backend = in_process(Memory::default());
        let script = Script::new().cycle("ann", [set("a", 1)]).wait(1.0).cycle("ann", [get("a")]);
        let patience = Duration::from_secs(10);
        for is_throughout in [false, true] {
            let lanes = Rc::new(Lanes::new(4));
            let comes = Rc::new(Cell::new(false));
            let other = {
                let (lanes, comes) = (Rc::clone(&lanes), Rc::clone(&comes));
                async move {
                    tokio::task::yield_now().await;
                    let _place = lanes.alone().await;
                    comes.set(true);
                }
            };
            let came_meanwhile = LocalSet::new()
                .run_until(async {
                    let other = tokio::task::spawn_local(other);
                    let transcript = match is_throughout {
                        true => play_judgeable_alone_throughout(&backend, &script, patience, &lanes).await,
                        false => {
                            play_judgeable_alone_but_for_waits(&backend, &script, patience, &lanes).await
                        }
                    };
                    assert!(transcript.unwrap().is_fully_answered());
                    let came = comes.get();
                    other.await.unwrap();
                    came
                })
                .await;
            assert_eq!((came_meanwhile, comes.get()), (!is_throughout, true));
        }
    }
}
