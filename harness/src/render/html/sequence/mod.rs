//! The script of a failure as a sequence between browsers and backend.

use std::collections::BTreeMap;

use serde::Serialize;
use sessionspec::engine::report::{Failure, ShownExchange, schedule};
use sessionspec::engine::script::{FLUSHED, MENDED, Part, Processes, Segment, Step, Then, awake, paused};

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
    /// The node to which it goes, and over which connection, where the script says so.
    way: String,
    /// The pairs of its `Cookie` field, each to be copied alone.
    cookies: Vec<String>,
    ops: Vec<Op>,
    /// The gate at which the cycle waits now.
    held: Option<String>,
    /// Whether the script goes on before the cycle is answered.
    not_waited_for: bool,
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
        let failure = self.failure;
        let script = failure.scenario.as_ref().map(|scenario| &scenario.script);
        for part in schedule(script, &failure.transcript) {
            match part {
                Part::Segment(segment) => self.segment(segment),
                Part::Step(step) => self.step(step),
                Part::End => self.remark("the script ends: all gates open".to_owned()),
            }
        }
    }

    /// A step that is no cycle.
    fn step(&mut self, step: &Step) {
        match step {
            Step::Release(gate) => self.remark(format!("gate {gate} opens")),
            Step::CopyCookies { from, to } => self.remark(format!("{to} gets the cookies of {from}")),
            Step::Forge { from, to, with, forgery } => {
                let told = forgery.told(with.as_deref());
                self.remark(format!("{to} gets the cookies of {from} {told}"));
            }
            Step::Wait { seconds } => self.remark(format!("{seconds} s pass")),
            Step::Launch { lifetime } => {
                self.remark(format!("started again: permanent sessions live for {lifetime} s"));
            }
            Step::Restart { by } => self.remark(by.as_str().to_owned()),
            Step::Apart { nodes, ahead } => {
                self.remark(Processes { nodes: *nodes, ahead: *ahead, see_sessions_end: false }.to_string());
            }
            Step::Pause { node } => self.remark(paused(*node)),
            Step::Wake { node } => self.remark(awake(*node)),
            Step::Break { fault } => self.remark(fault.to_string()),
            Step::Mend {} => self.remark(MENDED.to_owned()),
            Step::Flush {} => self.remark(FLUSHED.to_owned()),
            Step::Cycle(_) | Step::Start(_) => {}
        }
    }

    /// A cycle, or what is done of it between two stops.
    fn segment(&mut self, segment: Segment<'_>) {
        let Segment { cycle, begins, ops, then } = segment;
        let exchange = &self.failure.transcript[cycle];
        let row = Row {
            begins: begins.then_some(cycle + 1),
            goes_on: (!begins).then_some(cycle + 1),
            way: exchange.way().trim_start_matches([',', ' ']).to_owned(),
            cookies: exchange
                .cookie
                .iter()
                .filter(|_| begins)
                .flat_map(|cookie| cookie.split("; "))
                .map(str::to_owned)
                .collect(),
            ops: self.ops(cycle, ops),
            held: if let Then::Held(gate) = then { Some(gate.to_owned()) } else { None },
            not_waited_for: then == Then::NotWaitedFor,
            response: (then == Then::Answered).then(|| self.response(cycle)),
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
        let shown = exchange.ops.iter().enumerate().take(which.end).skip(which.start);
        let drawn = shown.map(|(index, shown)| Op {
            call: shown.call(),
            answer: shown.answer.clone(),
            here: self.failure.at.is_some_and(|at| at.cycle == cycle && at.op == Some(index)),
        });
        drawn.collect()
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

#[cfg(test)]
mod tests;
