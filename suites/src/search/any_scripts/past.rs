//! Brings a session into the situation in which something is done.

use serde_json::json;

use super::AnyScripts;
use crate::script::ops::{clear, items, set, set_permanent};
use crate::script::{Operation, incompressible};
use crate::search::situations::{Deed, Past};

/// Larger than a cookie.
const LARGE: usize = 6000;

impl AnyScripts<'_> {
    /// Brings the browser's session into a situation.
    pub(super) fn past(&mut self, browser: &'static str, past: Past) {
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
            Past::WrittenTwice => self.write(browser),
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
            Past::Rotated | Past::PermanentRotated => self.rotate(browser),
            Past::RotatedTwice => {
                self.rotate(browser);
                self.rotate(browser);
            }
            Past::BegunAgain => {
                let end = if self.survey().supports("destroy") { Operation::Destroy } else { clear() };
                self.cycle(browser, vec![end]);
                self.write(browser);
            }
            Past::ShorterLifetime => self.own_lifetime(browser, false),
            Past::LongerLifetime => self.own_lifetime(browser, true),
            Past::OwnLifetimeUsed => {
                let longer = self.rng.once_in(2);
                self.own_lifetime(browser, longer);
                match self.rng.below(3) {
                    0 => self.write(browser),
                    1 => self.look(browser),
                    _ => self.rotate(browser),
                }
            }
            Past::OlderThanASecond => self.wait(1.5),
            Past::NearItsEnd => self.wait_until_nearly_over(browser),
            Past::Over => self.wait_until_over(browser),
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
            Some(Deed::Nested) => self.prepared(json!({"n": 1})),
            Some(Deed::Overwrite) => {
                let value = self.lookalike();
                self.prepared(value)
            }
            _ => self.set_new(browser),
        };
        let ops = match self.next {
            Some(Deed::Remove) if self.has_neighbours() => self.neighbours().into(),
            _ => vec![first, other],
        };
        self.beginning = Some(ops.clone());
        ops
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
