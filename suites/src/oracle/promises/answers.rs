//! What operations have to answer: on the data, and by the attributes.

use sessionspec_reference::Value;
use sessionspec_reference::value::assign_in;

use super::life::{Life, has_permanent};
use super::open::Open;
use crate::expect::Expected;
use crate::script::{Answer, Operation};
use crate::survey::{Attribute, Modified, New, Survey};

impl Open {
    /// `new` is false on a session that came back with items, for as long as it has items and its id; and true on one that
    /// nobody has touched, where the backend can tell.
    pub(super) fn new_is(&self, life: &Life, survey: &Survey) -> Option<Expected> {
        if self.destroys || !is_asked(survey.new, &Operation::New, survey) {
            return None;
        }
        let kind = survey.description.declares.new.or(survey.new.observed());
        let has_items = !life.data.items().is_empty() && !life.data.is_lost();
        Some(if self.is_existing() && has_items && !self.rotates && !self.destroys {
            Expected::Answer(Answer::Ok(false.into()))
        } else if self.is_visitor && kind == Some(New::Real) && !self.writes {
            Expected::Answer(Answer::Ok(true.into()))
        } else {
            Expected::Boolean
        })
    }

    /// On an existing session, `modified` says whether something was changed, or always true.
    pub(super) fn modified_is(&self, life: &Life, survey: &Survey) -> Option<Expected> {
        // What a session answers that was ended in the same request is left open.
        if self.destroys || !is_asked(survey.modified, &Operation::Modified, survey) {
            return None;
        }
        let Some(mode) = survey.description.declares.modified.or(survey.modified.observed()) else {
            return Some(Expected::Boolean);
        };
        let says = |modified: bool| Expected::Answer(Answer::Ok(modified.into()));
        Some(match mode {
            _ if !self.is_existing() || life.data.is_lost() => Expected::Boolean,
            Modified::Always => says(true),
            // A save may begin to count anew.
            Modified::Tracked if self.saves_early => Expected::Boolean,
            Modified::Tracked if !self.writes => says(false),
            Modified::Tracked if self.differs_noticeably(life, survey) => says(true),
            Modified::Tracked => Expected::Boolean,
        })
    }

    /// Whether the data differ from what was opened, by more than a change inside of a value.
    fn differs_noticeably(&self, life: &Life, survey: &Survey) -> bool {
        let is_in_data =
            survey.permanent.observed().is_some_and(sessionspec_reference::capability::Permanent::is_in_data);
        let (was, is) = (self.before.data.permanent(), life.data.permanent());
        let permanent_differs = is_in_data && was.is_some() && is.is_some() && was != is;
        self.differs(life) || (permanent_differs && !self.destroys && !self.rotates)
    }
}

/// What an operation answers on a session like this, before it is performed.
pub(super) fn expected(op: &Operation, life: &Life, survey: &Survey) -> Option<Expected> {
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

/// Whether the backend itself answers for this attribute, rightly or not. One that answers something else than a boolean is
/// seen as one that has none.
pub(super) fn is_asked<T>(attribute: Attribute<T>, op: &Operation, survey: &Survey) -> bool {
    attribute.is_own() && survey.supports(op.name())
}
