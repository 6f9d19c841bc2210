//! The script of a failure as a sequence between browsers and backend.

use std::collections::BTreeMap;

use serde::Serialize;
use sessionspec::report::{Failure, ShownExchange};
use sessionspec::script::Step;

/// The style has so many lanes; more browsers share the last one.
const MOST_LANES: usize = 8;

/// What went to and fro.
#[derive(Serialize)]
pub(super) struct Sequence {
    /// The browsers, in the order in which they appear: one lane each.
    lanes: Vec<String>,
    rows: Vec<Row>,
}

/// One row of the sequence. Absent parts are not drawn.
#[derive(Serialize, Default)]
struct Row {
    /// The lane, from 1.
    lane: usize,
    browser: String,
    /// A remark that belongs to no cycle.
    remark: Option<String>,
    /// The number of the cycle, from 1, where it begins here.
    begins: Option<usize>,
    /// The number of the cycle, from 1, where it goes on here after it was held.
    goes_on: Option<usize>,
    cookie: Option<String>,
    ops: Vec<Op>,
    /// The gate at which the cycle waits now.
    held: Option<String>,
    response: Option<Response>,
}

#[derive(Serialize)]
struct Op {
    call: String,
    answer: Option<String>,
    /// Whether this is the answer that was not expected.
    here: bool,
}

#[derive(Serialize)]
struct Response {
    status: String,
    set_cookie: Vec<String>,
    dropped: Vec<String>,
    /// Whether the response as a whole is what was not expected.
    here: bool,
}

/// A cycle that waits at its gate.
struct Held {
    cycle: usize,
    gate: String,
    /// The first operation after the gate.
    next_op: usize,
}

impl Sequence {
    pub(super) fn of(failure: &Failure) -> Option<Self> {
        if failure.transcript.is_empty() {
            return None;
        }
        let mut drawing = Drawing { failure, lanes: BTreeMap::new(), names: Vec::new(), rows: Vec::new() };
        drawing.draw();
        Some(Self { lanes: drawing.names, rows: drawing.rows })
    }
}

struct Drawing<'a> {
    failure: &'a Failure,
    lanes: BTreeMap<&'a str, usize>,
    names: Vec<String>,
    rows: Vec<Row>,
}

impl<'a> Drawing<'a> {
    fn draw(&mut self) {
        let exchanges = &self.failure.transcript;
        let Some(scenario) = &self.failure.scenario else {
            for cycle in 0..exchanges.len() {
                self.cycle(cycle);
            }
            return;
        };
        let mut held: Vec<Held> = Vec::new();
        let mut next_cycle = 0;
        for step in &scenario.script.steps {
            match step {
                Step::Cycle(_) | Step::Start(_) if next_cycle < exchanges.len() => {
                    held.extend(self.cycle(next_cycle));
                    next_cycle += 1;
                }
                // A script that broke off has more cycles than were begun.
                Step::Cycle(_) | Step::Start(_) => break,
                Step::Release(gate) => {
                    self.remark(format!("gate {gate} opens"));
                    if let Some(at) = held.iter().position(|held| held.gate == *gate) {
                        self.go_on(&held.remove(at));
                    }
                }
                Step::CopyCookies { from, to } => self.remark(format!("{to} gets the cookies of {from}")),
                Step::Forge { from, to, forgery, .. } => {
                    self.remark(format!("{to} gets the cookies of {from} {forgery}"));
                }
                Step::Wait { seconds } => self.remark(format!("{seconds} s pass")),
                Step::Launch { lifetime } => {
                    self.remark(format!("started again: permanent sessions live for {lifetime} s"));
                }
            }
        }
        if !held.is_empty() {
            self.remark("the script ends: all gates open".to_owned());
        }
        held.iter().for_each(|held| self.go_on(held));
    }

    /// A cycle up to its answer, or up to the gate at which it is held.
    fn cycle(&mut self, cycle: usize) -> Option<Held> {
        let exchange = &self.failure.transcript[cycle];
        let gate = exchange.ops.iter().enumerate().find_map(|(index, shown)| {
            // A hold that was refused held nothing.
            let was_done = shown.answer.as_deref().is_none_or(|answer| answer == "done");
            let gate = shown.op.get("gate")?.as_str().filter(|_| was_done)?;
            Some((index, gate.to_owned()))
        });
        let upto = gate.as_ref().map_or(exchange.ops.len(), |(index, _)| index + 1);
        let row = Row {
            begins: Some(cycle + 1),
            cookie: exchange.cookie.clone(),
            ops: self.ops(cycle, 0..upto),
            held: gate.as_ref().map(|(_, gate)| gate.clone()),
            response: gate.is_none().then(|| self.response(cycle)),
            ..self.row(exchange)
        };
        self.rows.push(row);
        gate.map(|(index, gate)| Held { cycle, gate, next_op: index + 1 })
    }

    /// The rest of a cycle that was held.
    fn go_on(&mut self, held: &Held) {
        let exchange = &self.failure.transcript[held.cycle];
        let row = Row {
            goes_on: Some(held.cycle + 1),
            ops: self.ops(held.cycle, held.next_op..exchange.ops.len()),
            response: Some(self.response(held.cycle)),
            ..self.row(exchange)
        };
        self.rows.push(row);
    }

    fn remark(&mut self, remark: String) {
        self.rows.push(Row { remark: Some(remark), ..Row::default() });
    }

    fn row(&mut self, exchange: &'a ShownExchange) -> Row {
        let browser = exchange.browser.as_str();
        let next = (self.lanes.len() + 1).min(MOST_LANES);
        let lane = *self.lanes.entry(browser).or_insert(next);
        match self.names.get_mut(lane - 1) {
            None => self.names.push(browser.to_owned()),
            Some(names) if names != browser && lane == MOST_LANES && !names.contains(browser) => {
                names.push_str(", ");
                names.push_str(browser);
            }
            Some(_) => {}
        }
        Row { lane, browser: browser.to_owned(), ..Row::default() }
    }

    fn ops(&self, cycle: usize, which: std::ops::Range<usize>) -> Vec<Op> {
        let exchange = &self.failure.transcript[cycle];
        let shown = which.map(|index| Op {
            call: exchange.ops[index].call(),
            answer: exchange.ops[index].answer.clone(),
            here: self.failure.at.is_some_and(|at| at.cycle == cycle && at.op == Some(index)),
        });
        shown.collect()
    }

    fn response(&self, cycle: usize) -> Response {
        let exchange = &self.failure.transcript[cycle];
        Response {
            status: exchange.status.clone(),
            set_cookie: exchange.set_cookie.clone(),
            dropped: exchange.dropped.clone(),
            here: self.failure.at.is_some_and(|at| at.cycle == cycle && at.op.is_none()),
        }
    }
}
