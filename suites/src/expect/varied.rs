//! A scenario in another situation: the same question, with more in the script.

use std::borrow::Cow;

use sessionspec_reference::Map;

use super::{Condition, Expectation, Expected, Fact, ResponseRule, Scenario, Varied};
use crate::script::{Cycle, Operation, OperationKind, Step};

impl Scenario {
    /// The same in another situation, which has this name.
    #[must_use]
    pub(crate) fn varied(mut self, situation: impl Into<Cow<'static, str>>, takes: Vec<Fact>) -> Self {
        let situation = situation.into();
        let of = std::mem::take(&mut self.reason);
        self.reason = format!("{of}-{situation}");
        self.varied = Some(Varied { of, situation, takes });
        self
    }

    /// Adds an operation, of which nothing is expected, to the end of each cycle that this says.
    #[must_use]
    pub(crate) fn with_last(mut self, op: &Operation, is_meant: impl Fn(usize, &Cycle) -> bool) -> Self {
        for (number, cycle) in self.script.cycles_mut().enumerate() {
            if is_meant(number, cycle) {
                cycle.ops.push(op.clone());
            }
        }
        self
    }

    /// Whether a cycle may lose its answers, so that it may end without a body.
    pub(crate) fn may_lose_answers(&self) -> bool {
        self.script.cycles().enumerate().any(|(number, cycle)| self.may_lose_the_answers_of(number, cycle))
    }

    /// Ends each cycle with this status, which has no body, that may lose its answers. Nothing is expected of those any more.
    #[must_use]
    pub(crate) fn without_bodies(mut self, status: u16) -> Self {
        let meant: Vec<bool> = self
            .script
            .cycles()
            .enumerate()
            .map(|(number, cycle)| self.may_lose_the_answers_of(number, cycle))
            .collect();
        self.expectations.retain(|expectation| expectation.op.is_none() || !meant[expectation.cycle]);
        self.with_last(&Operation::Respond { status }, |number, _| meant[number])
    }

    /// Whether nothing depends on the answers of this cycle, which changes the session: they are expected to say that it was done,
    /// and the plain scenario shows that.
    fn may_lose_the_answers_of(&self, number: usize, cycle: &Cycle) -> bool {
        let changes = cycle.ops.iter().any(|op| op.writes() || op.kind() == OperationKind::Regenerate);
        let is_only_done = |expectation: &Expectation| {
            let is_of_answers = expectation.cycle == number && expectation.op.is_some();
            let is_done = expectation.expected == Expected::Done && expectation.only_if.is_none();
            !is_of_answers || is_done
        };
        let is_asked = |expectation: &Expectation| {
            expectation.only_if.as_ref().is_some_and(|condition| condition.is_of_answers_in(number))
        };
        changes
            && self.expectations.iter().all(is_only_done)
            && !self.expectations.iter().any(is_asked)
            && !self.refusable.contains(&number)
    }

    /// Asks the last operation of this kind in this spelling.
    #[must_use]
    pub(crate) fn with_spelling(mut self, kind: OperationKind, spelling: &str) -> Self {
        let asked = self.script.cycles_mut().filter(|cycle| cycle.ops.last_of(kind).is_some());
        if let Some(cycle) = asked.last()
            && let Some(at) = cycle.ops.last_of(kind)
        {
            cycle.ops.spell(at, Some(spelling));
        }
        self
    }

    /// Writes each item by `update` that it wrote by `set`.
    #[must_use]
    pub(crate) fn with_items_updated(mut self) -> Self {
        let updated = |op: &Operation| match op {
            Operation::Set { key, value } => {
                Operation::Update { items: Map::from_iter([(key.clone(), value.clone())]) }
            }
            other => other.clone(),
        };
        for cycle in self.script.cycles_mut() {
            cycle.ops = cycle.ops.iter().map(updated).collect();
        }
        self
    }

    /// Adds cycles of the same browser after this cycle, which is counted from zero. Nothing is expected of them.
    #[must_use]
    pub(crate) fn with_cycles_after(self, cycle: usize, added: Vec<Vec<Operation>>) -> Self {
        self.with_cycles(cycle, 1, added)
    }

    /// Adds a cycle of the same browser before this cycle, which is counted from zero. Nothing is expected of it.
    #[must_use]
    pub(crate) fn with_cycle_before(self, cycle: usize, added: Vec<Operation>) -> Self {
        self.with_cycles(cycle, 0, vec![added])
    }

    /// Lets so many seconds pass after this cycle, which is counted from zero.
    #[must_use]
    pub(crate) fn with_wait_after(mut self, cycle: usize, seconds: f64) -> Self {
        if let Some(at) = self.step_of(cycle) {
            self.script.steps.insert(at + 1, Step::Wait { seconds });
        }
        self
    }

    /// The step that is this cycle.
    fn step_of(&self, cycle: usize) -> Option<usize> {
        let is_cycle = |step: &&Step| matches!(step, Step::Cycle(_) | Step::Start(_));
        let mut numbered = self.script.steps.iter().enumerate().filter(|(_, step)| is_cycle(step));
        numbered.nth(cycle).map(|(at, _)| at)
    }

    /// Adds cycles so many steps after the beginning of this cycle.
    fn with_cycles(mut self, cycle: usize, after: usize, added: Vec<Vec<Operation>>) -> Self {
        let Some(at) = self.step_of(cycle) else { return self };
        let Step::Cycle(Cycle { browser, .. }) = &self.script.steps[at] else { return self };
        let browser = browser.clone();
        let count = added.len();
        let steps = added.into_iter().map(|ops| Step::Cycle(Cycle::new(&browser, ops)));
        self.script.steps.splice(at + after..at + after, steps);
        let moved = |number: usize| if number >= cycle + after { number + count } else { number };
        for expectation in &mut self.expectations {
            expectation.cycle = moved(expectation.cycle);
            expectation.expected.move_cycles(&moved);
            if let Some(condition) = &mut expectation.only_if {
                condition.move_cycles(&moved);
            }
        }
        self.refusable = self.refusable.into_iter().map(moved).collect();
        self
    }
}

/// Something that names cycles of its script.
trait NamesCycles {
    /// Names other ones, where cycles were added to the script.
    fn move_cycles(&mut self, moved: &dyn Fn(usize) -> usize);
}

impl NamesCycles for Condition {
    fn move_cycles(&mut self, moved: &dyn Fn(usize) -> usize) {
        match self {
            Self::SetCookieIn(cycle)
            | Self::SentCookieIn(cycle)
            | Self::DoneIn(cycle)
            | Self::Done { cycle, .. }
            | Self::AbsentIn { cycle, .. }
            | Self::FoundIn { cycle, .. }
            | Self::FalseIn { cycle, .. }
            | Self::Within { since: cycle, .. } => *cycle = moved(*cycle),
            Self::All(conditions) => conditions.iter_mut().for_each(|one| one.move_cycles(moved)),
        }
    }
}

impl NamesCycles for Expected {
    fn move_cycles(&mut self, moved: &dyn Fn(usize) -> usize) {
        match self {
            Self::Response(
                ResponseRule::RemovalRepeats { cycle }
                | ResponseRule::OtherCookies { cycle }
                | ResponseRule::CookiesAsIn { cycle },
            ) => *cycle = moved(*cycle),
            Self::AnyOf(any) => any.iter_mut().for_each(|one| one.move_cycles(moved)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::ops::{get, set};

    fn rotation() -> Scenario {
        Scenario::new("rotated")
            .cycle("ann", [set("colour", "red").is_done()])
            .copy_cookies("ann", "thief")
            .cycle("ann", [Operation::Regenerate.is_done()])
            .response(ResponseRule::OtherCookies { cycle: 0 })
            .cycle("ann", [get("colour").is("red").only_if(Condition::DoneIn(1))])
            .may_be_refused()
    }

    #[test]
    fn expectations_stay_with_their_cycles() {
        let longer = rotation().with_cycles_after(0, vec![vec![set("a", 1)], vec![set("a", 2)]]);
        let wanted = Scenario::new("rotated")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [set("a", 1).unjudged()])
            .cycle("ann", [set("a", 2).unjudged()])
            .copy_cookies("ann", "thief")
            .cycle("ann", [Operation::Regenerate.is_done()])
            .response(ResponseRule::OtherCookies { cycle: 0 })
            .cycle("ann", [get("colour").is("red").only_if(Condition::DoneIn(3))])
            .may_be_refused();
        assert_eq!(longer, wanted);
        let later = rotation().with_cycles_after(1, vec![vec![set("a", 1)]]);
        assert_eq!(later.expectations[1].cycle, 1);
        assert_eq!(later.expectations[3].cycle, 3);
        assert_eq!(later.expectations[3].only_if, Some(Condition::DoneIn(1)));
        let before = rotation().with_cycle_before(0, vec![set("a", 1)]);
        let cycles: Vec<usize> = before.expectations.iter().map(|expectation| expectation.cycle).collect();
        assert_eq!(cycles, [1, 2, 2, 3]);
        assert_eq!(
            before.expectations[2].expected,
            Expected::Response(ResponseRule::OtherCookies { cycle: 1 })
        );
    }

    #[test]
    fn a_cycle_loses_no_answers_on_which_something_depends() {
        let ended: Vec<bool> = rotation()
            .without_bodies(204)
            .script
            .cycles()
            .map(|cycle| cycle.ops.status_without_body() == Some(204))
            .collect();
        // The last one reads, and asks whether the one before was done.
        assert_eq!(ended, [true, false, false]);
        let plain = Scenario::new("rotated")
            .cycle("ann", [set("colour", "red").is_done(), get("colour").is("red")])
            .cycle("ann", [Operation::Regenerate.is_done()])
            .response(ResponseRule::OtherCookies { cycle: 0 })
            .cycle("ann", [get("colour").is("red")]);
        let lost = plain.clone().without_bodies(304);
        let ops: Vec<usize> = lost.script.cycles().map(|cycle| cycle.ops.len()).collect();
        assert_eq!(ops, [2, 2, 1]);
        assert_eq!(lost.expectations.len(), plain.expectations.len() - 1);
    }

    #[test]
    fn an_operation_at_the_end_moves_no_other() {
        let ended = rotation().with_last(&Operation::Respond { status: 302 }, |number, _| number != 0);
        let ops: Vec<usize> = ended.script.cycles().map(|cycle| cycle.ops.len()).collect();
        assert_eq!(ops, [1, 2, 2]);
        assert_eq!(ended.expectations, rotation().expectations);
    }
}
