//! How many pairs of situations were met: the evidence of the checks that are about products of two.

use std::collections::BTreeSet;

use super::{
    ACTIONS, ACTIONS_OF_LIVES, Action, ENDINGS, Ending, FEWER_ENDINGS, OTHERS, OTHERS_OF_LIVES, Others,
    PASTS, PASTS_OF_LIVES, Past, Plan,
};
use crate::oracle::promises::leaves_in_doubt;
use crate::script::OperationKind;
use crate::survey::{OnError, Store, Survey};

/// A row of one of the tables, as it comes to on a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::search) enum Row {
    Ending(Ending),
    Past(Past),
    Action(Action),
    Others(Others),
}

/// How many pairs of rows of two tables were met, and of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pairs {
    pub(crate) met: usize,
    pub(crate) of: usize,
}

/// What can be done on a backend.
#[derive(Clone, Copy)]
pub(in crate::search) struct Reach<'a> {
    pub(in crate::search) survey: &'a Survey,
    /// Whether the contract says enough about this operation there.
    pub(in crate::search) is_tried: &'a dyn Fn(OperationKind) -> bool,
}

impl Pairs {
    /// The pairs among these episodes, each with the rows that it has met, of scripts about any request or about lives.
    pub(in crate::search) fn among(episodes: &[Vec<Row>], is_life: bool, reach: Reach<'_>) -> Self {
        let met: BTreeSet<(Row, Row)> = episodes
            .iter()
            .flat_map(|rows| rows.iter().enumerate().map(move |(at, one)| (one, &rows[at + 1..])))
            .flat_map(|(one, others)| others.iter().map(move |other| (*one, *other)))
            .collect();
        let tables = match is_life {
            true => reach.tables(&FEWER_ENDINGS, &PASTS_OF_LIVES, &ACTIONS_OF_LIVES, &OTHERS_OF_LIVES),
            false => reach.tables(&ENDINGS, &PASTS, &ACTIONS, &OTHERS),
        };
        let mut pairs = Self { met: 0, of: 0 };
        for (at, table) in tables.iter().enumerate() {
            let others: Vec<Row> = tables[at + 1..].iter().flatten().copied().collect();
            for pair in table.iter().flat_map(|one| others.iter().map(move |other| (*one, *other))) {
                if reach.can_meet(pair) {
                    pairs.of += 1;
                    pairs.met += usize::from(met.contains(&pair));
                }
            }
        }
        pairs
    }
}

impl Reach<'_> {
    /// The rows that an episode meets which was planned so, and whose request ends like this, where these come along.
    pub(in crate::search) fn rows(self, plan: Plan, ending: Ending, others: Option<Others>) -> Vec<Row> {
        let ending = Some(Row::Ending(self.ending(ending)));
        let past = self.past(plan.past).map(Row::Past);
        let action = self.action(plan.action).map(Row::Action);
        let others = others.and_then(|others| self.others(others)).map(Row::Others);
        [ending, past, action, others].into_iter().flatten().collect()
    }

    /// What the tables come to.
    fn tables(
        self,
        endings: &[Ending],
        pasts: &[Past],
        actions: &[Action],
        others: &[Others],
    ) -> [BTreeSet<Row>; 4] {
        [
            endings.iter().map(|row| Row::Ending(self.ending(*row))).collect(),
            pasts.iter().filter_map(|row| self.past(*row)).map(Row::Past).collect(),
            actions.iter().filter_map(|row| self.action(*row)).map(Row::Action).collect(),
            others.iter().filter_map(|row| self.others(*row)).map(Row::Others).collect(),
        ]
    }

    /// Whether the two can be met together. The contract leaves open what is owed where the others are.
    fn can_meet(self, pair: (Row, Row)) -> bool {
        match pair {
            // A lifetime may be refused, and only the answer says whether it was.
            (
                Row::Ending(Ending::Status(204 | 205 | 304)),
                Row::Action(Action::Shorten | Action::Lengthen),
            ) => false,
            // A second tab finds what was saved, if anything was.
            (Row::Ending(Ending::Status(status)), Row::Others(Others::SecondTab)) => {
                !leaves_in_doubt(Some(status), self.survey)
            }
            (Row::Ending(Ending::Raised), Row::Others(Others::SecondTab)) => {
                !leaves_in_doubt(None, self.survey)
            }
            // What is written after the end of a session may have its old id.
            (Row::Action(Action::DestroyAndWrite), Row::Others(Others::WritingThief)) => false,
            _ => true,
        }
    }

    /// How a request ends that is to end so.
    fn ending(self, ending: Ending) -> Ending {
        let survey = self.survey;
        match ending {
            Ending::WithoutBody { status, otherwise } => match survey.ends_without_body(status) {
                true => Ending::Status(status),
                false => self.ending(Ending::Status(otherwise)),
            },
            Ending::Status(status) if status != 200 && !survey.supports("respond") => Ending::Status(200),
            Ending::Raised if survey.on_error == OnError::Unknown => Ending::Status(200),
            _ => ending,
        }
    }

    /// What the session has been through, if it can be that.
    fn past(self, past: Past) -> Option<Past> {
        let survey = self.survey;
        let has_permanent = (self.is_tried)(OperationKind::SetPermanent);
        let can_be = match past {
            Past::Permanent | Past::NoLongerPermanent | Past::PermanentWritten => has_permanent,
            Past::PermanentRotated => has_permanent && survey.supports("regenerate"),
            Past::Rotated | Past::RotatedTwice => survey.supports("regenerate"),
            Past::Refilled => survey.supports("clear"),
            Past::BegunAgain => survey.supports("destroy") || survey.supports("clear"),
            Past::ShorterLifetime | Past::LongerLifetime | Past::OwnLifetimeUsed => self.has_lifetimes(),
            Past::OlderThanASecond | Past::NearItsEnd | Past::Over => survey.virtual_time,
            _ => true,
        };
        can_be.then_some(past)
    }

    /// What is done to the session, if it can be done.
    fn action(self, action: Action) -> Option<Action> {
        let survey = self.survey;
        let can_be = match action {
            Action::Pop => survey.supports("pop"),
            Action::Setdefault => survey.supports("setdefault"),
            Action::Update => survey.supports("update"),
            Action::Clear => survey.supports("clear"),
            Action::Nested => (self.is_tried)(OperationKind::SetIn),
            Action::SetPermanent => (self.is_tried)(OperationKind::SetPermanent),
            Action::Headers | Action::EndBesideHeaders => survey.supports("header"),
            Action::Rotate | Action::RotateAndWrite | Action::RotateAndEnd => survey.supports("regenerate"),
            Action::RotateAndRemember => {
                survey.supports("regenerate") && (self.is_tried)(OperationKind::SetPermanent)
            }
            Action::Shorten | Action::Lengthen => self.has_lifetimes(),
            _ => true,
        };
        can_be.then_some(action)
    }

    /// Who comes along. That somebody comes late, or in time, is seen where time can be moved.
    fn others(self, others: Others) -> Option<Others> {
        let can_be = match others {
            Others::LateKeeper | Others::InTime => self.survey.virtual_time,
            Others::Forger => !self.survey.cookies.is_empty() && self.survey.store != Store::Unknown,
            _ => true,
        };
        can_be.then_some(others)
    }

    fn has_lifetimes(self) -> bool {
        self.survey.supports("set_lifetime") && self.survey.virtual_time
    }
}
