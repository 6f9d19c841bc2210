//! What is observed of requests that overlap.

use super::observer::{Observer, TEXT};
use super::{AtOnce, Concurrency, RotationOverEnd, TwoRotations};
use crate::play::{Exchange, Outcome, Player, Transcript};
use crate::script::ops::{destroy, get, hold, set};
use crate::script::{Answer, Operation};

impl Observer<'_> {
    /// How many requests are served at the same time. This is decided before the hold is released, since a server that
    /// takes one request at a time answers only then.
    pub(super) async fn at_once(&self) -> AtOnce {
        let mut player = self.player();
        player.cycle("holder", vec![set("text", TEXT)]).await;
        player.cycle("holder", vec![get("text"), hold("survey")]).await;
        if !player.is_held("survey") {
            self.note_unheld(player.transcript().exchanges.last());
            player.finish().await;
            return AtOnce::Unknown;
        }
        // Some backends let a second request wait for a while, and then refuse it.
        let is_served = async |player: &mut Player, browser: &str| {
            player.try_cycle(browser, vec![get("text")]).await
                && player.transcript().exchanges.last().is_some_and(|exchange| {
                    exchange.answer(0).is_some_and(|answer| !matches!(answer, Answer::Error(_)))
                })
        };
        let served_stranger = is_served(&mut player, "stranger").await;
        let served_same = served_stranger && is_served(&mut player, "holder").await;
        self.note_early(&player.finish().await);
        match (served_stranger, served_same) {
            (false, _) => AtOnce::One,
            (true, false) => AtOnce::OnePerSession,
            (true, true) => AtOnce::Many,
        }
    }

    /// Takes down that a request went on which nobody had released.
    fn note_early(&self, transcript: &Transcript) {
        if transcript.left_early {
            self.not_done.borrow_mut().insert("hold");
            self.hold_said.replace(Some("it goes on before the gate is opened".to_owned()));
        }
    }

    /// Takes down what the probe said of a request that it was to hold, and that was not held.
    fn note_unheld(&self, exchange: Option<&Exchange>) {
        let said = match exchange.and_then(|exchange| exchange.answer(1)) {
            Some(Answer::Unsupported) => "it answers `hold` with unsupported".to_owned(),
            Some(Answer::Error(said)) => format!("its `hold` says: {said}"),
            Some(_) => {
                self.not_done.borrow_mut().insert("hold");
                "it answers `hold` as done, and nobody has asked for the gate".to_owned()
            }
            None => "nobody has asked for the gate in time".to_owned(),
        };
        self.hold_said.replace(Some(said));
    }

    /// Which items are there after two requests that overlapped.
    pub(super) async fn concurrency(&self, at_once: AtOnce) -> Concurrency {
        match at_once {
            AtOnce::Many => {}
            AtOnce::One | AtOnce::OnePerSession => return Concurrency::Serialised,
            AtOnce::Unknown => return Concurrency::Unknown,
        }
        let mut player = self.player();
        player.cycle("surveyor", vec![set("text", TEXT)]).await;
        let held = player.cycle("surveyor", vec![get("text"), hold("survey"), set("first", TEXT)]).await;
        player.cycle("surveyor", vec![set("other", TEXT)]).await;
        player.release("survey").await;
        let last = player.cycle("surveyor", vec![get("first"), get("other")]).await;
        self.note_early(player.transcript());
        let exchanges = &player.transcript().exchanges;
        let is_kept = matches!(exchanges[held].outcome, Outcome::Answered { save_error: None, .. })
            && exchanges[held].answers().iter().all(Answer::is_done);
        match exchanges[last].answers() {
            [Answer::Absent, Answer::Ok(_)] if !is_kept => Concurrency::Refused,
            [Answer::Ok(_), Answer::Ok(_)] => Concurrency::Merged,
            [Answer::Ok(_), Answer::Absent] => Concurrency::LastWriteWins,
            _ => Concurrency::Unknown,
        }
    }

    /// Whether a request sees all that another has changed before that one is saved: requests share one live object.
    pub(super) async fn shares_live_objects(&self, at_once: AtOnce) -> bool {
        if at_once != AtOnce::Many {
            return false;
        }
        let mut player = self.player();
        player.cycle("surveyor", vec![set("text", TEXT)]).await;
        let changes = vec![get("text"), set("first", TEXT), set("other", TEXT), hold("survey")];
        player.cycle("surveyor", changes).await;
        let seen = player.cycle("surveyor", vec![get("first"), get("other")]).await;
        player.release("survey").await;
        self.note_early(player.transcript());
        matches!(player.transcript().exchanges[seen].answers(), [Answer::Ok(_), Answer::Ok(_)])
    }

    /// What a rotation makes of a session that another request has destroyed meanwhile.
    pub(super) async fn rotation_over_end(&self) -> RotationOverEnd {
        let mut player = self.player();
        player.cycle("surveyor", vec![set("text", TEXT)]).await;
        let held = player.cycle("surveyor", vec![get("text"), hold("survey"), Operation::Regenerate]).await;
        let ended = player.cycle("surveyor", vec![destroy()]).await;
        player.release("survey").await;
        let last = player.cycle("surveyor", vec![get("text")]).await;
        self.note_early(player.transcript());
        let exchanges = &player.transcript().exchanges;
        let is_lacking = is_lacking(exchanges[ended].answer(0)) || is_lacking(exchanges[held].answer(2));
        match exchanges[last].answer(0) {
            _ if is_lacking => RotationOverEnd::Unknown,
            Some(Answer::Ok(_)) => RotationOverEnd::CarriedOn,
            Some(Answer::Absent) => RotationOverEnd::StaysEnded,
            _ => RotationOverEnd::Unknown,
        }
    }

    /// Which of the new ids of two rotations lead to the data.
    pub(super) async fn two_rotations(&self) -> TwoRotations {
        let mut player = self.player();
        player.cycle("surveyor", vec![set("text", TEXT)]).await;
        let held = player.cycle("surveyor", vec![get("text"), hold("survey"), Operation::Regenerate]).await;
        player.cycle("surveyor", vec![Operation::Regenerate]).await;
        player.copy_cookies("surveyor", "first");
        player.release("survey").await;
        let first = player.cycle("first", vec![get("text")]).await;
        let second = player.cycle("surveyor", vec![get("text")]).await;
        self.note_early(player.transcript());
        let exchanges = &player.transcript().exchanges;
        let is_there = |cycle: usize| matches!(exchanges[cycle].answer(0), Some(Answer::Ok(_)));
        let session_of = |cycle: usize| player.transcript().session_sent_in(cycle);
        match (is_there(first), is_there(second)) {
            _ if is_lacking(exchanges[held].answer(2)) => TwoRotations::Unknown,
            // The slower one has left the browser where the faster one had brought it.
            (true, true) if session_of(first) == session_of(second) => TwoRotations::OneLives,
            (true, true) => TwoRotations::BothLive,
            (true, false) | (false, true) => TwoRotations::OneLives,
            (false, false) => TwoRotations::Unknown,
        }
    }
}

/// Whether the backend does not have the operation that answered so.
fn is_lacking(answer: Option<&Answer>) -> bool {
    answer == Some(&Answer::Unsupported)
}
