//! Writes scripts in which requests of one browser overlap. Every write has a value of its own, so
//! that a value that is read says which request wrote it.

use std::collections::VecDeque;

use serde_json::json;

use super::generator::BROWSERS;
use super::rng::Rng;
use super::values::KEYS;
use crate::script::ops::{clear, destroy, hold, items, set};
use crate::script::{Operation, Script};
use crate::survey::{AtOnce, Survey};

/// The most requests that are held at once in a script that goes step by step.
const MOST_HELD: usize = 3;

/// The gate at which requests wait that go on together.
const TOGETHER: &str = "together";

/// What a request does after it was held.
#[derive(Clone, Copy)]
enum Then {
    Writes,
    Ends,
}

/// Writes one script.
pub(super) struct OverlappingScripts<'a> {
    rng: Rng,
    survey: &'a Survey,
    keys: &'a [String],
    script: Script,
    /// How many writes there were.
    written: usize,
    /// How many gates there were.
    gates: usize,
    /// The gates that are closed.
    closed: VecDeque<String>,
    /// Whether requests are started that wait for those at the gate: not before every browser has a session.
    started_to_wait: bool,
}

impl<'a> OverlappingScripts<'a> {
    pub(super) fn new(rng: Rng, survey: &'a Survey, keys: &'a [String]) -> Self {
        let script = Script::new();
        Self {
            rng,
            survey,
            keys,
            script,
            written: 0,
            gates: 0,
            closed: VecDeque::new(),
            started_to_wait: false,
        }
    }

    /// One request after the other is begun, some are held, and all of them end.
    pub(super) fn step_by_step(mut self) -> Script {
        let browser = BROWSERS[0];
        let first = if self.rng.once_in(6) { Vec::new() } else { vec![self.set(), self.set()] };
        self.cycle(browser, first);
        for _ in 0..3 + self.rng.below(6) {
            self.turn(browser);
        }
        while !self.closed.is_empty() {
            self.release();
        }
        self.cycle(browser, vec![items()]);
        self.script
    }

    fn turn(&mut self, browser: &str) {
        let held = self.closed.len();
        match self.rng.below(6) {
            0..=2 if held < self.most_held() => self.held(browser),
            0..=1 if held > 0 => self.release(),
            2 => {
                let ops = vec![items(), self.set()];
                self.cycle(BROWSERS[1], ops);
            }
            _ if held > 0 && self.is_serialised() => self.started(browser),
            _ => {
                let ops = self.plain();
                self.cycle(browser, ops);
            }
        }
    }

    /// Rounds in which several browsers have requests at work at once, which all go on together: their first requests,
    /// then several of each browser, and at last some that end a session while others write to it.
    pub(super) fn in_parallel(mut self) -> Script {
        self.together(&[(1, Then::Writes)]);
        self.started_to_wait = self.is_serialised();
        self.together(&[(2, Then::Writes)]);
        let last = if self.is_serialised() { Then::Writes } else { Then::Ends };
        self.together(&[(1, Then::Writes), (1, last)]);
        self.script
    }

    /// So many requests of each browser for each entry, held and released together; then everybody looks.
    fn together(&mut self, of_each: &[(usize, Then)]) {
        for browser in BROWSERS {
            // Where one waits for the other, only one of each browser gets to the gate.
            let requests = of_each.iter().flat_map(|(times, then)| std::iter::repeat_n(*then, *times));
            for (at, then) in requests.enumerate() {
                if at > 0 && self.is_serialised() {
                    continue;
                }
                let rest = match then {
                    Then::Writes => vec![self.change(), self.set()],
                    Then::Ends => vec![self.ending()],
                };
                self.cycle(browser, [vec![items(), hold(TOGETHER)], rest].concat());
            }
        }
        if self.started_to_wait {
            BROWSERS.into_iter().for_each(|browser| self.started(browser));
        }
        self.script = std::mem::take(&mut self.script).release(TOGETHER);
        for browser in BROWSERS {
            self.cycle(browser, vec![items()]);
        }
    }

    fn cycle(&mut self, browser: &str, ops: Vec<Operation>) {
        self.script = std::mem::take(&mut self.script).cycle(browser, ops);
    }

    /// A request that nobody waits for.
    fn started(&mut self, browser: &str) {
        let ops = vec![items(), self.change(), items()];
        self.script = std::mem::take(&mut self.script).start(browser, ops);
    }

    /// A request that is held: it has read the session before, and sometimes changed it.
    fn held(&mut self, browser: &str) {
        self.gates += 1;
        let gate = format!("gate {}", self.gates);
        let mut ops = vec![items()];
        if self.rng.once_in(3) {
            ops.push(self.change());
        }
        ops.push(hold(&gate));
        for _ in 0..self.rng.below(3) {
            ops.push(self.change());
        }
        if self.rng.once_in(8) && !self.is_serialised() {
            ops.push(self.ending());
        } else if self.rng.once_in(3) {
            ops.push(items());
        }
        self.cycle(browser, ops);
        self.closed.push_back(gate);
    }

    fn release(&mut self) {
        let which = self.rng.below(self.closed.len());
        if let Some(gate) = self.closed.remove(which) {
            self.script = std::mem::take(&mut self.script).release(&gate);
        }
    }

    /// A request that goes through at once.
    fn plain(&mut self) -> Vec<Operation> {
        if self.rng.once_in(8) && !self.is_serialised() {
            return vec![self.ending()];
        }
        let mut ops = vec![items()];
        for _ in 0..self.rng.below(3) {
            ops.push(self.change());
        }
        ops
    }

    fn change(&mut self) -> Operation {
        if self.rng.once_in(4) { Operation::Delete { key: self.key() } } else { self.set() }
    }

    fn set(&mut self) -> Operation {
        self.written += 1;
        let key = self.key();
        set(&key, json!(format!("write {}", self.written)))
    }

    fn key(&mut self) -> String {
        self.rng.choose(self.keys).map_or(KEYS[0], String::as_str).to_owned()
    }

    /// Ends the session, in one way or another.
    fn ending(&mut self) -> Operation {
        let can_destroy = self.survey.supports(destroy().name());
        if can_destroy && self.rng.once_in(2) { destroy() } else { clear() }
    }

    fn is_serialised(&self) -> bool {
        self.survey.at_once == AtOnce::OnePerSession
    }

    fn most_held(&self) -> usize {
        if self.is_serialised() { 1 } else { MOST_HELD }
    }
}

#[cfg(test)]
mod tests;
