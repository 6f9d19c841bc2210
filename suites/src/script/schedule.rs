//! The schedule of a script: the order in which its cycles begin, wait at their gates, go on and end. The player
//! follows it, and so do the reports and drawings of what happened.

use std::collections::VecDeque;
use std::ops::Range;

use super::{Cycle, Operation, Script, Step};

/// One part of a schedule.
#[derive(Debug, Clone, PartialEq)]
pub enum Part<'a> {
    /// A cycle begins or goes on.
    Segment(Segment<'a>),
    /// A step that is no cycle. The cycles that a release sets free go on right after it.
    Step(&'a Step),
    /// The script has ended, so that all gates open. The cycles that are not answered yet go on right after this.
    End,
}

/// A part of a cycle: from its beginning or a gate to the next gate or its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The cycle, counted from zero in the order in which cycles begin.
    pub cycle: usize,
    /// Whether the cycle begins here; else it goes on.
    pub begins: bool,
    /// The operations of this segment.
    pub ops: Range<usize>,
    /// How the segment ends.
    pub then: Then<'a>,
}

/// How a segment of a cycle ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then<'a> {
    /// The cycle is answered.
    Answered,
    /// The cycle waits at the gate of this name.
    Held(&'a str),
    /// The script goes on without the answer, which comes in a later segment.
    NotWaitedFor,
}

impl Script {
    /// The schedule of this script on a backend that stops at every `hold`.
    #[must_use]
    pub fn schedule(&self) -> Vec<Part<'_>> {
        self.schedule_of(|_, cycle| Some((0..cycle.ops.len()).collect()))
    }

    /// The schedule that the script really had. For each cycle that was begun, `done` says which of its operations were
    /// done, since a `hold` that was refused did not stop its cycle.
    pub(crate) fn schedule_of(&self, done: impl Fn(usize, &Cycle) -> Option<Vec<usize>>) -> Vec<Part<'_>> {
        let mut schedule = ScheduleBuilder::default();
        let mut cycles = 0;
        for step in &self.steps {
            match step {
                Step::Cycle(cycle) | Step::Start(cycle) => {
                    // Where the run of a script broke off, some of its cycles were never begun.
                    let Some(done) = done(cycles, cycle) else { break };
                    schedule.begin(cycles, cycle, &done, matches!(step, Step::Start(_)));
                    cycles += 1;
                }
                Step::Release(gate) => {
                    schedule.parts.push(Part::Step(step));
                    schedule.release(gate);
                }
                Step::Restart { .. } => {
                    schedule.parts.push(Part::Step(step));
                    schedule.answer_all();
                }
                Step::CopyCookies { .. }
                | Step::Forge { .. }
                | Step::Wait { .. }
                | Step::Launch { .. }
                | Step::Apart { .. }
                | Step::Pause { .. }
                | Step::Wake { .. }
                | Step::Break { .. }
                | Step::Mend {}
                | Step::Flush {} => {
                    schedule.parts.push(Part::Step(step));
                }
            }
        }
        schedule.end();
        schedule.parts
    }
}

/// A cycle that was begun and is not answered.
struct InFlight<'a> {
    cycle: usize,
    browser: &'a str,
    /// The first operation that is in no segment yet.
    next_op: usize,
    ops: usize,
    /// The gates at which the cycle has still to wait, in their order, each with the place of its first `hold`.
    closed: VecDeque<(usize, &'a str)>,
}

#[derive(Default)]
struct ScheduleBuilder<'a> {
    parts: Vec<Part<'a>>,
    in_flight: Vec<InFlight<'a>>,
}

impl<'a> ScheduleBuilder<'a> {
    fn begin(&mut self, number: usize, cycle: &'a Cycle, done: &[usize], is_started: bool) {
        let mut closed: VecDeque<(usize, &str)> = VecDeque::new();
        for (index, op) in cycle.ops.iter().enumerate() {
            if let Operation::Hold { gate } = op
                && done.contains(&index)
                && !closed.iter().any(|(_, name)| name == gate)
            {
                closed.push_back((index, gate));
            }
        }
        let begun =
            InFlight { cycle: number, browser: &cycle.browser, next_op: 0, ops: cycle.ops.len(), closed };
        if is_started {
            let then = Then::NotWaitedFor;
            self.parts.push(Part::Segment(Segment { cycle: number, begins: true, ops: 0..0, then }));
            self.in_flight.push(begun);
        } else {
            self.advance(begun, true);
        }
    }

    /// Adds the segment that ends at the next closed gate, or with the answer.
    fn advance(&mut self, mut cycle: InFlight<'a>, begins: bool) {
        let first = cycle.next_op;
        let (end, then) = match cycle.closed.front() {
            Some((hold, gate)) => (hold + 1, Then::Held(gate)),
            None => (cycle.ops, Then::Answered),
        };
        self.parts.push(Part::Segment(Segment { cycle: cycle.cycle, begins, ops: first..end, then }));
        if then != Then::Answered {
            cycle.next_op = end;
            self.in_flight.push(cycle);
            self.in_flight.sort_by_key(|cycle| cycle.cycle);
        }
    }

    /// Opens a gate to all cycles that wait there. A cycle that the script did not wait for goes on, too, once no other
    /// cycle of its browser is held.
    fn release(&mut self, gate: &str) {
        let waits = |cycle: &InFlight<'_>| cycle.closed.front().is_some_and(|(_, name)| *name == gate);
        let released = self.take(waits);
        let browsers: Vec<&str> = released.iter().map(|cycle| cycle.browser).collect();
        for mut cycle in released {
            cycle.closed.pop_front();
            self.advance(cycle, false);
        }
        for browser in browsers {
            let is_of_browser = |cycle: &InFlight<'_>| cycle.browser == browser;
            if !self.in_flight.iter().any(|cycle| is_of_browser(cycle) && !cycle.closed.is_empty()) {
                for started in self.take(is_of_browser) {
                    self.advance(started, false);
                }
            }
        }
    }

    fn end(&mut self) {
        if self.in_flight.is_empty() {
            return;
        }
        self.parts.push(Part::End);
        self.answer_all();
    }

    /// Opens all gates to all cycles.
    fn answer_all(&mut self) {
        for mut cycle in std::mem::take(&mut self.in_flight) {
            cycle.closed.clear();
            self.advance(cycle, false);
        }
    }

    fn take(&mut self, is_meant: impl Fn(&InFlight<'a>) -> bool) -> Vec<InFlight<'a>> {
        let (taken, left) = std::mem::take(&mut self.in_flight).into_iter().partition(is_meant);
        self.in_flight = left;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::ops::{get, hold, set};

    /// Each part in a few words; operations as the numbers of the first and of the one after the last.
    fn told(parts: &[Part<'_>]) -> Vec<String> {
        let part = |part: &Part<'_>| match part {
            Part::Step(Step::Release(gate)) => format!("{gate} opens"),
            Part::Step(_) => "another step".to_owned(),
            Part::End => "all open".to_owned(),
            Part::Segment(segment) => {
                let how = if segment.begins { "begins" } else { "goes on" };
                format!("{} {how} {:?} {:?}", segment.cycle, segment.ops, segment.then)
            }
        };
        parts.iter().map(part).collect()
    }

    #[test]
    fn a_cycle_with_two_gates_goes_in_three_parts() {
        let script = Script::new()
            .cycle("ann", [get("a"), hold("one"), set("a", 1), hold("two"), get("a")])
            .release("two")
            .release("one")
            .cycle("bob", [get("a")])
            .release("two");
        assert_eq!(
            told(&script.schedule()),
            [
                r#"0 begins 0..2 Held("one")"#,
                "two opens",
                "one opens",
                r#"0 goes on 2..4 Held("two")"#,
                "1 begins 0..1 Answered",
                "two opens",
                "0 goes on 4..5 Answered",
            ],
            "nobody waits at the second gate before the first is open"
        );
    }

    #[test]
    fn everybody_at_a_gate_goes_on_and_a_gate_holds_a_cycle_once() {
        let script = Script::new()
            .cycle("ann", [hold("g"), hold("g"), get("a")])
            .cycle("bob", [hold("other"), get("b")])
            .cycle("cyd", [hold("g")])
            .release("g");
        assert_eq!(
            told(&script.schedule()),
            [
                r#"0 begins 0..1 Held("g")"#,
                r#"1 begins 0..1 Held("other")"#,
                r#"2 begins 0..1 Held("g")"#,
                "g opens",
                "0 goes on 1..3 Answered",
                "2 goes on 1..1 Answered",
                "all open",
                "1 goes on 1..2 Answered",
            ]
        );
    }

    #[test]
    fn what_is_not_waited_for_is_seen_when_nothing_of_its_browser_is_held() {
        let script = Script::new()
            .cycle("ann", [hold("one")])
            .cycle("bob", [hold("two")])
            .start("ann", [get("a")])
            .start("bob", [get("b")])
            .start("cyd", [get("c"), hold("three"), get("d")])
            .wait(1.0)
            .release("two");
        assert_eq!(
            told(&script.schedule()),
            [
                r#"0 begins 0..1 Held("one")"#,
                r#"1 begins 0..1 Held("two")"#,
                "2 begins 0..0 NotWaitedFor",
                "3 begins 0..0 NotWaitedFor",
                "4 begins 0..0 NotWaitedFor",
                "another step",
                "two opens",
                "1 goes on 1..1 Answered",
                "3 goes on 0..1 Answered",
                "all open",
                "0 goes on 1..1 Answered",
                "2 goes on 0..1 Answered",
                "4 goes on 0..3 Answered",
            ]
        );
    }

    #[test]
    fn what_was_not_done_stopped_nothing_and_what_was_not_begun_is_not_told() {
        let script =
            Script::new().cycle("ann", [hold("one"), hold("two")]).cycle("bob", [get("a")]).release("two");
        let taken = script.schedule_of(|cycle, _| (cycle == 0).then(|| vec![1]));
        assert_eq!(told(&taken), [r#"0 begins 0..2 Held("two")"#, "all open", "0 goes on 2..2 Answered"]);
    }

    #[test]
    fn a_process_that_ends_leaves_nobody_waiting() {
        let script = Script::new()
            .cycle("ann", [get("a"), hold("gate"), set("a", 1)])
            .restart(crate::script::Ending::Kill)
            .cycle("ann", [get("a")]);
        let expected = [
            "0 begins 0..2 Held(\"gate\")",
            "another step",
            "0 goes on 2..3 Answered",
            "1 begins 0..1 Answered",
        ];
        assert_eq!(told(&script.schedule()), expected);
    }
}
