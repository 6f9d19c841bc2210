//! One session of the model: its items, and what is in doubt about them.

use std::collections::BTreeSet;

use sessionspec_reference::Map;
use sessionspec_reference::value::{PathStep, assign_in};

use crate::script::Operation;
use crate::survey::{Attribute, Emptied, Modified, Nested, Permanent, Survey};

/// What one session holds, as far as the contract says it.
#[derive(Clone)]
pub(in crate::oracle) struct Session {
    items: Map,
    /// Keys whose value may be one thing or another; that they exist is certain.
    in_doubt: BTreeSet<String>,
    /// Keys of which nobody knows whether they exist: a value under them may have been refused or kept.
    maybe: BTreeSet<String>,
    /// Keys that were changed inside in this cycle, while nobody told the session.
    untold: BTreeSet<String>,
    /// `permanent`; none where it may be either.
    permanent: Option<bool>,
    permanent_default: bool,
    permanent_was_set: bool,
    /// Whether a cookie leads to it.
    has_cookie: bool,
    /// Whether this cycle has given it another id, or has ended it.
    moved: bool,
    /// Whether this cycle has destroyed it: the protocol leaves open what later operations answer.
    destroyed: bool,
    /// Whether everything about it is in doubt, from here on.
    lost: bool,
}

/// Where a cycle has left a session, for the other browsers with its cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::oracle) enum Left {
    /// Where it was.
    InPlace,
    /// Their cookies lead to nothing.
    Elsewhere,
    /// Nobody can say.
    InDoubt,
}

impl Session {
    pub(in crate::oracle) fn fresh(permanent_default: bool) -> Self {
        Self {
            items: Map::new(),
            in_doubt: BTreeSet::new(),
            maybe: BTreeSet::new(),
            untold: BTreeSet::new(),
            permanent: Some(permanent_default),
            permanent_default,
            permanent_was_set: false,
            has_cookie: false,
            moved: false,
            destroyed: false,
            lost: false,
        }
    }

    pub(in crate::oracle) fn items(&self) -> &Map {
        &self.items
    }

    pub(in crate::oracle) fn permanent(&self) -> Option<bool> {
        self.permanent
    }

    pub(in crate::oracle) fn permanent_was_set(&self) -> bool {
        self.permanent_was_set
    }

    pub(in crate::oracle) fn keys_in_doubt(&self) -> impl Iterator<Item = &String> {
        self.in_doubt.union(&self.maybe)
    }

    pub(in crate::oracle) fn has_cookie(&self) -> bool {
        self.has_cookie
    }

    /// Whether it was saved with items.
    pub(in crate::oracle) fn is_live(&self) -> bool {
        self.has_cookie && !self.items.is_empty() && !self.lost
    }

    pub(in crate::oracle) fn lose(&mut self) {
        self.lost = true;
    }

    pub(in crate::oracle) fn is_lost(&self) -> bool {
        self.lost
    }

    /// Nobody knows whether there is an item with this key.
    pub(in crate::oracle) fn may_hold(&mut self, key: &str) {
        self.settle(key);
        self.items.remove(key);
        self.maybe.insert(key.to_owned());
    }

    /// `permanent` is what it was: for whoever asks that a rotation keeps it.
    pub(in crate::oracle) fn keep_permanent(&mut self, permanent: Option<bool>) {
        self.permanent = permanent;
    }

    /// Performs the operation; whether the contract says what it answers.
    pub(in crate::oracle) fn perform(&mut self, op: &Operation, survey: &Survey) -> bool {
        if self.lost {
            return false;
        }
        if self.destroyed || !survey.supports(op.name()) {
            self.lost = op.writes();
            return false;
        }
        match op {
            Operation::Items | Operation::Len => true,
            Operation::Contains { key } => !self.maybe.contains(key),
            Operation::Get { key } => !self.is_in_doubt(key),
            Operation::Set { key, value } => {
                self.settle(key);
                self.items.insert(key.clone(), value.clone());
                true
            }
            Operation::Delete { key } => {
                let is_certain = !self.maybe.contains(key);
                self.settle(key);
                self.items.remove(key);
                is_certain
            }
            Operation::Pop { key } => {
                let is_certain = !self.is_in_doubt(key);
                self.settle(key);
                self.items.remove(key);
                is_certain
            }
            Operation::Setdefault { key, value } => {
                if self.maybe.remove(key) {
                    self.in_doubt.insert(key.clone());
                }
                self.items.entry(key.clone()).or_insert_with(|| value.clone());
                !self.in_doubt.contains(key)
            }
            Operation::Update { items } => {
                items.keys().for_each(|key| self.settle(key));
                self.items.extend(items.clone());
                true
            }
            Operation::Clear => {
                self.empty();
                match survey.permanent.observed() {
                    Some(Permanent::InData) if !self.permanent_default => self.permanent = Some(false),
                    // Without the item, it may be false although new sessions begin with true.
                    Some(Permanent::InData) => self.permanent = None,
                    // Beside the data it may survive, or go now, or go with the save.
                    _ => self.forget_permanent(),
                }
                true
            }
            Operation::SetIn { path, value } => self.set_in(path, value, survey),
            Operation::Permanent => is_kept(survey.permanent) && self.permanent.is_some(),
            Operation::SetPermanent { value } => {
                self.permanent = is_kept(survey.permanent).then_some(*value);
                self.permanent_was_set = true;
                self.permanent.is_some()
            }
            // `modified` and `new` have checks of their own. That a session takes `modified = True` is no part of the
            // contract; one that takes it has to save.
            Operation::Modified | Operation::New => false,
            // It is about the response, and leaves the session alone.
            Operation::Header { .. } => false,
            Operation::SetModified => {
                if survey.modified == Attribute::Observed(Modified::Tracked) {
                    self.untold.clear();
                }
                false
            }
            Operation::Regenerate => {
                self.forget_permanent();
                self.moved = true;
                true
            }
            Operation::Destroy => {
                self.empty();
                self.forget_permanent();
                self.moved = true;
                self.destroyed = true;
                true
            }
            // Whether a failed request is saved is a capability; after an explicit save some frameworks close the
            // session; lifetimes need a clock; what overlaps is judged by scripts made for it.
            Operation::SetLifetime { .. }
            | Operation::Save
            | Operation::Respond { .. }
            | Operation::Raise
            | Operation::Hold { .. } => {
                self.lost = true;
                false
            }
        }
    }

    /// The cycle ends and the session is saved; where that leaves it for the other browsers with its cookies.
    pub(in crate::oracle) fn save(&mut self, survey: &Survey) -> Left {
        let untold = std::mem::take(&mut self.untold);
        self.in_doubt.extend(untold.into_iter().filter(|key| self.items.contains_key(key)));
        let was_destroyed = std::mem::take(&mut self.destroyed);
        let was_moved = std::mem::take(&mut self.moved) | was_destroyed;
        // What begins after that is another session.
        self.permanent_was_set &= !was_destroyed;
        let is_empty = self.items.is_empty();
        if is_empty {
            self.lost |= !self.maybe.is_empty();
            self.forget_permanent();
        }
        let left = match (was_moved, is_empty && self.has_cookie) {
            _ if self.lost => Left::InDoubt,
            (true, _) => Left::Elsewhere,
            (false, false) => Left::InPlace,
            // Where `permanent` lives in the data, the data may not be empty.
            (false, true) if self.permanent_was_set => Left::InDoubt,
            (false, true) if survey.emptied == Emptied::Kept => Left::InDoubt,
            (false, true) => Left::Elsewhere,
        };
        self.has_cookie = !is_empty || (self.has_cookie && left == Left::InDoubt);
        left
    }

    fn set_in(&mut self, path: &[PathStep], value: &sessionspec_reference::Value, survey: &Survey) -> bool {
        let Some(PathStep::Key(key)) = path.first() else { return true };
        let never_stays = matches!(survey.nested, Nested::Copies | Nested::Unsupported);
        if never_stays && self.items.contains_key(key) {
            self.in_doubt.insert(key.clone());
        }
        if never_stays || self.in_doubt.contains(key) {
            return false;
        }
        if assign_in(&mut self.items, path, value.clone()).is_err() {
            return true;
        }
        // The survey has seen what becomes of a member of an object. A session that notices this need not notice what
        // happens further inside, or in a list.
        let as_surveyed = matches!(path, [_, PathStep::Key(_)]);
        let is_noticed = match survey.nested {
            Nested::Tracked => as_surveyed,
            // Some write back only while `permanent` is what it was in the survey.
            Nested::WrittenBack => as_surveyed && !self.permanent_was_set,
            Nested::Untracked | Nested::Copies | Nested::Unsupported => false,
        };
        if !is_noticed {
            self.untold.insert(key.clone());
        }
        true
    }

    /// The item is replaced or removed as a whole: what was in doubt about it is over.
    fn settle(&mut self, key: &str) {
        self.in_doubt.remove(key);
        self.maybe.remove(key);
        self.untold.remove(key);
    }

    fn is_in_doubt(&self, key: &str) -> bool {
        self.in_doubt.contains(key) || self.maybe.contains(key)
    }

    fn empty(&mut self) {
        self.items.clear();
        self.in_doubt.clear();
        self.maybe.clear();
        self.untold.clear();
    }

    /// `permanent` may be kept or be back to its default, and both is legal.
    fn forget_permanent(&mut self) {
        self.permanent = self.permanent.filter(|permanent| *permanent == self.permanent_default);
    }
}

/// Whether `permanent` is judged: the backend itself has it, and remembers it (where it does not, a check says so).
fn is_kept(permanent: Attribute<Permanent>) -> bool {
    permanent.observed().is_some_and(Permanent::persists)
}
