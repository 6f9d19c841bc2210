//! What an operation does to a request in progress, and what it has to answer.

use super::Asked;
use super::answers::{expected, is_asked};
use super::life::{Life, Lifetime};
use super::open::{Ending, Open};
use super::unusual::Unusual;
use crate::expect::Expected;
use crate::script::{Answer, Operation};
use crate::survey::{Permanent, Survey};

impl Open {
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
        self.note(op, survey);
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
                match name.eq_ignore_ascii_case("Vary") {
                    _ if !is_done => {}
                    true => self.own_vary.extend(value.split(", ").map(str::to_owned)),
                    false => self.own_cookies.push(value.clone()),
                }
                return None;
            }
            Operation::SetLifetime { seconds } => {
                self.is_blurred |= answer == Some(None);
                if is_done {
                    life.own = Some(Lifetime::Seconds(*seconds));
                }
                return None;
            }
            // What comes after that may be refused: some frameworks close the session.
            Operation::Save => {
                self.is_blurred |= answer == Some(None);
                self.saves_early = true;
                return None;
            }
            _ if self.saves_early && op.writes() && !is_done => {
                self.is_blurred = true;
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
        let unusual = Unusual::of(op);
        let is_unusual = !unusual.is_empty();
        self.unusual.extend(unusual);
        if is_unusual && !is_done {
            return None;
        }
        let expected = expected(op, life, survey);
        let permanent = life.data.permanent();
        let is_known = life.data.perform(op, survey);
        match op {
            Operation::Regenerate if asked == Asked::Hardened => life.data.keep_permanent(permanent),
            // Whether a lifetime of its own outlives the data is not said.
            Operation::Clear | Operation::Destroy => {
                life.own = life.own.map(|_| Lifetime::Unknown);
            }
            _ => {}
        }
        match op {
            _ if (self.saves_early || !self.unusual.is_empty()) && op.writes() => None,
            Operation::Permanent if !is_known => {
                is_asked(survey.permanent, op, survey).then_some(Expected::Boolean)
            }
            _ => expected.filter(|_| is_known),
        }
    }

    fn note(&mut self, op: &Operation, survey: &Survey) {
        match op {
            Operation::Get { .. } | Operation::Contains { .. } | Operation::Items | Operation::Len => {
                self.reads = true;
            }
            Operation::Permanent | Operation::New | Operation::Modified => self.reads_attributes = true,
            Operation::Header { .. } | Operation::Respond { .. } | Operation::Raise => {}
            _ => {
                self.writes = true;
                self.writes_on |= self.saves_early;
            }
        }
        self.gives |= op.writes() && !matches!(op, Operation::Delete { .. } | Operation::Pop { .. });
        if !matches!(op, Operation::Header { .. } | Operation::Respond { .. } | Operation::Raise) {
            self.did.push(op.kind());
        }
        // Where `permanent` is one of the items, whoever reads it has looked at the session.
        let is_item = survey.permanent.observed().is_some_and(Permanent::is_in_data);
        self.depends_on_items |= is_item && *op == Operation::Permanent;
        self.depends_on_items |= matches!(
            op,
            Operation::Get { .. }
                | Operation::Contains { .. }
                | Operation::Items
                | Operation::Len
                | Operation::Set { .. }
                | Operation::Delete { .. }
                | Operation::Pop { .. }
                | Operation::Setdefault { .. }
                | Operation::Update { .. }
                | Operation::Clear
        );
        self.changes_inside |= matches!(op, Operation::SetIn { .. });
        self.rotates |= *op == Operation::Regenerate;
        self.destroys |= *op == Operation::Destroy;
    }
}
