//! One of the states that are possible: what the browser's cookies lead to, and what each open request has seen and done.

use std::collections::BTreeMap;

use serde_json::json;
use sessionspec_reference::Map;

use super::changes::{Change, changed, changes_of, net_changes};
use crate::play::Exchange;
use crate::script::{Answer, Operation};
use crate::survey::{Concurrency, Resent, Survey};

/// What is the case for one browser.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct State {
    /// The items that the browser's next request finds.
    current: Map,
    /// Which session they belong to: another one after each that was ended, emptied or begun.
    session: usize,
    /// The session to which the cookies of a request belonged when it was sent, until it is opened.
    sent: BTreeMap<usize, usize>,
    open: BTreeMap<usize, Open>,
}

/// A request that has been opened and not answered.
#[derive(Debug, Clone, PartialEq)]
struct Open {
    opened: Map,
    /// What it was opened with, and what it has changed since.
    view: Map,
    session: usize,
    /// Whether its session is its own, since it came without a cookie, or with one whose session had ended.
    has_own_session: bool,
    /// Whether it has done anything that the backend may take for a change.
    is_touched: bool,
    changes: Vec<Change>,
    /// Whether it has been held, so that others may have been at work.
    was_held: bool,
    /// Whether it has done nothing but wait: a backend that opens its sessions at their first use has not opened this one.
    has_only_waited: bool,
    /// Whether its changes were saved before it was answered.
    is_saved: bool,
    has_destroyed: bool,
}

impl State {
    /// The request is sent.
    pub(super) fn send(mut self, cycle: usize) -> Self {
        self.sent.insert(cycle, self.session);
        self
    }

    /// The request is opened.
    pub(super) fn open(mut self, cycle: usize, exchange: &Exchange) -> Vec<Self> {
        let has_ended = self.sent.remove(&cycle).is_some_and(|session| session != self.session);
        match (exchange.cookie.is_none(), has_ended) {
            (true, _) => vec![self.opened(cycle, true)],
            (false, false) => vec![self.opened(cycle, false)],
            // Emptied it may live on.
            (false, true) => vec![self.clone().opened(cycle, true), self.opened(cycle, false)],
        }
    }

    fn opened(mut self, cycle: usize, has_own_session: bool) -> Self {
        let opened = if has_own_session { Map::new() } else { self.current.clone() };
        let open = Open {
            opened: opened.clone(),
            view: opened,
            session: self.session,
            has_own_session,
            is_touched: false,
            changes: Vec::new(),
            was_held: false,
            has_only_waited: true,
            is_saved: false,
            has_destroyed: false,
        };
        self.open.insert(cycle, open);
        self
    }

    /// The request has been held before it did anything, and is opened only now, where that makes a difference.
    pub(super) fn open_late(&self, cycle: usize, exchange: &Exchange) -> Vec<Self> {
        let Some(open) = self.open.get(&cycle).filter(|open| open.was_held && open.has_only_waited) else {
            return Vec::new();
        };
        let mut sent = self.clone();
        sent.sent.insert(cycle, open.session);
        let mut states = sent.open(cycle, exchange);
        for open in states.iter_mut().filter_map(|state| state.open.get_mut(&cycle)) {
            open.was_held = true;
            open.has_only_waited = false;
        }
        states
    }

    /// What the operation can answer; nothing where that is not compared.
    ///
    /// A request that went on after it was held sees what it was opened with, or what is there by now: the contract does
    /// not say.
    pub(super) fn answers(&self, cycle: usize, op: &Operation) -> Vec<Answer> {
        let Some(open) = self.open.get(&cycle) else { return Vec::new() };
        let mut views = vec![open.view.clone()];
        if open.was_held {
            views.push(changed(self.current.clone(), &open.changes));
        }
        if self.has_ended(cycle) {
            views.push(changed(Map::new(), &open.changes));
        }
        views.iter().filter_map(|items| answer(items, op)).collect()
    }

    /// Whether the session of a request that was held may have ended meanwhile: then it may refuse to answer.
    pub(super) fn has_ended(&self, cycle: usize) -> bool {
        self.open.get(&cycle).is_some_and(|open| open.was_held && open.session != self.session)
    }

    /// The operation is performed; it has changed nothing where it answered that it was not done.
    pub(super) fn perform(mut self, cycle: usize, op: &Operation, answer: Option<&Answer>) -> Self {
        let Some(open) = self.open.get_mut(&cycle) else { return self };
        if matches!(op, Operation::Hold { .. }) {
            open.was_held = true;
        } else {
            open.has_only_waited = false;
        }
        if op.writes() && answer.is_none_or(|answer| answer.is_done() || *answer == Answer::Absent) {
            open.is_touched = true;
            let changes = changes_of(op, &open.view, answer);
            open.view = changed(std::mem::take(&mut open.view), &changes);
            open.changes.extend(changes);
            open.has_destroyed |= *op == Operation::Destroy;
        }
        self
    }

    /// A request that will not change anything any more may save before it is answered.
    pub(super) fn may_save(self, cycle: usize, survey: &Survey) -> Vec<Self> {
        let Some(open) = self.open.get(&cycle).filter(|open| !open.is_saved && open.is_touched) else {
            return vec![self];
        };
        let saved = Open { is_saved: true, ..open.clone() };
        let early = self.clone().saved(open, survey).into_iter().map(|mut state| {
            let session = state.session;
            state.open.insert(cycle, Open { session, ..saved.clone() });
            state
        });
        let mut states: Vec<Self> = early.collect();
        states.push(self);
        states
    }

    /// The request is answered, and saved; `maybe` where its answer does not say so.
    pub(super) fn save(mut self, cycle: usize, survey: &Survey, maybe: bool) -> Vec<Self> {
        let Some(open) = self.open.remove(&cycle) else { return vec![self] };
        let mut states = self.clone().saved(&open, survey);
        if maybe || open.is_saved {
            states.push(self);
        }
        states
    }

    /// The states that a save can lead to.
    fn saved(self, open: &Open, survey: &Survey) -> Vec<Self> {
        if !open.is_touched {
            // The browser takes whichever cookie came last: that of a visitor who was given a session, or, where each answer
            // brings its cookie again, that of a session which has ended since, or lives on beside the new one.
            let sends_again = survey.resent == Resent::Always || survey.goes_by_age();
            let is_sent_again = sends_again && open.session != self.session;
            let own = (open.has_own_session || is_sent_again).then(|| self.another_session(Map::new()));
            let opened = is_sent_again.then(|| self.another_session(open.view.clone()));
            return std::iter::once(self).chain(own).chain(opened).collect();
        }
        // Some merge what was done, others what is different in the end.
        let merges = survey.concurrency == Concurrency::Merged;
        let merged = || {
            [&open.changes, &net_changes(&open.opened, &open.view)]
                .map(|changes| changed(self.current.clone(), changes))
        };
        if open.has_destroyed {
            let mut states = vec![self.another_session(Map::new()), self.another_session(open.view.clone())];
            // Where another session has begun meanwhile, the browser may stay with it.
            states.extend((open.session != self.session).then_some(self));
            return states;
        }
        let is_shared = !open.has_own_session || self.current.is_empty();
        if open.session == self.session && is_shared {
            let mut after = if merges { merged().to_vec() } else { vec![open.view.clone()] };
            // Whoever clears may clear what others have written, too.
            let has_cleared = open.changes.iter().any(|change| matches!(change, Change::Clear(_)));
            after.extend((merges && has_cleared).then(|| open.view.clone()));
            let mut states: Vec<Self> = after.into_iter().map(|items| self.same_session(items)).collect();
            // A change that changes nothing need not be saved.
            states.extend((open.view == open.opened).then_some(self));
            return states;
        }
        // Its session has ended, or there was none: the browser keeps what it has, or has now what the request knows of.
        let mut states = vec![self.another_session(open.view.clone())];
        if merges || open.has_own_session {
            states.extend(merged().map(|items| self.another_session(items)));
        }
        if !open.has_own_session {
            states.push(self.another_session(changed(Map::new(), &open.changes)));
            states.push(self.another_session(Map::new()));
        }
        states.push(self);
        states
    }

    fn same_session(&self, items: Map) -> Self {
        // Whether an emptied session lives on is a capability. To requests that are still at work, one that was emptied may
        // have ended, and one that was filled may have begun.
        if items.is_empty() || self.current.is_empty() {
            return self.another_session(items);
        }
        Self { current: items, ..self.clone() }
    }

    fn another_session(&self, items: Map) -> Self {
        Self { current: items, session: self.session + 1, ..self.clone() }
    }
}

/// What an operation that only reads answers on these items.
fn answer(items: &Map, op: &Operation) -> Option<Answer> {
    match op {
        Operation::Get { key } => {
            Some(items.get(key).map_or(Answer::Absent, |value| Answer::Ok(value.clone())))
        }
        Operation::Contains { key } => Some(Answer::Ok(json!(items.contains_key(key)))),
        Operation::Items => Some(Answer::Ok(json!(items))),
        _ => None,
    }
}
