//! A request in progress: what it came with, what it has done so far, and how it ends.

use std::collections::BTreeSet;

use sessionspec_reference::Value;
use sessionspec_reference::value::same_items;

use super::life::Life;
use super::unusual::{ROOM, Unusual};
use crate::script::{OperationKind, Stranger};
use crate::survey::{OnError, Survey};

/// How a request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Status(u16),
    Raised,
}

/// Whether what a request did is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Yes,
    No,
    /// As a whole or not at all: the survey has not seen which.
    Unknown,
}

impl Ending {
    pub(super) fn kept(self, survey: &Survey) -> Kept {
        let mode = match self {
            Self::Status(200..400) => return Kept::Yes,
            Self::Status(404) => survey.on_not_found,
            Self::Status(500) => survey.on_server_error,
            Self::Status(_) => OnError::Unknown,
            Self::Raised => survey.on_error,
        };
        match mode {
            OnError::Saved => Kept::Yes,
            OnError::Discarded => Kept::No,
            OnError::Unknown => Kept::Unknown,
        }
    }

    /// Whether it is no failure.
    pub(super) fn is_success(self) -> bool {
        matches!(self, Self::Status(200..400))
    }

    /// Whether all that was done is kept as after a success: a 404 is no failure of the handler, where it is saved at all.
    pub(super) fn is_kept_well(self, survey: &Survey) -> bool {
        self.is_success() || (self == Self::Status(404) && survey.on_not_found == OnError::Saved)
    }
}

/// A request in progress.
pub(super) struct Open {
    /// Its number, from zero.
    pub(super) index: usize,
    pub(super) browser: String,
    pub(super) life: usize,
    /// The session as it was opened.
    pub(super) before: Life,
    /// Whether the browser has come without any cookie.
    pub(super) is_visitor: bool,
    /// The cycle that has set the cookie of a session that is gone, with which the browser has come.
    pub(super) dead: Option<usize>,
    pub(super) beside: Option<Stranger>,
    pub(super) is_forged: bool,
    /// Whether its cookies are made so that they open nothing.
    pub(super) is_counterfeit: bool,
    pub(super) ending: Ending,
    /// Whether it has looked at the data, and by nothing but `get`, `contains`, `items` and `len`.
    pub(super) reads: bool,
    pub(super) reads_attributes: bool,
    /// Whether it has read or changed the items.
    pub(super) depends_on_items: bool,
    pub(super) writes: bool,
    /// Whether it has done more than to look, and to take out what may be there.
    pub(super) gives: bool,
    /// What it has done with its session.
    pub(super) did: Vec<OperationKind>,
    pub(super) rotates: bool,
    pub(super) destroys: bool,
    /// Whether the session was saved before the request has ended.
    pub(super) saves_early: bool,
    /// Whether it went on to write after that.
    pub(super) writes_on: bool,
    /// What the application has set itself: cookies, and names of `Vary`.
    pub(super) own_cookies: Vec<String>,
    pub(super) own_vary: Vec<String>,
    /// Items that level `minimum` does not ask for.
    pub(super) unusual: Vec<Unusual>,
    pub(super) now: f64,
    /// Whether something was done of which only an answer could say whether it was refused.
    pub(super) is_blurred: bool,
    pub(super) changes_inside: bool,
}

impl Open {
    pub(super) fn new(browser: &str, life: usize, before: Life, now: f64) -> Self {
        Self {
            index: 0,
            browser: browser.to_owned(),
            life,
            before,
            is_visitor: false,
            dead: None,
            beside: None,
            is_forged: false,
            ending: Ending::Status(200),
            reads: false,
            reads_attributes: false,
            depends_on_items: false,
            writes: false,
            gives: false,
            did: Vec::new(),
            rotates: false,
            destroys: false,
            saves_early: false,
            writes_on: false,
            own_cookies: Vec::new(),
            own_vary: Vec::new(),
            unusual: Vec::new(),
            is_counterfeit: false,
            now,
            is_blurred: false,
            changes_inside: false,
        }
    }

    pub(super) fn is_existing(&self) -> bool {
        self.before.is_existing()
    }

    /// Whether the request did nothing with its session.
    pub(super) fn leaves_alone(&self) -> bool {
        !self.reads && !self.reads_attributes && !self.writes
    }

    /// How it ends the session of its browser, if that is all that it does.
    pub(super) fn only_ends(&self) -> Option<OperationKind> {
        match self.did[..] {
            [by @ (OperationKind::Clear | OperationKind::Destroy)]
                if self.is_existing() && !self.is_forged && self.before.own.is_none() =>
            {
                Some(by)
            }
            _ => None,
        }
    }

    /// Whether the items differ from what was opened, by more than a change inside of a value.
    pub(super) fn differs(&self, life: &Life) -> bool {
        let (was, is) = (self.before.data.items(), life.data.items());
        let keys_differ = was.len() != is.len() || was.keys().any(|key| !is.contains_key(key));
        keys_differ || (!self.changes_inside && !same_items(was, is))
    }

    /// Whether there is more to save than was opened.
    pub(super) fn changes(&self, life: &Life) -> bool {
        let is_other = self.before.data.permanent() != life.data.permanent() || self.before.own != life.own;
        is_other || self.changes_inside || self.differs(life)
    }

    /// The keys of items that it may have changed, and of those that may have been refused.
    pub(super) fn changed_keys(&self, life: &Life) -> BTreeSet<String> {
        let (was, is) = (self.before.data.items(), life.data.items());
        let differs = |key: &&String| was.get(*key) != is.get(*key);
        let changed = was.keys().chain(is.keys()).filter(differs);
        changed.chain(self.unusual.iter().map(|unusual| &unusual.key)).cloned().collect()
    }

    /// Whether the session is larger than what every backend has to keep.
    pub(super) fn is_large(&self, life: &Life) -> bool {
        let size = |life: &Life| Value::Object(life.data.items().clone()).to_string().len();
        !self.unusual.is_empty() || size(life) > ROOM || size(&self.before) > ROOM
    }
}
