//! Brings a session into the situation in which something is done.

use serde_json::json;
use sessionspec_reference::Map;

use super::AnyScripts;
use super::lives::{LATECOMER, STRAGGLER};
use crate::script::ops::{clear, delete, items, set, set_permanent, setdefault};
use crate::script::{Forgery, Operation, incompressible};
use crate::search::situations::{Action, Ending, Past};

/// Larger than a cookie.
const LARGE: usize = 6000;

/// Keys that a backend may refuse.
const BEYOND_ASCII: [&str; 2] = ["gr\u{fc}\u{df}e", "\u{1f422}"];

/// So often a session is written that is written often.
const OFTEN: usize = 11;

impl AnyScripts<'_> {
    /// Brings the browser's session into a situation. Where the next request ends well, the last one of these ends like it.
    pub(super) fn past(&mut self, browser: &'static str, past: Past, ending: Ending) {
        let ending = match ending {
            Ending::Status(200..400) | Ending::WithoutBody { otherwise: 200..400, .. } => ending,
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
                for number in 0..if self.is_often { OFTEN } else { 0 } {
                    self.write_again(browser, number);
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
                let ops = self.begun_again(browser);
                self.cycle(browser, ops);
            }
            Past::Large => {
                let key = self.new_key(browser);
                self.cycle(browser, vec![set(&key, incompressible(LARGE))]);
            }
            Past::StrangeKeys => {
                let ops = self.plan.more_keys.iter().map(|key| set(key, "kept")).collect();
                self.cycle(browser, ops);
                let ops = BEYOND_ASCII.map(|key| set(key, "kept")).to_vec();
                self.cycle(browser, ops);
            }
            Past::ShorterLifetime => self.own_lifetime(browser, false),
            Past::LongerLifetime => self.own_lifetime(browser, true),
            Past::OwnLifetimeUsed => {
                let longer = self.rng.once_in(2);
                self.own_lifetime(browser, longer);
                self.use_with_own_lifetime(browser, self.count);
                self.use_with_own_lifetime(browser, self.count / 2 + 1);
            }
            Past::OlderThanASecond => self.wait(1.5),
            Past::NearItsEnd => self.wait_until_nearly_over(browser),
            Past::Over => {
                for late in [LATECOMER, STRAGGLER] {
                    self.forge(browser, late, Forgery::Replayed);
                }
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

    /// The session with a lifetime of its own is used in one of many ways, and keeps that.
    fn use_with_own_lifetime(&mut self, browser: &str, turn: usize) {
        let actions = [Action::Set, Action::Pop, Action::Read, Action::Update, Action::Rotate];
        match actions.get(turn % (actions.len() + 1)) {
            Some(Action::Rotate) => {
                self.rotate(browser);
                self.rotate(browser);
            }
            Some(action) => {
                let ops = self.action(browser, *action);
                self.cycle(browser, ops);
            }
            None => {
                let ops = self.if_tried(set_permanent(false));
                self.cycle(browser, ops.into_iter().collect());
            }
        }
    }

    /// Another item, written or removed by one of the ways in turn. What one of them has written stays, or is removed by the last
    /// one, so that nothing hides what was lost.
    fn write_again(&mut self, browser: &str, number: usize) {
        let (way, first) = (number % 4, 3 + number / 4 * 3);
        let key = self.plan.more_keys[first + way % 3].clone();
        let value = self.steps.len().to_string();
        let op = match way {
            0 => None,
            1 => self.if_tried(setdefault(&key, value.clone())),
            2 => self.if_tried(Operation::Update { items: Map::from_iter([(key.clone(), json!(value))]) }),
            _ => Some(delete(&key)),
        };
        self.cycle(browser, vec![op.unwrap_or_else(|| set(&key, value))]);
    }

    /// The first request of a session, which may get an id of its own at once.
    fn begun_again(&mut self, browser: &str) -> Vec<Operation> {
        let survey = self.survey();
        let is_rotated = survey.supports("regenerate") && self.rng.once_in(2);
        let rest = [Operation::Regenerate, Operation::Save].into_iter();
        let rest = rest.filter(|op| is_rotated && survey.supports(op.name()));
        [self.set_new(browser)].into_iter().chain(rest).collect()
    }

    fn rotate(&mut self, browser: &str) {
        let ops = self.rotation(browser, false, false);
        self.cycle(browser, ops);
    }

    fn own_lifetime(&mut self, browser: &str, longer: bool) {
        let ops = self.lifetime(browser, longer, false);
        self.cycle(browser, ops);
    }
}
