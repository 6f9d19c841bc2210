//! What a session does once it is some seconds old. It takes time to show, so that a run waits for it only where one of its
//! checks asks for that, and then beside everything else.

use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::Description;
use tokio::sync::OnceCell;

use super::observer::TEXT;
use super::{Resent, ResentWhenOlder, Survey};
use crate::backend::Backend;
use crate::play::Player;
use crate::script::Answer;
use crate::script::ops::{get, set};

/// How old a session is that is no young one any more, in seconds: whoever counts in whole seconds sees it as older than one.
pub(crate) const OLD: f64 = 2.0;

/// What an answer may take beside that, in seconds.
const MARGIN: f64 = 1.0;

/// What was observed, as soon as somebody has waited for it. Copies of a survey share it.
pub(super) type Age = Rc<OnceCell<ResentWhenOlder>>;

impl Survey {
    /// Whether a session lives long enough to become [`OLD`].
    #[must_use]
    pub fn lives_to_be_old(&self) -> bool {
        lives_to_be_old(&self.description)
    }

    /// Whether the cookie of an older session is sent again, as far as anybody has waited for it.
    #[must_use]
    pub fn resent_when_older(&self) -> ResentWhenOlder {
        self.age.get().copied().unwrap_or(ResentWhenOlder::Unknown)
    }

    /// Whether a session that is only read is treated by its age: its cookie is sent again once it is older, and not before.
    #[must_use]
    pub fn goes_by_age(&self) -> bool {
        self.resent != Resent::Always && self.resent_when_older() == ResentWhenOlder::Yes
    }

    /// Waits until it is known whether the cookie of an older session is sent again.
    pub(crate) async fn learn_age(&self, backend: &Rc<dyn Backend>, patience: Duration) {
        self.age.get_or_init(|| resent_when_older(backend, &self.description, patience)).await;
    }
}

fn lives_to_be_old(description: &Description) -> bool {
    !super::may_have_ended(description, Duration::from_secs_f64(OLD + MARGIN))
}

/// Observes a session that becomes old.
pub(super) async fn resent_when_older(
    backend: &Rc<dyn Backend>,
    description: &Description,
    patience: Duration,
) -> ResentWhenOlder {
    if !lives_to_be_old(description) {
        return ResentWhenOlder::Unknown;
    }
    let mut player = Player::new(Rc::clone(backend), patience);
    player.cycle("surveyor", vec![set("text", TEXT)]).await;
    player.wait(OLD).await;
    let read = player.cycle("surveyor", vec![get("text")]).await;
    let read = &player.transcript().exchanges[read];
    match read.answer(0) {
        Some(Answer::Ok(_)) if read.headers.all("Set-Cookie").next().is_some() => ResentWhenOlder::Yes,
        Some(Answer::Ok(_)) => ResentWhenOlder::No,
        _ => ResentWhenOlder::Unknown,
    }
}
