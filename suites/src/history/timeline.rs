//! What happens to the session when, as the script says: when a request is opened, does something, is answered.

use crate::script::{Answer, Operation, Script, Step};
use crate::transcript::{Exchange, Transcript};

/// Something that happens to the session.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Event {
    /// A request is sent that is opened later.
    Sent { cycle: usize },
    /// A request is opened.
    Opens { cycle: usize },
    /// It performs an operation.
    Does { cycle: usize, op: usize },
    /// It has nothing left to change, and may have saved.
    MaySave { cycle: usize },
    /// It was answered, and saved before.
    Answered { cycle: usize },
    /// Parts of several requests, in an order that nobody knows.
    InAnyOrder(Vec<Part>),
}

/// A part of a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) cycle: usize,
    /// The first operation of it; the request is opened with operation zero.
    pub(super) from: usize,
    /// The operation before which it ends.
    pub(super) to: usize,
    /// Whether the request is answered then.
    pub(super) ends: bool,
}

/// What happens, in order. Where a session's requests are served one after the other, those that are not waited for come
/// after the one that is held.
pub(super) fn timeline(script: &Script, transcript: &Transcript) -> Vec<Event> {
    let mut timeline = Timeline { transcript, events: Vec::new(), held: Vec::new(), started: Vec::new() };
    let mut cycle = 0;
    for step in &script.steps {
        timeline.those_that_may_save();
        match step {
            Step::Cycle(_) => {
                timeline.begin(cycle);
                cycle += 1;
            }
            Step::Start(_) => {
                timeline.start(cycle);
                cycle += 1;
            }
            Step::Release(gate) => timeline.release(|held| held.gate == *gate),
            Step::CopyCookies { .. } | Step::Forge { .. } | Step::Wait { .. } | Step::Launch { .. } => {}
        }
    }
    timeline.end();
    timeline.events
}

struct Timeline<'a> {
    transcript: &'a Transcript,
    events: Vec<Event>,
    held: Vec<Held>,
    started: Vec<usize>,
}

/// A request that waits at a gate.
struct Held {
    cycle: usize,
    gate: String,
    /// The first operation after the gate.
    next: usize,
}

impl Timeline<'_> {
    fn begin(&mut self, cycle: usize) {
        // A script that broke off has more cycles than were begun.
        if self.transcript.exchanges.get(cycle).is_some() {
            self.events.push(Event::Opens { cycle });
            let part = self.part(cycle, 0);
            self.one(&part);
        }
    }

    fn start(&mut self, cycle: usize) {
        if self.transcript.exchanges.get(cycle).is_some() {
            self.events.push(Event::Sent { cycle });
            self.started.push(cycle);
        }
    }

    fn release(&mut self, is_released: impl Fn(&Held) -> bool) {
        let (released, held): (Vec<Held>, _) =
            std::mem::take(&mut self.held).into_iter().partition(is_released);
        self.held = held;
        let parts: Vec<Part> = released.iter().map(|held| self.part(held.cycle, held.next)).collect();
        match parts.as_slice() {
            [part] => self.one(part),
            parts => self.several(parts.to_vec()),
        }
        for part in parts.iter().filter(|part| part.ends) {
            self.those_that_waited_for(part.cycle);
        }
    }

    /// All gates open.
    fn end(&mut self) {
        while !self.held.is_empty() {
            self.release(|_| true);
        }
        let started = std::mem::take(&mut self.started);
        self.several(started.into_iter().map(|cycle| self.whole(cycle)).collect());
    }

    /// Requests of the same browser that were not waited for, once none of its requests is held.
    fn those_that_waited_for(&mut self, answered: usize) {
        let browser = |cycle: usize| self.transcript.exchanges.get(cycle).map(|exchange| &exchange.browser);
        let own = browser(answered);
        if self.held.iter().any(|held| browser(held.cycle) == own) {
            return;
        }
        let (waited, started): (Vec<usize>, _) =
            self.started.iter().partition(|cycle| browser(**cycle) == own);
        let parts = waited.into_iter().map(|cycle| self.whole(cycle)).collect();
        self.started = started;
        self.several(parts);
    }

    fn one(&mut self, part: &Part) {
        self.events.extend((part.from..part.to).map(|op| Event::Does { cycle: part.cycle, op }));
        self.ended(part);
    }

    fn several(&mut self, parts: Vec<Part>) {
        if parts.is_empty() {
            return;
        }
        self.events.push(Event::InAnyOrder(parts.clone()));
        parts.iter().filter(|part| !part.ends).for_each(|part| self.ended(part));
    }

    fn ended(&mut self, part: &Part) {
        let cycle = part.cycle;
        if part.ends {
            self.events.push(Event::Answered { cycle });
            return;
        }
        let hold = part.to.checked_sub(1).and_then(|hold| self.transcript.exchanges[cycle].ops.get(hold));
        if let Some(Operation::Hold { gate }) = hold {
            self.held.push(Held { cycle, gate: gate.clone(), next: part.to });
        }
    }

    fn those_that_may_save(&mut self) {
        let exchanges = &self.transcript.exchanges;
        let is_done = |held: &&Held| !exchanges[held.cycle].ops[held.next..].iter().any(Operation::writes);
        self.events.extend(self.held.iter().filter(is_done).map(|held| Event::MaySave { cycle: held.cycle }));
    }

    fn whole(&self, cycle: usize) -> Part {
        let to = self.transcript.exchanges.get(cycle).map_or(0, |exchange| exchange.ops.len());
        Part { cycle, from: 0, to, ends: true }
    }

    /// What is done from this operation on, up to the next gate that is closed.
    fn part(&self, cycle: usize, from: usize) -> Part {
        let exchange = &self.transcript.exchanges[cycle];
        let gate = (from..exchange.ops.len()).find(|op| waits_there(exchange, *op));
        match gate {
            Some(hold) => Part { cycle, from, to: hold + 1, ends: false },
            None => Part { cycle, from, to: exchange.ops.len(), ends: true },
        }
    }
}

/// Whether the request waited there: a hold that failed held nothing, and a gate that was passed before is open.
fn waits_there(exchange: &Exchange, op: usize) -> bool {
    let Operation::Hold { gate } = &exchange.ops[op] else { return false };
    let passed =
        exchange.ops[..op].iter().any(|op| matches!(op, Operation::Hold { gate: other } if other == gate));
    !passed && exchange.answer(op).is_none_or(Answer::is_done)
}
