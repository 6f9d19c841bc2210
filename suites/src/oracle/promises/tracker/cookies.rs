//! Who has the cookies of which session: what copies and forgeries do to that.

use super::Tracker;
use crate::oracle::promises::life::Life;
use crate::oracle::promises::{Asked, SHORTEST};
use crate::script::{Change, Forgery, Spelling, Stranger};
use crate::survey::Store;

/// The session that a browser's cookies lead to.
#[derive(Clone, Copy)]
pub(in crate::oracle::promises) struct Holding {
    pub(in crate::oracle::promises) life: usize,
    pub(in crate::oracle::promises) cookies: Cookies,
    /// Whether they are sent as they are, whatever responses remove, until one sets others.
    pub(in crate::oracle::promises) is_forged: bool,
    /// Whether they are made so that they open nothing.
    pub(in crate::oracle::promises) is_counterfeit: bool,
    /// Whether a number in them has become larger.
    pub(in crate::oracle::promises) is_raised: bool,
    /// Whether cookies of the application are among them.
    pub(in crate::oracle::promises) has_others: bool,
    pub(in crate::oracle::promises) beside: Option<Stranger>,
}

/// What becomes of a browser's cookies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::oracle::promises) enum Cookies {
    /// They lead to the session, as far as it has been saved.
    Current,
    /// Their session has ended, or has another id since.
    Dead,
    /// Both is legal.
    Unsure,
}

impl Tracker<'_> {
    /// `to` gets the cookies of `from`.
    pub(crate) fn copy_cookies(&mut self, from: &str, to: &str) {
        if from != to {
            let copy = self.copy_of(from);
            self.browsers.insert(to.to_owned(), copy);
        }
    }

    /// `to` gets cookies that are made from those of `from`.
    pub(crate) fn forge(&mut self, from: &str, to: &str, forgery: &Forgery) {
        let copy = if from == to { self.browsers.get(from).copied() } else { Some(self.copy_of(from)) };
        let copy = copy.unwrap_or_else(|| self.fresh());
        let holding = match forgery {
            Forgery::Replayed => Holding { is_forged: true, ..copy },
            Forgery::Beside { stranger, .. } => Holding { is_forged: true, beside: Some(*stranger), ..copy },
            // Which of them is changed is not known.
            _ if copy.has_others && is_of_one(forgery) => {
                Holding { is_forged: true, cookies: Cookies::Unsure, ..self.fresh() }
            }
            _ if self.asked == Asked::Hardened && raises(forgery) => {
                Holding { is_forged: true, is_raised: true, ..copy }
            }
            _ if self.asked == Asked::Hardened && opens_nothing(forgery, self.survey.store) => {
                Holding { is_forged: true, is_counterfeit: true, ..self.fresh() }
            }
            _ => Holding { is_forged: true, cookies: Cookies::Unsure, ..self.fresh() },
        };
        self.browsers.insert(to.to_owned(), holding);
    }

    pub(super) fn fresh(&mut self) -> Holding {
        let life = self.lives.len();
        self.lives.push(Life::fresh(self.survey, life));
        Holding {
            life,
            cookies: Cookies::Current,
            is_forged: false,
            is_counterfeit: false,
            is_raised: false,
            has_others: false,
            beside: None,
        }
    }

    fn copy_of(&mut self, from: &str) -> Holding {
        let Some(holding) = self.browsers.get(from).copied() else { return self.fresh() };
        let source = &self.lives[holding.life];
        match (holding.cookies, self.survey.store) {
            (Cookies::Current, Store::Client) => {
                let copy = source.clone();
                self.lives.push(copy);
                Holding { life: self.lives.len() - 1, ..holding }
            }
            // Who has no cookie yet has none to share.
            (Cookies::Current, _)
                if source.set_in.is_none() && !source.is_saved && !source.data.is_lost() =>
            {
                Holding { life: self.fresh().life, cookies: Cookies::Current, ..holding }
            }
            (Cookies::Current, _) if !source.is_existing() => Holding { cookies: Cookies::Unsure, ..holding },
            _ => holding,
        }
    }
}

/// Whether one cookie is changed, by its place among all.
fn is_of_one(forgery: &Forgery) -> bool {
    matches!(forgery, Forgery::Field { .. } | Forgery::LongField { .. })
}

/// Whether the cookies are those that they are made from, except for a number in them that has become larger. A client may lengthen
/// its own session by that, and nothing else.
fn raises(forgery: &Forgery) -> bool {
    matches!(forgery, Forgery::Field { change: Change::Raised, .. })
}

/// Whether cookies like these open no session: those with an id that the server never gave or with a pattern,
/// those with a part that is too long to be a mere name, and those with data that nobody has signed. The same part of another session's cookie may open that one.
fn opens_nothing(forgery: &Forgery, store: Store) -> bool {
    match forgery {
        Forgery::Unknown => store == Store::Server,
        Forgery::Value(spelling) => {
            let is_made_up = Spelling::PATTERNS.contains(spelling) || Spelling::FORMS.contains(spelling);
            is_made_up && store == Store::Server
        }
        Forgery::LongField { change, shortest, .. } => *change != Change::Swapped && *shortest >= SHORTEST,
        Forgery::Rewritten { signature, .. } => *signature != Some(Change::Swapped),
        Forgery::SignedWithoutKey { .. } => true,
        _ => false,
    }
}
