//! Plays a scenario whose sessions would end of themselves meanwhile with sessions that are given a longer lifetime, so that what
//! comes of it does not depend on how fast the service happens to be.

use std::rc::Rc;
use std::time::{Duration, Instant};

use super::{Played, Scenarios};
use crate::backend::BackendError;
use crate::checks::Check;
use crate::expect::Scenario;
use crate::play::play_judgeable;
use crate::script::Operation;
use crate::script::ops::{get, set};

/// How long these sessions live, in seconds. It is no longer than an application may ask for.
const LONGER: f64 = 600.0;

impl Scenarios {
    /// Plays a scenario with sessions that live longer, where it asks the same with them. It is judged where sessions are seen to
    /// have lived so long: by what is found in the end, or else by a session beside which nothing happens.
    pub(super) async fn play_longer(&self, check: &Check, scenario: &Scenario) -> Played {
        if self.survey.virtual_time || !self.survey.supports("set_lifetime") {
            return Ok(None);
        }
        let Some(longer) = scenario.living_for(LONGER) else { return Ok(None) };
        let began = Instant::now();
        let transcript = play_judgeable(&self.backend, &longer.script, self.patience).await?;
        if !longer.shows_life(&transcript) && !self.live_so_long(began.elapsed(), &longer).await? {
            return Ok(None);
        }
        self.lived_longer.borrow_mut().insert(check.id);
        Ok(Some((Rc::new(longer), transcript)))
    }

    /// Whether a session with a longer lifetime is there after this time, although it was written, read and rotated after it was given
    /// that, as far as this scenario does so.
    async fn live_so_long(&self, time: Duration, longer: &Scenario) -> Result<bool, BackendError> {
        let begun = Scenario::new("still-there")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [Operation::SetLifetime { seconds: LONGER }.is_done()])
            .cycle("ann", [set("size", "small").is_done()])
            .cycle("ann", [get("size").unjudged()]);
        let mut ops = longer.script.cycles().flat_map(|cycle| &cycle.ops);
        let is_rotated = ops.any(|op| *op == Operation::Regenerate);
        let used = if is_rotated { begun.cycle("ann", [Operation::Regenerate.is_done()]) } else { begun };
        let scenario = used.wait(time.as_secs_f64()).cycle("ann", [get("colour").is("red")]);
        let transcript = play_judgeable(&self.backend, &scenario.script, self.patience).await?;
        let judgement = scenario.judge(&transcript);
        Ok(judgement.comparisons > 0 && judgement.finding.is_none())
    }
}
