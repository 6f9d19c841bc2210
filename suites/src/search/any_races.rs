//! Writes scripts in which one request of a browser is held while others go through: what each of them does is drawn, and
//! so is what the session has been through.

use serde_json::json;

use super::generate::Generator;
use super::rng::Rng;
use crate::oracle::promises::{RACER, THIEF};
use crate::script::ops::{clear, delete, destroy, get, hold, items, permanent, set, set_permanent};
use crate::script::{Operation, Script};
use crate::survey::{AtOnce, OLD, OnError, Permanent, Store, Survey};

/// The gate at which the first request waits.
const GATE: &str = "gate";

/// Somebody with a session of their own.
const STRANGER: &str = "bob";

/// What a request does.
#[derive(Clone, Copy)]
enum Deed {
    Look,
    Add,
    Overwrite,
    Remove,
    Rotate,
    End,
    SetPermanent,
}

/// Deeds, and how often each is drawn.
const HELD: [(u32, Deed); 7] = [
    (3, Deed::Look),
    (4, Deed::Add),
    (1, Deed::Overwrite),
    (1, Deed::Remove),
    (3, Deed::Rotate),
    (1, Deed::End),
    (1, Deed::SetPermanent),
];
const OTHERS: [(u32, Deed); 7] = [
    (2, Deed::Look),
    (3, Deed::Add),
    (2, Deed::Overwrite),
    (1, Deed::Remove),
    (3, Deed::Rotate),
    (3, Deed::End),
    (1, Deed::SetPermanent),
];

/// Writes one script.
pub(super) struct AnyRaces<'a> {
    rng: Rng,
    survey: &'a Survey,
    keys: &'a [String],
    script: Script,
    /// How many writes there were.
    written: usize,
}

impl<'a> AnyRaces<'a> {
    pub(super) fn new(plan: &'a Generator, rng: Rng) -> Self {
        Self { rng, survey: &plan.survey, keys: &plan.keys, script: Script::new(), written: 0 }
    }

    pub(super) fn script(mut self) -> Script {
        let is_serialised = self.survey.at_once == AtOnce::OnePerSession;
        // Two first requests may race, too.
        let is_fresh = !is_serialised && self.rng.once_in(10);
        if !is_fresh {
            let mut ops = vec![self.set(0), self.set(1)];
            ops.extend(self.flip_permanent().filter(|_| self.rng.once_in(3)));
            self.cycle(RACER, ops);
        }
        let has_stranger = is_serialised || self.rng.once_in(3);
        if has_stranger {
            let ops = vec![self.set(0)];
            self.cycle(STRANGER, ops);
        }
        let has_thief = !is_fresh && self.survey.store == Store::Server && self.rng.once_in(2);
        if has_thief {
            self.script = std::mem::take(&mut self.script).copy_cookies(RACER, THIEF);
        }
        if !is_fresh && self.survey.virtual_time && self.survey.lives_to_be_old() && self.rng.once_in(3) {
            self.script = std::mem::take(&mut self.script).wait(OLD);
        }
        self.held(is_fresh);
        if is_serialised {
            let ops = [vec![items()], self.deed_of(&[(2, Deed::Look), (3, Deed::Add)])].concat();
            self.script = std::mem::take(&mut self.script).start(RACER, ops);
        } else {
            for _ in 0..1 + usize::from(self.rng.once_in(3)) {
                let ops = if is_fresh { vec![self.set(1)] } else { self.deed_of(&OTHERS) };
                self.cycle(RACER, ops);
            }
        }
        if has_stranger {
            // Where they wait for each other, the second request has had its time to arrive when the first is released.
            for _ in 0..if is_serialised { 3 } else { 1 } {
                self.cycle(STRANGER, vec![items()]);
            }
        }
        self.script = std::mem::take(&mut self.script).release(GATE);
        if has_thief {
            self.cycle(THIEF, vec![items()]);
        }
        let look = [Some(items()), self.flip_permanent().map(|_| permanent())];
        self.cycle(RACER, look.into_iter().flatten().collect());
        self.script
    }

    /// The request that is held: it has read the session, and has done a part of its work or nothing.
    fn held(&mut self, is_fresh: bool) {
        let mut ops = vec![get(&self.keys[0])];
        let rest = if is_fresh { vec![self.set(0)] } else { self.deed_of(&HELD) };
        if is_fresh || self.rng.once_in(4) {
            ops.extend(rest);
            ops.push(hold(GATE));
        } else if self.rng.once_in(4) {
            // A part of what it writes is written before it waits.
            ops.push(self.set(0));
            ops.push(hold(GATE));
            ops.push(self.set(1));
        } else {
            ops.push(hold(GATE));
            ops.extend(rest);
        }
        let may_raise =
            self.survey.on_error != OnError::Unknown && self.survey.at_once == AtOnce::OnePerSession;
        ops.extend((may_raise && self.rng.once_in(4)).then_some(Operation::Raise));
        self.cycle(RACER, ops);
    }

    fn deed_of(&mut self, deeds: &[(u32, Deed)]) -> Vec<Operation> {
        let can_rotate = self.survey.supports("regenerate");
        match self.rng.weighted(deeds).unwrap_or(Deed::Look) {
            Deed::Rotate if can_rotate => vec![Operation::Regenerate],
            Deed::End => {
                let is_destroyed = self.survey.supports("destroy") && !self.rng.once_in(3);
                vec![if is_destroyed { destroy() } else { clear() }]
            }
            Deed::SetPermanent => self.flip_permanent().map_or_else(|| vec![self.set(3)], |op| vec![op]),
            Deed::Look => vec![items()],
            Deed::Overwrite => vec![self.set(0)],
            Deed::Remove => vec![delete(&self.keys[1])],
            Deed::Add | Deed::Rotate => {
                let at = 2 + self.rng.below(2);
                vec![self.set(at)]
            }
        }
    }

    fn flip_permanent(&self) -> Option<Operation> {
        let is_kept = self.survey.permanent.observed().is_some_and(Permanent::persists);
        is_kept.then(|| set_permanent(!self.survey.permanent_default))
    }

    fn set(&mut self, key: usize) -> Operation {
        self.written += 1;
        set(&self.keys[key], json!(format!("write {}", self.written)))
    }

    fn cycle(&mut self, browser: &str, ops: Vec<Operation>) {
        self.script = std::mem::take(&mut self.script).cycle(browser, ops);
    }
}
