//! Whether the command that breaks the store breaks it: what a player asks besides the script, since a command that does nothing
//! would prove every promise of an outage.

use std::rc::Rc;

use tokio::time::timeout;

use super::Player;
use super::store::{MARK, has_recovered};
use crate::backend::{Body, CycleRequest};
use crate::browser::Jar;
use crate::script::{Answer, Operation, Operations, ops};

/// What is said where nothing has shown that the store was broken.
const UNSEEN: &str = "nothing shows that the command of --break breaks the store of this service: meanwhile requests were served as \
                      at any other time, and what they stored is there";

/// A session that is no part of the script.
pub(super) struct Witness {
    jar: Jar,
    /// Whether it was served as at any other time while the store was broken.
    was_served: bool,
}

impl Player {
    /// Begins a session by which is seen whether the store is broken; none where that cannot be begun.
    pub(super) async fn begin_witness(&self) -> Option<Witness> {
        let mut jar = Jar::default();
        let begun = self.visit(&mut jar, [ops::set(MARK, true)]).await?;
        begun.iter().all(Answer::is_done).then_some(Witness { jar, was_served: false })
    }

    /// Asks for the session while the store is broken.
    pub(super) async fn ask_witness(&mut self) {
        let Some(mut witness) = self.witness.take() else { return };
        let ops = [ops::get(MARK), ops::set(MARK, false)];
        let visit = timeout(self.patience_now(), self.visit(&mut witness.jar, ops)).await;
        witness.was_served = match visit {
            Ok(Some(answers)) => answers.first() == Some(&has(true)) && answers.iter().all(Answer::is_done),
            Ok(None) | Err(_) => false,
        };
        self.witness = Some(witness);
    }

    /// Asks for the session when the store is there again, and notes where nobody has noticed that it was broken. The script goes
    /// on: on a full disk the witness fits where it was, and others are lost.
    pub(super) async fn hear_witness(&mut self) {
        let Some(mut witness) = self.witness.take() else { return };
        if !witness.was_served || self.has_seen_a_disturbance() {
            return;
        }
        let kept = self.visit(&mut witness.jar, [ops::get(MARK)]).await;
        if kept.is_some_and(|answers| answers.first() == Some(&has(false))) {
            self.transcript.unseen = Some(UNSEEN);
        }
    }

    /// Whether a request of the script was not done, or not in time, since the store was broken.
    fn has_seen_a_disturbance(&self) -> bool {
        let is_held = |index| self.held.iter().any(|held| held.exchange == index);
        let ended = self.transcript.exchanges.iter().enumerate().filter(|(index, _)| !is_held(*index));
        let mut disturbed = ended.filter(|(_, exchange)| exchange.disturbed);
        disturbed.any(|(index, exchange)| exchange.outlasted || !self.transcript.is_done(index))
    }

    /// Waits until the service is served by its store again that all other scripts have: the command has broken it for that one,
    /// too.
    pub(super) async fn recover_what_others_have(&mut self) {
        let Some(given) = self.given.clone() else { return };
        if timeout(self.patience, has_recovered(&given)).await.is_err() {
            let seconds = self.patience.as_secs_f64();
            let why = format!("the service has not found it again within {seconds} s");
            self.transcript.unmended.get_or_insert(why);
        }
    }

    /// One request that is no part of the script, and what its operations answer; none where it fails.
    pub(super) async fn visit(&self, jar: &mut Jar, ops: impl Into<Vec<Operation>>) -> Option<Vec<Answer>> {
        let (origin, path) = (self.backend.origin(), self.backend.path().to_owned());
        let ops = Operations::from(ops.into());
        let mut request = CycleRequest { ops, ..CycleRequest::default() };
        if let Some(cookie) = jar.header(&origin, &path, self.backend.now()) {
            request.headers.append("Cookie", cookie);
        }
        let backend = Rc::clone(&self.backend);
        let response = timeout(self.patience, backend.cycle(request)).await.ok()?.ok()?;
        for cookie in response.headers.all("Set-Cookie") {
            // What browsers drop is judged elsewhere.
            let _ = jar.store(&origin, &path, cookie, self.backend.now());
        }
        match response.body {
            Body::Answers { results, save_error: None } if response.status < 400 => Some(results),
            Body::Answers { .. } | Body::Other(_) => None,
        }
    }
}

fn has(value: bool) -> Answer {
    Answer::Ok(value.into())
}
