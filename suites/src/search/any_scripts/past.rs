//! Brings a session into the situation in which something is done.

use serde_json::json;

use super::AnyScripts;
use super::lives::LATECOMER;
use crate::script::ops::{clear, items, set, set_permanent};
use crate::script::{Forgery, Operation, incompressible};
use crate::search::situations::{Action, Ending, Past};

/// Larger than a cookie.
const LARGE: usize = 6000;

/// So often a session is written that is written often.
const OFTEN: usize = 11;

impl AnyScripts<'_> {
    /// Brings the browser's session into a situation. Where the next request ends well, the last one of these ends like it.
    pub(super) fn past(&mut self, browser: &'static str, past: Past, ending: Ending) {
        let ending = match ending {
            Ending::Status(200..400) => ending,
            _ => Ending::Status(200),
        };
        if past == Past::Fresh {
            return;
        }
        let mut ops = self.beginning(browser);
        let flipped = !self.survey().permanent_default;
        match past {
            Past::Permanent | Past::NoLongerPermanent | Past::PermanentRotated | Past::PermanentWritten => {
                ops.extend(self.if_tried(set_permanent(flipped)));
            }
            // Half of these are permanent.
            Past::NearItsEnd
            | Past::Over
            | Past::OlderThanASecond
            | Past::Written
            | Past::Rotated
            | Past::RotatedTwice
            | Past::BegunAgain
            | Past::LongerLifetime
                if self.rng.once_in(2) =>
            {
                ops.extend(self.if_tried(set_permanent(flipped)));
            }
            _ => {}
        }
        self.cycle(browser, ops);
        match past {
            Past::WrittenTwice => {
                // Now and then, many times.
                for _ in 0..if self.turn == 2 { OFTEN } else { 0 } {
                    self.write_again(browser);
                }
                let ops = vec![self.set_new(browser)];
                self.request(browser, ops, ending);
            }
            Past::ReadBefore => self.cycle(browser, vec![items()]),
            Past::PermanentWritten => {
                self.write(browser);
                self.look(browser);
            }
            Past::NoLongerPermanent => {
                let ops = [Some(self.set_new(browser)), self.if_tried(set_permanent(!flipped))];
                self.cycle(browser, ops.into_iter().flatten().collect());
            }
            Past::Refilled => {
                self.cycle(browser, vec![clear()]);
                self.write(browser);
            }
            Past::Shrunk => {
                let key = self.new_key(browser);
                self.cycle(browser, vec![set(&key, incompressible(LARGE))]);
                self.cycle(browser, vec![set(&key, "small")]);
            }
            Past::Rotated | Past::PermanentRotated => {
                self.keep(browser);
                self.rotate(browser);
            }
            Past::RotatedTwice => {
                self.keep(browser);
                self.rotate(browser);
                self.keep(browser);
                self.rotate(browser);
            }
            Past::BegunAgain => {
                self.keep(browser);
                let end = self.end();
                self.cycle(browser, vec![end]);
                self.write(browser);
            }
            Past::ShorterLifetime => self.own_lifetime(browser, false),
            Past::LongerLifetime => self.own_lifetime(browser, true),
            Past::OwnLifetimeUsed => {
                let longer = self.rng.once_in(2);
                self.own_lifetime(browser, longer);
                let action =
                    [Action::Set, Action::Pop, Action::Read, Action::Update, Action::Rotate][self.count % 5];
                let ops = self.action(browser, action);
                self.cycle(browser, ops);
            }
            Past::OlderThanASecond => self.wait(1.5),
            Past::NearItsEnd => self.wait_until_nearly_over(browser),
            Past::Over => {
                self.forge(browser, LATECOMER, Forgery::Replayed);
                self.wait_until_over(browser);
            }
            _ => {}
        }
    }

    /// Two items, fit for what comes next: one that can be changed inside, one that another value resembles, or two whose keys
    /// resemble each other. Now and then another session has begun in the same way.
    fn beginning(&mut self, browser: &str) -> Vec<Operation> {
        if let Some(ops) = self.beginning.clone().filter(|_| self.rng.once_in(4)) {
            return ops;
        }
        let first = self.set_new(browser);
        let other = match self.next {
            Some(Action::Nested) => self.prepared(json!({"n": 1})),
            Some(Action::Overwrite) => {
                let value = self.lookalike();
                self.prepared(value)
            }
            _ => self.set_new(browser),
        };
        let ops = match self.next {
            Some(Action::Delete | Action::Pop) if self.has_neighbours() => self.neighbours().into(),
            _ => vec![first, other],
        };
        self.beginning = Some(ops.clone());
        ops
    }

    /// Another value for an item of the session.
    fn write_again(&mut self, browser: &str) {
        let key = self.plan.more_keys[0].clone();
        let number = self.steps.len().to_string();
        self.cycle(browser, vec![set(&key, number)]);
    }

    fn rotate(&mut self, browser: &str) {
        let ops = self.rotation(browser, false, false);
        self.cycle(browser, ops);
    }

    fn own_lifetime(&mut self, browser: &str, longer: bool) {
        let ops = self.lifetime(browser, longer);
        self.cycle(browser, ops);
    }
}
