//! Explains what overlapping requests of a browser saw: which histories are possible, given how the backend treats two
//! writers.
//!
//! A history is explained where the requests can be thought to have been saved, each as a whole, at some moment between
//! their last change and their answer. The checker is our own, and small: the scripts say when a request begins, where
//! it is held and when it goes on, so that only the moments of saving are open, a handful in each script. It follows all
//! [states](state::State) that are possible, and drops those that an answer contradicts ([`Checker::perform`], and
//! [`Checker::rest`] where several requests go on at once). When none is left, nothing explains what was seen. A request that
//! was refused, or never answered, may have been saved or not: both are followed.

mod changes;
mod state;
mod timeline;

use std::collections::{BTreeMap, BTreeSet};

use crate::expect::{Expectation, Expected, Scenario, failed_request};
use crate::oracle::sequential::expected;
use crate::play::{Exchange, Outcome, Transcript};
use crate::script::{Answer, Cycle, Operation, Script, Step};
use crate::survey::{AtOnce, Survey};

use state::State;
use timeline::{Event, Interval, timeline};

/// The reason of a finding: no state is left.
pub(crate) const REASON: &str = "unexplained";

/// The script with what its requests may answer, in the light of what the earlier ones have answered. Nothing is expected
/// any more after the first answer that nothing explains.
pub(crate) fn scenario(script: Script, survey: &Survey, transcript: &Transcript) -> Scenario {
    let refusable = refusable(&script);
    let mut checker = Checker {
        survey,
        transcript,
        states: BTreeMap::new(),
        unjudged: unjudged(&script, survey, transcript),
        expectations: Vec::new(),
        is_over: failed_request(transcript, &refusable).is_some(),
    };
    for event in timeline(&script, transcript) {
        if !checker.is_over {
            checker.follow(event);
        }
    }
    let expectations = checker.expectations;
    Scenario { reason: REASON.to_owned(), script, expectations, refusable, ..Scenario::default() }
}

/// A request that is held may be refused: that is a way to keep two writers apart, and its session may end meanwhile. Some backends
/// refuse to end a session where there is none; `identity/destroy-idempotent` judges it.
fn refusable(script: &Script) -> BTreeSet<usize> {
    let may_be_refused =
        |cycle: &Cycle| cycle.ops.iter().any(|op| matches!(op, Operation::Hold { .. } | Operation::Destroy));
    let cycles = script.cycles().enumerate().filter(|(_, cycle)| may_be_refused(cycle));
    cycles.map(|(index, _)| index).collect()
}

/// The browsers whose history is not their own, or has something in it of which the checker knows nothing.
fn unjudged(script: &Script, survey: &Survey, transcript: &Transcript) -> BTreeSet<String> {
    // Where one waits for the others, whoever comes late is known to come after them.
    let late = transcript.exchanges.iter().filter(|exchange| exchange.came_late);
    let late = late.filter(|_| survey.at_once != AtOnce::OnePerSession).map(|exchange| &exchange.browser);
    let unjudged = script.steps.iter().filter_map(|step| match step {
        Step::CopyCookies { to, .. } | Step::Forge { to, .. } => Some(to),
        // Only where others keep it waiting is it known when such a request is served.
        Step::Start(cycle) if survey.at_once != AtOnce::OnePerSession => Some(&cycle.browser),
        Step::Cycle(cycle) | Step::Start(cycle) => {
            (!cycle.ops.iter().all(changes::is_known)).then_some(&cycle.browser)
        }
        Step::Release(_)
        | Step::Wait { .. }
        | Step::Launch { .. }
        | Step::Restart { .. }
        | Step::Apart { .. }
        | Step::Pause { .. }
        | Step::Wake { .. }
        | Step::Break { .. }
        | Step::Mend {}
        | Step::Flush {} => None,
    });
    unjudged.chain(late).cloned().collect()
}

struct Checker<'a> {
    survey: &'a Survey,
    transcript: &'a Transcript,
    /// What is possible, for each browser.
    states: BTreeMap<&'a str, Vec<State>>,
    unjudged: BTreeSet<String>,
    expectations: Vec<Expectation>,
    is_over: bool,
}

/// What an operation could have answered, by cycle and operation.
type Possible = BTreeMap<(usize, usize), Vec<Expected>>;

impl<'a> Checker<'a> {
    fn follow(&mut self, event: Event) {
        match event {
            Event::Sent { cycle } => self.change(cycle, |state, _, _| vec![state.send(cycle)]),
            Event::Opens { cycle } => self.change(cycle, |state, exchange, _| state.open(cycle, exchange)),
            Event::Does { cycle, op } => self.perform(cycle, op),
            Event::MaySave { cycle } => self.change(cycle, |state, _, survey| state.may_save(cycle, survey)),
            Event::Answered { cycle } => {
                self.change(cycle, |state, exchange, survey| {
                    state.save(cycle, survey, !is_certain(exchange))
                });
            }
            Event::InAnyOrder(intervals) => {
                let mut of_browsers: BTreeMap<&str, Vec<Interval>> = BTreeMap::new();
                for interval in intervals {
                    if let Some(exchange) = self.exchange(interval.cycle) {
                        of_browsers.entry(&exchange.browser).or_default().push(interval);
                    }
                }
                for (browser, intervals) in of_browsers {
                    self.in_any_order(browser, intervals);
                }
            }
        }
    }

    /// A request whose browser is judged.
    fn exchange(&self, cycle: usize) -> Option<&'a Exchange> {
        let exchange = self.transcript.exchanges.get(cycle)?;
        (!self.unjudged.contains(&exchange.browser)).then_some(exchange)
    }

    fn states_of(&mut self, browser: &'a str) -> Vec<State> {
        self.states.remove(browser).unwrap_or_else(|| vec![State::default()])
    }

    /// Replaces each state of the cycle's browser by those that may follow.
    fn change(&mut self, cycle: usize, follow: impl Fn(State, &Exchange, &Survey) -> Vec<State>) {
        let Some(exchange) = self.exchange(cycle) else { return };
        let states = self.states_of(&exchange.browser);
        let next = states.into_iter().flat_map(|state| follow(state, exchange, self.survey));
        let next = distinct(next);
        self.states.insert(&exchange.browser, next);
    }

    /// An operation, and what it answered: states in which something else would have been answered are dropped.
    fn perform(&mut self, cycle: usize, op: usize) {
        let Some(exchange) = self.exchange(cycle) else { return };
        let operation = &exchange.ops[op];
        let mut states = self.states_of(&exchange.browser);
        if !matches!(operation, Operation::Hold { .. }) {
            let late: Vec<State> = states.iter().flat_map(|state| state.open_late(cycle, exchange)).collect();
            states = distinct(states.into_iter().chain(late));
        }
        if let Some(seen) = exchange.answer(op) {
            let possible = distinct(states.iter().flat_map(|state| self.possible(state, cycle, operation)));
            if !possible.is_empty() {
                self.is_over = !possible.iter().any(|expected| expected.accepts(seen));
                self.expect(cycle, op, possible);
            }
        }
        let agreeing = states.into_iter().filter(|state| self.agrees(state, cycle, op, exchange));
        let next = distinct(agreeing.map(|state| state.perform(cycle, operation, exchange.answer(op))));
        self.states.insert(&exchange.browser, next);
    }

    fn expect(&mut self, cycle: usize, op: usize, possible: Vec<Expected>) {
        let expected = match <[Expected; 1]>::try_from(possible) {
            Ok([only]) => only,
            Err(several) => Expected::AnyOf(several),
        };
        self.expectations.push(Expectation { cycle, op: Some(op), expected, only_if: None });
    }

    /// What the operation could answer in this state, where it is compared at all.
    fn possible(&self, state: &State, cycle: usize, operation: &Operation) -> Vec<Expected> {
        let answers = state.answers(cycle, operation);
        let answers = answers.iter().filter_map(|answer| expected(operation, answer, self.survey));
        let mut possible: Vec<Expected> = answers.collect();
        if !possible.is_empty() && state.has_ended(cycle) {
            possible.push(Expected::Refused);
        }
        possible
    }

    /// Whether a backend in this state would have answered so.
    fn agrees(&self, state: &State, cycle: usize, op: usize, exchange: &Exchange) -> bool {
        let Some(seen) = exchange.answer(op) else { return true };
        let possible = self.possible(state, cycle, &exchange.ops[op]);
        possible.is_empty() || possible.iter().any(|expected| expected.accepts(seen))
    }

    /// Follows every order of what these requests of one browser do.
    fn in_any_order(&mut self, browser: &'a str, intervals: Vec<Interval>) {
        let mut possible = Possible::new();
        let mut orders: Vec<(State, Vec<Interval>)> =
            self.states_of(browser).into_iter().map(|state| (state, intervals.clone())).collect();
        let mut states = Vec::new();
        while !orders.is_empty() {
            let mut next = Vec::new();
            for (state, left) in orders {
                for at in 0..left.len() {
                    let late = self.opened_late(&state, &left[at]);
                    next.extend(late.into_iter().map(|state| (state, left.clone())));
                    let mut left = left.clone();
                    let interval = left.remove(at);
                    let after = self.alone(state.clone(), &interval, &mut possible);
                    next.extend(after.into_iter().map(|state| (state, left.clone())));
                }
                if left.is_empty() {
                    states.push(state);
                }
            }
            orders = distinct(next.into_iter());
        }
        let states = distinct(states.into_iter());
        if states.is_empty() {
            self.is_over = true;
            self.contradicted(possible);
        }
        self.states.insert(browser, states);
    }

    /// The states in which a request that has only waited is opened now.
    fn opened_late(&self, state: &State, interval: &Interval) -> Vec<State> {
        let Some(exchange) = self.exchange(interval.cycle) else { return Vec::new() };
        state.open_late(interval.cycle, exchange)
    }

    /// What one request does in this interval, while nobody else is at work.
    fn alone(&self, state: State, interval: &Interval, possible: &mut Possible) -> Vec<State> {
        let Some(exchange) = self.exchange(interval.cycle) else { return vec![state] };
        let opened = if interval.from == 0 { state.open(interval.cycle, exchange) } else { vec![state] };
        opened.into_iter().flat_map(|state| self.rest(state, interval, exchange, possible)).collect()
    }

    /// What an open request does in this interval.
    fn rest(
        &self,
        mut state: State,
        interval: &Interval,
        exchange: &Exchange,
        possible: &mut Possible,
    ) -> Vec<State> {
        for op in interval.from..interval.to {
            // Others may have been served between two operations of a request that has been held, so that no order of whole
            // intervals says what it sees. One that begins here has waited until nobody else was at work.
            if interval.from == 0 {
                let answers = self.possible(&state, interval.cycle, &exchange.ops[op]);
                possible.entry((interval.cycle, op)).or_default().extend(answers);
                if !self.agrees(&state, interval.cycle, op, exchange) {
                    return Vec::new();
                }
            }
            state = state.perform(interval.cycle, &exchange.ops[op], exchange.answer(op));
        }
        if interval.ends {
            state.save(interval.cycle, self.survey, !is_certain(exchange))
        } else {
            vec![state]
        }
    }

    /// No order explains these answers. The first that fits none is at fault; where each fits one, the last, since it does
    /// not go with the others.
    fn contradicted(&mut self, possible: Possible) {
        let mut compared: Vec<((usize, usize), Vec<Expected>, &Answer)> = Vec::new();
        for ((cycle, op), expected) in possible {
            let seen = self.exchange(cycle).and_then(|exchange| exchange.answer(op));
            compared.extend(seen.filter(|_| !expected.is_empty()).map(|seen| ((cycle, op), expected, seen)));
        }
        let fits_none = |(_, expected, seen): &(_, Vec<Expected>, &Answer)| {
            !expected.iter().any(|expected| expected.accepts(seen))
        };
        let at = compared.iter().position(fits_none).or(compared.len().checked_sub(1));
        if let Some(((cycle, op), expected, seen)) = at.map(|at| compared.swap_remove(at)) {
            let others = expected.into_iter().filter(|expected| !expected.accepts(seen));
            self.expect(cycle, op, distinct(others));
        }
    }
}

/// Whether it is known that the request was saved.
fn is_certain(exchange: &Exchange) -> bool {
    matches!(exchange.outcome, Outcome::Answered { save_error: None, .. })
}

fn distinct<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut distinct = Vec::new();
    for item in items {
        if !distinct.contains(&item) {
            distinct.push(item);
        }
    }
    distinct
}

#[cfg(test)]
mod tests;
