//! Whether use prolongs a session: observed where time can be moved, since a survey waits for nothing.

use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::Description;

use super::Expiry;
use crate::backend::Backend;
use crate::play::Player;
use crate::script::ops::{get, set, set_permanent};
use crate::script::{Answer, Forgery, Operation};

/// Observes a backend on virtual time.
pub(super) async fn expiry(
    backend: &Rc<dyn Backend>,
    description: &Description,
    patience: Duration,
) -> Expiry {
    let Some(lifetime) = description.lifetime_seconds else { return Expiry::Unknown };
    // The grace is 1 where none is declared, as the protocol says.
    let grace = description.lifetime_grace_seconds.unwrap_or(1.0);
    let half = (lifetime + grace) / 2.0;
    if half >= lifetime - grace {
        return Expiry::Unknown;
    }
    let lives_after = async |used| lives_after(backend, half, used, patience).await;
    let idle = lives_after(None).await;
    let read = lives_after(Some(get("text"))).await;
    let written = lives_after(Some(set("other", "kept"))).await;
    match (idle, read, written) {
        (Some(false), Some(true), _) => Expiry::Sliding,
        (Some(false), Some(false), Some(true)) => Expiry::Writes,
        (Some(false), Some(false), Some(false)) => Expiry::Absolute,
        _ => Expiry::Unknown,
    }
}

/// Whether a permanent session that was used like this at half of its time is there when that is over, for a client that
/// keeps its cookie for good.
async fn lives_after(
    backend: &Rc<dyn Backend>,
    half: f64,
    used: Option<Operation>,
    patience: Duration,
) -> Option<bool> {
    let mut player = Player::new(Rc::clone(backend), patience);
    let begun = player.cycle("surveyor", vec![set("text", "kept"), set_permanent(true)]).await;
    player.wait(half).await;
    if let Some(used) = used {
        player.cycle("surveyor", vec![used]).await;
    }
    player.forge("surveyor", None, "keeper", &Forgery::Replayed);
    player.wait(half).await;
    let late = player.cycle("keeper", vec![get("text")]).await;
    let exchanges = &player.transcript().exchanges;
    let is_permanent = exchanges[begun].answer(1).is_some_and(Answer::is_done);
    is_permanent.then(|| matches!(exchanges[late].answer(0), Some(Answer::Ok(_))))
}
