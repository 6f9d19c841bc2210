//! What the browser may find after a race: what some of the requests leave, in an order in which they can have been saved.

use sessionspec_reference::Map;

use super::Race;
use super::request::Request;
use crate::survey::{AtOnce, Emptied, Store};

impl Race<'_> {
    /// What the browser may find afterwards; none where that is open.
    pub(super) fn left(&self) -> Option<Vec<Map>> {
        if self.survey.at_once == AtOnce::OnePerSession {
            return self.left_in_turn();
        }
        if !self.others.iter().all(Request::is_done) || self.held.changes_inside() {
            return None;
        }
        let rotates = self.held.rotates() || self.others.iter().any(Request::rotates);
        let held_writes = self.held.changes(&self.before) || self.held.permanent().is_some();
        let logout = self.others.iter().rposition(|other| self.is_logout(other));
        if let Some(at) = logout.filter(|_| !self.before.is_empty()) {
            let is_open = self.held.rotates()
                || self.held.ends()
                || rotates
                || (held_writes && self.survey.store != Store::Server);
            let after = self.others[at + 1..].iter().fold(Map::new(), |items, other| other.applied(items));
            return (!is_open).then(|| if after.is_empty() { vec![after] } else { vec![after, Map::new()] });
        }
        if self.others.iter().any(Request::ends) && self.survey.emptied == Emptied::Kept {
            return None;
        }
        // What becomes of an id whose rotation or logout fails is another question.
        if self.held.fails() && (self.held.rotates() || self.held.ends()) {
            return None;
        }
        let in_order = |items: Map| self.others.iter().fold(items, |items, other| other.applied(items));
        let is_reader = !held_writes && !self.held.rotates() && !self.held.ends();
        if self.before.is_empty() && (rotates || self.held.ends() || self.others.iter().any(Request::ends)) {
            return None;
        }
        // Where the cookies of older sessions are sent again, a script in real time may do two things.
        if is_reader && self.survey.goes_by_age() && !self.survey.virtual_time {
            return None;
        }
        if is_reader && !self.before.is_empty() {
            // A late response may bring the browser the id with which its request came.
            return (!rotates).then(|| vec![in_order(self.before.clone())]);
        }
        let mut left = self.any_order();
        let is_plain = !rotates && !self.held.ends() && !self.others.iter().any(Request::ends);
        let is_kept = self.held.is_kept(self.survey);
        if is_kept && is_plain && !self.before.is_empty() && held_writes && !self.held.saves_early() {
            // It was saved last.
            let own = self.held.applied(self.before.clone());
            left.retain(|items| {
                let is_own = |key: &String| items.get(key) == own.get(key);
                self.held.keys().all(is_own)
            });
        }
        if !rotates && is_kept && !left.is_empty() {
            let untouched = self.before.clone();
            let somebody_writes = held_writes || self.others.iter().any(|other| other.changes(&self.before));
            if somebody_writes {
                left.retain(|items| *items != untouched || self.is_unchanged_by_some());
            }
        }
        Some(left)
    }

    /// Whether what was there before is what some of the requests leave.
    fn is_unchanged_by_some(&self) -> bool {
        let all = || std::iter::once(&self.held).chain(&self.others);
        all().any(|request| {
            (request.writes() || request.permanent().is_some())
                && request.applied(self.before.clone()) == self.before
        })
    }

    /// Each request has found what the one before it has left.
    fn left_in_turn(&self) -> Option<Vec<Map>> {
        let all_done = self.others.iter().all(Request::is_done);
        let ends = self.held.ends() || self.others.iter().any(Request::ends);
        if !all_done || ends || !self.held.is_kept(self.survey) || self.before.is_empty() {
            return None;
        }
        if self.held.rotates() || self.others.iter().any(Request::rotates) {
            return Some(self.any_order());
        }
        let left = self
            .others
            .iter()
            .fold(self.held.applied(self.before.clone()), |items, other| other.applied(items));
        Some(vec![left])
    }

    /// What some of the requests leave, one after the other, in any order in which the held one can stand.
    fn any_order(&self) -> Vec<Map> {
        let mut left = Vec::new();
        let count = self.others.len();
        for chosen in 0..1_usize << count {
            let others: Vec<&Request<'_>> =
                (0..count).filter(|at| chosen >> at & 1 == 1).map(|at| &self.others[at]).collect();
            let without = others.iter().fold(self.before.clone(), |items, other| other.applied(items));
            left.push(without);
            for at in 0..=others.len() {
                let items =
                    others[..at].iter().fold(self.before.clone(), |items, other| other.applied(items));
                let items = self.held.applied(items);
                left.push(others[at..].iter().fold(items, |items, other| other.applied(items)));
            }
        }
        let mut different: Vec<Map> = Vec::new();
        for items in left {
            if !different.contains(&items) {
                different.push(items);
            }
        }
        different
    }
}
