//! What happens to the session when, along the [schedule](crate::script) of a script: when a request is opened, does
//! something, is answered.

use std::collections::BTreeMap;

use crate::play::Transcript;
use crate::script::{Answer, Cycle, Operation, Part, Script, Segment, Then};

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
    /// What several requests do, in an order that nobody knows.
    InAnyOrder(Vec<Interval>),
}

/// What a request does between two stops.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Interval {
    pub(super) cycle: usize,
    /// The first operation of it; the request is opened with operation zero.
    pub(super) from: usize,
    /// The operation before which it ends.
    pub(super) to: usize,
    /// Whether the request is answered then.
    pub(super) ends: bool,
}

impl From<&Segment<'_>> for Interval {
    fn from(segment: &Segment<'_>) -> Self {
        let Segment { cycle, ops, then, .. } = segment;
        Self { cycle: *cycle, from: ops.start, to: ops.end, ends: *then == Then::Answered }
    }
}

/// What happens, in order. Requests that were not waited for come after those for which they had to wait.
pub(super) fn timeline(script: &Script, transcript: &Transcript) -> Vec<Event> {
    let mut timeline = Timeline { transcript, events: Vec::new(), held: BTreeMap::new() };
    let schedule = script.schedule_of(|cycle, ops| was_done(transcript, cycle, ops));
    let mut parts = &schedule[..];
    while let Some((part, rest)) = parts.split_first() {
        parts = rest;
        timeline.those_that_may_save();
        match part {
            Part::Segment(segment) => timeline.begin(segment),
            Part::Step(_) | Part::End => {
                let goes_on = |part: &&Part<'_>| matches!(part, Part::Segment(Segment { begins: false, .. }));
                let set_free = rest.iter().take_while(goes_on).count();
                timeline.set_free(&rest[..set_free]);
                parts = &rest[set_free..];
            }
        }
    }
    timeline.events
}

/// The operations of a cycle that were done, or may have been; none where it was not even begun.
fn was_done(transcript: &Transcript, cycle: usize, ops: &Cycle) -> Option<Vec<usize>> {
    let exchange = transcript.exchanges.get(cycle)?;
    Some((0..ops.ops.len()).filter(|op| exchange.answer(*op).is_none_or(Answer::is_done)).collect())
}

struct Timeline<'a> {
    transcript: &'a Transcript,
    events: Vec<Event>,
    /// The requests that wait at a gate, with the operation that comes next.
    held: BTreeMap<usize, usize>,
}

impl Timeline<'_> {
    fn begin(&mut self, segment: &Segment<'_>) {
        let cycle = segment.cycle;
        if segment.then == Then::NotWaitedFor {
            self.events.push(Event::Sent { cycle });
        } else {
            self.events.push(Event::Opens { cycle });
            self.one(&segment.into());
        }
    }

    /// What goes on when a gate opens: first who waited there, then who waited for them.
    fn set_free(&mut self, parts: &[Part<'_>]) {
        let intervals = parts.iter().filter_map(|part| match part {
            Part::Segment(segment) => Some(Interval::from(segment)),
            Part::Step(_) | Part::End => None,
        });
        let (started, released): (Vec<Interval>, Vec<Interval>) =
            intervals.partition(|interval| interval.from == 0);
        for intervals in [released, started] {
            match intervals.as_slice() {
                [] => {}
                [interval] if interval.from > 0 => self.one(interval),
                intervals => self.several(intervals),
            }
        }
    }

    fn one(&mut self, interval: &Interval) {
        let cycle = interval.cycle;
        self.events.extend((interval.from..interval.to).map(|op| Event::Does { cycle, op }));
        self.events.extend(interval.ends.then_some(Event::Answered { cycle }));
        self.stops(interval);
    }

    fn several(&mut self, intervals: &[Interval]) {
        self.events.push(Event::InAnyOrder(intervals.to_vec()));
        intervals.iter().for_each(|interval| self.stops(interval));
    }

    fn stops(&mut self, interval: &Interval) {
        if interval.ends {
            self.held.remove(&interval.cycle);
        } else {
            self.held.insert(interval.cycle, interval.to);
        }
    }

    fn those_that_may_save(&mut self) {
        let exchanges = &self.transcript.exchanges;
        let writes_on =
            |(cycle, next): &(&usize, &usize)| exchanges[**cycle].ops[**next..].iter().any(Operation::writes);
        let done = self.held.iter().filter(|held| !writes_on(held)).map(|(cycle, _)| *cycle);
        let events: Vec<Event> = done.map(|cycle| Event::MaySave { cycle }).collect();
        self.events.extend(events);
    }
}
