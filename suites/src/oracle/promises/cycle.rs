//! A request in progress: what it has done so far, and what its operations have to answer.

use sessionspec_reference::Value;
use sessionspec_reference::value::{assign_in, same_items};

use super::life::{Life, has_permanent};
use crate::expect::Expected;
use crate::oracle::promises::Asked;
use crate::script::{Answer, Operation, Stranger};
use crate::survey::{Attribute, Modified, New, OnError, Survey};

/// A session of more bytes than that may be refused.
const ROOM: usize = 1500;

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
    pub(super) ending: Ending,
    /// Whether it has looked at the data, and by nothing but `get`, `contains`, `items` and `len`.
    pub(super) reads: bool,
    pub(super) reads_attributes: bool,
    pub(super) writes: bool,
    pub(super) rotates: bool,
    pub(super) destroys: bool,
    pub(super) own_cookie: Option<String>,
    pub(super) own_vary: Option<String>,
    /// The key of a value that is larger than a cookie.
    pub(super) large: Option<String>,
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
            writes: false,
            rotates: false,
            destroys: false,
            own_cookie: None,
            own_vary: None,
            large: None,
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

    /// Performs the operation; what it has to answer. `answer` is none where answers are not known yet, and
    /// `Some(None)` where there are none.
    pub(super) fn perform(
        &mut self,
        life: &mut Life,
        op: &Operation,
        answer: Option<Option<&Answer>>,
        survey: &Survey,
        asked: Asked,
    ) -> Option<Expected> {
        let is_done = answer.is_none_or(|answer| answer.is_none_or(Answer::is_done));
        self.note(op);
        match op {
            Operation::Respond { status } => {
                if is_done {
                    self.ending = Ending::Status(*status);
                }
                return None;
            }
            Operation::Raise => {
                self.ending = Ending::Raised;
                return None;
            }
            Operation::Header { name, value } => {
                let field =
                    if name.eq_ignore_ascii_case("Vary") { &mut self.own_vary } else { &mut self.own_cookie };
                *field = Some(value.clone()).filter(|_| is_done);
                return None;
            }
            Operation::SetLifetime { seconds } => {
                self.is_blurred |= answer == Some(None);
                if is_done {
                    self.set_lifetime(life, *seconds, survey);
                }
                return None;
            }
            // A session may refuse to be told that it is modified; then it has not been told.
            Operation::SetModified => {
                self.is_blurred |= answer == Some(None);
                if is_done {
                    life.data.perform(op, survey);
                }
                return None;
            }
            Operation::New => return self.new_is(life, survey),
            Operation::Modified => return self.modified_is(life, survey),
            _ => {}
        }
        if let Some((key, _)) = large_item(op) {
            self.large = Some(key.to_owned());
            if !is_done {
                return None;
            }
        }
        let expected = expected(op, life, survey);
        let permanent = life.data.permanent();
        let is_known = life.data.perform(op, survey);
        match op {
            Operation::Regenerate if asked == Asked::Hardened => life.data.keep_permanent(permanent),
            // Whether a lifetime of its own outlives the data is not said.
            Operation::Clear | Operation::Destroy => {
                life.own = life.own.map(|_| super::life::Lifetime::Unknown);
            }
            _ => {}
        }
        match op {
            _ if self.large.is_some() && op.writes() => None,
            Operation::Permanent if !is_known => {
                (survey.permanent.observed().is_some()).then_some(Expected::Boolean)
            }
            _ => expected.filter(|_| is_known),
        }
    }

    fn note(&mut self, op: &Operation) {
        match op {
            Operation::Get { .. } | Operation::Contains { .. } | Operation::Items | Operation::Len => {
                self.reads = true;
            }
            Operation::Permanent | Operation::New | Operation::Modified => self.reads_attributes = true,
            Operation::Header { .. } | Operation::Respond { .. } | Operation::Raise => {}
            _ => self.writes = true,
        }
        self.changes_inside |= matches!(op, Operation::SetIn { .. });
        self.rotates |= *op == Operation::Regenerate;
        self.destroys |= *op == Operation::Destroy;
    }

    fn set_lifetime(&self, life: &mut Life, seconds: f64, survey: &Survey) {
        let own = super::life::Lifetime::Seconds(seconds);
        let grace = survey.description.lifetime_grace_seconds.unwrap_or(1.0);
        if seconds <= grace {
            // It may be over at once.
            life.data.lose();
        }
        life.own = Some(own);
    }

    /// `new` is false on a session that came back with items, for as long as it has items and its id; and true on one that
    /// nobody has touched, where the backend can tell.
    fn new_is(&self, life: &Life, survey: &Survey) -> Option<Expected> {
        let kind = survey.new.observed()?;
        let has_items = !life.data.items().is_empty() && !life.data.is_lost();
        Some(if self.is_existing() && has_items && !self.rotates && !self.destroys {
            Expected::Answer(Answer::Ok(false.into()))
        } else if self.is_visitor && kind == New::Real && !self.writes {
            Expected::Answer(Answer::Ok(true.into()))
        } else {
            Expected::Boolean
        })
    }

    /// On an existing session, `modified` says whether something was changed, or always true.
    fn modified_is(&self, life: &Life, survey: &Survey) -> Option<Expected> {
        let mode = survey.modified.observed()?;
        let says = |modified: bool| Expected::Answer(Answer::Ok(modified.into()));
        Some(match mode {
            _ if !self.is_existing() || life.data.is_lost() => Expected::Boolean,
            Modified::Always => says(true),
            Modified::Tracked if !self.writes => says(false),
            Modified::Tracked if self.differs_noticeably(life, survey) => says(true),
            Modified::Tracked => Expected::Boolean,
        })
    }

    /// Whether the data differ from what was opened, by more than a change inside of a value.
    fn differs_noticeably(&self, life: &Life, survey: &Survey) -> bool {
        let is_in_data = survey.permanent.observed().is_some_and(|permanent| permanent.is_in_data());
        let (was, is) = (self.before.data.permanent(), life.data.permanent());
        let permanent_differs = is_in_data && was.is_some() && is.is_some() && was != is;
        self.differs(life) || (permanent_differs && !self.destroys && !self.rotates)
    }

    /// Whether the items differ from what was opened, by more than a change inside of a value.
    pub(super) fn differs(&self, life: &Life) -> bool {
        let (was, is) = (self.before.data.items(), life.data.items());
        let keys_differ = was.len() != is.len() || was.keys().any(|key| !is.contains_key(key));
        keys_differ || (!self.changes_inside && !same_items(was, is))
    }

    /// Whether the session is larger than what every backend has to keep.
    pub(super) fn is_large(&self, life: &Life) -> bool {
        let size = |life: &Life| Value::Object(life.data.items().clone()).to_string().len();
        self.large.is_some() || size(life) > ROOM || size(&self.before) > ROOM
    }
}

/// An item that is larger than a cookie.
pub(super) fn large_item(op: &Operation) -> Option<(&str, &Value)> {
    match op {
        Operation::Set { key, value } if value.as_str().is_some_and(|text| text.len() > ROOM) => {
            Some((key, value))
        }
        _ => None,
    }
}

/// What an operation answers on a session like this, before it is performed.
fn expected(op: &Operation, life: &Life, survey: &Survey) -> Option<Expected> {
    let items = life.data.items();
    let value = |key: &str| items.get(key).cloned().map_or(Answer::Absent, Answer::Ok);
    let expected = match op {
        Operation::Items => {
            let mut own_keys = survey.own_keys.clone();
            let mut items = items.clone();
            for key in life.data.keys_in_doubt() {
                items.remove(key);
                own_keys.insert(key.clone());
            }
            return Some(Expected::Items { items, own_keys });
        }
        Operation::Get { key } | Operation::Pop { key } => value(key),
        Operation::Contains { key } => Answer::Ok(items.contains_key(key).into()),
        Operation::Delete { key } => match items.contains_key(key) {
            true => Answer::Ok(Value::Null),
            false => Answer::Absent,
        },
        Operation::Setdefault { key, value } => Answer::Ok(items.get(key).unwrap_or(value).clone()),
        Operation::Permanent => {
            let permanent = life.data.permanent().filter(|_| has_permanent(survey))?;
            Answer::Ok(permanent.into())
        }
        Operation::SetIn { path, value } => {
            return Some(match assign_in(&mut items.clone(), path, value.clone()) {
                Ok(()) => Expected::Done,
                Err(_) => Expected::Refused,
            });
        }
        op if op.writes() => return Some(Expected::Done),
        _ => return None,
    };
    Some(Expected::Answer(expected))
}

/// Whether `modified` is the backend's own, and false until something changes.
pub(super) fn tracks(survey: &Survey) -> bool {
    survey.modified == Attribute::Observed(Modified::Tracked)
}
