//! Writes scripts in which one request of a browser is held while others go through: what each of them does is planned, and
//! so are how the held one ends and what the session has been through.

mod plan;

use serde_json::json;
use sessionspec_reference::Map;
use sessionspec_reference::value::PathStep;

use super::generator::Generator;
use super::rng::Rng;
use super::situations;
use crate::oracle::promises::{Asked, EARLY, RACER, THIEF, Tracker};
use crate::script::ops::{
    clear, delete, destroy, get, hold, items, permanent, pop, set, set_in, set_permanent, setdefault,
};
use crate::script::{Forgery, Operation, Script};
use crate::survey::{AtOnce, Nested, OLD, OnError, Permanent, Store, Survey, Values};
use plan::{Action, Ending, Plan, State};

/// The gate at which the first request waits.
const GATE: &str = "gate";

/// Those with sessions of their own.
const STRANGER: &str = "bob";

/// Writes one script.
pub(super) struct AnyRaces<'a> {
    rng: Rng,
    survey: &'a Survey,
    keys: &'a [String],
    plan: Plan,
    script: Script,
    /// How many writes there were.
    written: usize,
}

impl<'a> AnyRaces<'a> {
    /// The seed says which case it is (see [`case_seed`](super::case_seed)), and so what the race is about.
    pub(super) fn new(generator: &'a Generator, rng: Rng, seed: [u8; 32]) -> Self {
        let plan = Plan::of(situations::number(seed, 1));
        let (survey, keys) = (&generator.survey, &generator.keys);
        Self { rng, survey, keys, plan, script: Script::new(), written: 0 }
    }

    pub(super) fn script(mut self) -> Script {
        let is_serialised = self.survey.at_once == AtOnce::OnePerSession;
        let Plan { state, .. } = self.plan;
        // Two first requests may race, too.
        let is_fresh = state == State::Fresh && !is_serialised;
        if !is_fresh {
            self.begin();
        }
        let has_stranger = is_serialised || self.rng.once_in(3);
        if has_stranger {
            let ops = vec![self.set(0)];
            self.cycle(STRANGER, ops);
        }
        if let Some(over) = self.over().filter(|_| state == State::Expiring && !is_serialised) {
            return self.expiring(over);
        }
        let has_thief = !is_fresh && self.survey.store == Store::Server;
        if has_thief {
            self.script = std::mem::take(&mut self.script).copy_cookies(RACER, THIEF);
        }
        let is_old = matches!(state, State::Old | State::PermanentAndOld);
        if is_old && self.survey.virtual_time && self.survey.lives_to_be_old() {
            self.script = std::mem::take(&mut self.script).wait(OLD);
        }
        self.held(is_fresh);
        if is_serialised {
            let next = if self.rng.once_in(2) { Action::Look } else { Action::Add };
            let ops = [vec![items()], self.action(next)].concat();
            self.script = std::mem::take(&mut self.script).start(RACER, ops);
        } else {
            self.others(is_fresh);
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

    /// The session's first request.
    fn begin(&mut self) {
        let mut ops = vec![self.set(0), self.set(1)];
        if self.changes_inside() {
            ops.push(set(&self.keys[4], json!({"n": 1})));
        }
        let is_permanent = match self.plan.state {
            State::Permanent | State::PermanentAndOld => true,
            State::Expiring => self.rng.once_in(2),
            State::Young | State::Old | State::Fresh => false,
        };
        ops.extend(self.flip_permanent().filter(|_| is_permanent));
        self.cycle(RACER, ops);
    }

    /// A request that only reads is held until the session's time is over, and until somebody has found it gone.
    fn expiring(mut self, over: f64) -> Script {
        let forged = |script: Script, to| script.forge(RACER, to, Forgery::Replayed);
        self.script = [THIEF, EARLY].into_iter().fold(std::mem::take(&mut self.script), forged);
        let ops = [vec![get(&self.keys[0]), hold(GATE)], self.ending()].concat();
        self.cycle(RACER, ops);
        self.script = std::mem::take(&mut self.script).wait(over);
        self.cycle(EARLY, vec![get(&self.keys[0])]);
        self.script = std::mem::take(&mut self.script).release(GATE);
        self.cycle(THIEF, vec![items()]);
        self.script
    }

    /// When the session's time is certainly over, where that can be waited for.
    fn over(&self) -> Option<f64> {
        if !self.survey.virtual_time || self.survey.store != Store::Server {
            return None;
        }
        let mut tracker = Tracker::new(self.survey, Asked::Hardened);
        for cycle in self.script.cycles() {
            tracker.begin(&cycle.browser, None);
            for (index, op) in cycle.ops.iter().enumerate() {
                tracker.perform(index, op, None);
            }
            tracker.end(None);
        }
        tracker.left_to_live(RACER).map(|(_, gone)| gone + 0.5)
    }

    /// The request that is held: it has read the session, and has done a part of its work or nothing.
    fn held(&mut self, is_fresh: bool) {
        let action = self.plan.held;
        let mut ops = vec![get(&self.keys[0])];
        let rest = if is_fresh { vec![self.set(0)] } else { self.action(action) };
        let is_slow = match action {
            Action::Inside => true,
            Action::Rotate | Action::End => self.rng.once_in(2),
            _ => self.rng.once_in(4),
        };
        if is_fresh || is_slow {
            let saves_early =
                !is_fresh && self.survey.supports("save") && action.only_writes() && self.rng.once_in(2);
            ops.extend(rest);
            ops.extend(saves_early.then_some(Operation::Save));
            ops.push(hold(GATE));
        } else if action == Action::Add && self.rng.once_in(2) {
            // A part of what it writes is written before it waits.
            ops.push(self.set(0));
            ops.push(hold(GATE));
            ops.push(self.set(1));
        } else {
            ops.push(hold(GATE));
            ops.extend(rest);
        }
        ops.extend(self.ending());
        self.cycle(RACER, ops);
    }

    /// How the request that is held ends.
    fn ending(&mut self) -> Vec<Operation> {
        let may_raise =
            self.survey.on_error != OnError::Unknown && self.survey.at_once == AtOnce::OnePerSession;
        if may_raise && self.rng.once_in(4) {
            return vec![Operation::Raise];
        }
        let status = match self.plan.ending {
            Ending::Well => return Vec::new(),
            Ending::Redirected => 302,
            Ending::NotFound => 404,
            Ending::Failed => 500,
        };
        let can_respond = self.survey.supports("respond");
        can_respond.then_some(Operation::Respond { status }).into_iter().collect()
    }

    /// The requests that go through while the first one is held.
    fn others(&mut self, is_fresh: bool) {
        let first = match self.plan.held {
            // Whether somebody else sees it is the question.
            Action::Inside => Action::Look,
            _ => self.plan.other,
        };
        let ops = if is_fresh { vec![self.set(1)] } else { self.action(first) };
        self.cycle(RACER, ops);
        if self.rng.once_in(4) {
            let next = [Action::Look, Action::Add, Action::Overwrite][self.rng.below(3)];
            let ops = if is_fresh { vec![self.set(1)] } else { self.action(next) };
            self.cycle(RACER, ops);
        }
    }

    fn action(&mut self, action: Action) -> Vec<Operation> {
        let supports = |op| self.survey.supports(op);
        match action {
            Action::Look => vec![items()],
            Action::Overwrite => vec![self.set(0)],
            Action::Rotate if supports("regenerate") => vec![Operation::Regenerate],
            Action::End if supports("destroy") => vec![destroy()],
            Action::End | Action::Clear => vec![clear()],
            Action::SetPermanent => self.flip_permanent().map_or_else(|| vec![self.set(3)], |op| vec![op]),
            Action::Pop if supports("pop") => vec![pop(&self.keys[1])],
            Action::Delete | Action::Pop => vec![delete(&self.keys[1])],
            Action::Setdefault if supports("setdefault") => {
                self.written += 1;
                vec![setdefault(&self.keys[2], json!(format!("write {}", self.written)))]
            }
            Action::Update if supports("update") => {
                self.written += 1;
                let item = (self.keys[3].clone(), json!(format!("write {}", self.written)));
                vec![Operation::Update { items: Map::from_iter([item]) }]
            }
            Action::Inside if self.changes_inside() => {
                let path = [PathStep::Key(self.keys[4].clone()), PathStep::from("n")];
                vec![get(&self.keys[4]), set_in(path, json!(2))]
            }
            Action::Add | Action::Rotate | Action::Setdefault | Action::Update | Action::Inside => {
                let at = 2 + self.rng.below(2);
                vec![self.set(at)]
            }
        }
    }

    /// Whether the held request changes the inside of a value, which is forgotten unless somebody tells the session.
    fn changes_inside(&self) -> bool {
        self.plan.held == Action::Inside
            && self.survey.values == Values::Json
            && self.survey.supports("set_in")
            && self.survey.nested == Nested::Untracked
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
