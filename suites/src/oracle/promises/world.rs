//! What there is while a script goes on: the sessions, and who has the cookies of which.

use std::collections::BTreeMap;

use sessionspec_reference::Map;

use super::Asked;
use super::cycle::{Ending, Kept, Open};
use super::life::{Life, Lifetime, Use, has_permanent};
use super::response::{Owed, owed};
use crate::expect::Expected;
use crate::oracle::model::session::Left;
use crate::oracle::sequential::{has_new_cookies, neighbouring_len, was_refused};
use crate::play::{Exchange, Outcome};
use crate::script::{Forgery, Operation, Stranger};
use crate::survey::{Expiry, Store, Survey};

/// Cookies count in whole seconds, and a response takes its time.
const SLACK: f64 = 2.0;

/// The sessions of a script, and who has the cookies of which.
pub(crate) struct World<'a> {
    survey: &'a Survey,
    asked: Asked,
    lives: Vec<Life>,
    browsers: BTreeMap<String, Holding>,
    /// The time, in seconds since the script began.
    now: f64,
    /// Whether time was let pass.
    has_waited: bool,
    began: Option<std::time::SystemTime>,
    /// How many requests have ended.
    cycle: usize,
    open: Option<Open>,
}

/// The session that a browser's cookies lead to.
#[derive(Clone, Copy)]
struct Holding {
    life: usize,
    cookies: Cookies,
    /// Whether they are sent as they are, whatever responses remove, until one sets others.
    is_forged: bool,
    beside: Option<Stranger>,
}

/// What becomes of a browser's cookies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cookies {
    /// They lead to the session, as far as it has been saved.
    Current,
    /// Their session has ended, or has another id since.
    Dead,
    /// Both is legal.
    Unsure,
}

impl<'a> World<'a> {
    pub(crate) fn new(survey: &'a Survey, asked: Asked) -> Self {
        Self {
            survey,
            asked,
            lives: Vec::new(),
            browsers: BTreeMap::new(),
            now: 0.0,
            has_waited: false,
            began: None,
            cycle: 0,
            open: None,
        }
    }

    /// A request of this browser begins. `seen` is what came of it, where that is known.
    pub(crate) fn begin(&mut self, browser: &str, seen: Option<&Exchange>) {
        let answered = self.answered_at(seen);
        let mut holding = self.browsers.get(browser).copied().unwrap_or_else(|| self.fresh());
        let life = &self.lives[holding.life];
        if life.is_saved && holding.cookies == Cookies::Current {
            let margin = if holding.is_forged || !self.may_outlive_the_browser(life) {
                0.0
            } else {
                SLACK + self.grace()
            };
            if self.now >= life.gone_from {
                holding.cookies = Cookies::Dead;
            } else if answered > life.there_until - margin {
                holding.cookies = Cookies::Unsure;
            }
        }
        let set_in = life.set_in;
        let (is_forged, beside) = (holding.is_forged, holding.beside);
        let mut dead = None;
        match (holding.cookies, self.asked) {
            (Cookies::Current, _) => {}
            (Cookies::Dead, Asked::Hardened) => {
                dead = set_in;
                holding = Holding { is_forged, beside, ..self.fresh() };
            }
            // A backend that adopts the dead id now writes to wherever the session itself may be found.
            (Cookies::Dead, Asked::Recommended) | (Cookies::Unsure, _) => {
                self.lives[holding.life].data.lose();
            }
        }
        self.browsers.insert(browser.to_owned(), holding);
        let life = &self.lives[holding.life];
        let comes_without = match seen {
            Some(exchange) => exchange.cookie.is_none(),
            None => dead.is_none() && life.set_in.is_none() && !life.is_saved,
        };
        let is_visitor = comes_without && !life.is_existing() && !life.data.is_lost();
        self.open = Some(Open {
            index: self.cycle,
            is_visitor,
            dead,
            beside,
            is_forged,
            ..Open::new(browser, holding.life, life.clone(), answered)
        });
    }

    /// The request does this; what it has to answer.
    pub(crate) fn perform(
        &mut self,
        index: usize,
        op: &Operation,
        seen: Option<&Exchange>,
    ) -> Option<Expected> {
        let open = self.open.as_mut()?;
        let life = &mut self.lives[open.life];
        let answer = seen.map(|exchange| exchange.answer(index));
        let expected = open.perform(life, op, answer, self.survey, self.asked);
        match (op, seen) {
            (Operation::Len, Some(seen)) => neighbouring_len(index, seen),
            _ => expected,
        }
    }

    /// Whether the request may be refused as a whole.
    pub(crate) fn may_be_refused(&self) -> bool {
        let Some(open) = &self.open else { return true };
        let life = &self.lives[open.life];
        let is_long = open.beside.is_some_and(Stranger::is_long);
        // A backend may have no such lifetime, and say so when it saves.
        let has_own = life.own.is_some() && life.own != open.before.own;
        let ends_nothing = open.destroys && self.asked == Asked::Recommended;
        is_long || has_own || ends_nothing || open.is_large(life)
    }

    /// The request ends; what its response owes.
    pub(crate) fn end(&mut self, seen: Option<&Exchange>) -> Vec<Owed> {
        let Some(open) = self.open.take() else { return Vec::new() };
        let survey = self.survey;
        let others: Vec<usize> = self
            .lives
            .iter()
            .enumerate()
            .filter(|(index, life)| *index != open.life && life.group != self.lives[open.life].group)
            .filter_map(|(_, life)| life.set_in)
            .collect();
        let kept = self.kept(&open, seen);
        let owed = owed(&open, &self.lives[open.life], kept, &others, survey, self.asked);
        let left = self.settle(&open, kept, seen);
        let has_new_cookies = seen.is_some_and(has_new_cookies);
        let sets_cookie = match seen {
            Some(exchange) => exchange.stored.iter().any(|stored| {
                matches!(stored, Ok(crate::browser::Stored::Added | crate::browser::Stored::Replaced))
            }),
            None => kept == Kept::Yes && open.writes && !self.lives[open.life].data.items().is_empty(),
        };
        self.leave_to_others(&open, left, has_new_cookies);
        self.cookies_of(&open, seen, sets_cookie);
        self.now = open.now.max(self.now);
        self.cycle += 1;
        owed
    }

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
            _ => Holding { is_forged: true, cookies: Cookies::Unsure, ..self.fresh() },
        };
        self.browsers.insert(to.to_owned(), holding);
    }

    /// Time passes.
    pub(crate) fn wait(&mut self, seconds: f64) {
        let seconds = seconds.max(0.0);
        self.now += seconds;
        self.has_waited |= seconds > 0.0;
        for life in &mut self.lives {
            if life.is_saved && life.lifetime(self.survey) == Lifetime::Unknown {
                life.data.lose();
            }
        }
    }

    /// The items that this browser's session certainly holds.
    pub(crate) fn items(&self, browser: &str) -> Map {
        self.life(browser).map(|life| life.data.items().clone()).unwrap_or_default()
    }

    /// What `permanent` certainly is.
    pub(crate) fn permanent(&self, browser: &str) -> Option<bool> {
        self.life(browser).map_or(Some(self.survey.permanent_default), |life| life.data.permanent())
    }

    /// Whether it can be said what this browser's session holds.
    pub(crate) fn is_known(&self, browser: &str) -> bool {
        self.browsers.get(browser).is_none_or(|holding| {
            !self.lives[holding.life].data.is_lost()
                && (holding.cookies == Cookies::Current
                    || (holding.cookies == Cookies::Dead && self.asked == Asked::Hardened))
        })
    }

    /// For how long the browser's session is certainly there, and from when it is certainly gone.
    pub(crate) fn left_to_live(&self, browser: &str) -> Option<(f64, f64)> {
        let life = self.life(browser).filter(|life| life.is_existing())?;
        let left = (life.there_until - self.now, life.gone_from - self.now);
        (left.0.is_finite() && left.1.is_finite()).then_some(left)
    }

    fn life(&self, browser: &str) -> Option<&Life> {
        self.browsers.get(browser).map(|holding| &self.lives[holding.life])
    }

    fn fresh(&mut self) -> Holding {
        let life = self.lives.len();
        self.lives.push(Life::fresh(self.survey, life));
        Holding { life, cookies: Cookies::Current, is_forged: false, beside: None }
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
                Holding { is_forged: holding.is_forged, beside: holding.beside, ..self.fresh() }
            }
            (Cookies::Current, _) if !source.is_existing() => Holding { cookies: Cookies::Unsure, ..holding },
            _ => holding,
        }
    }

    /// Whether what the request did is kept.
    fn kept(&self, open: &Open, seen: Option<&Exchange>) -> Kept {
        let is_refused = seen.is_some_and(|exchange| {
            was_refused(exchange)
                && !matches!((&exchange.outcome, open.ending), (Outcome::NoAnswers { .. }, Ending::Raised))
                && !matches!(
                    (&exchange.outcome, open.ending),
                    (Outcome::NoAnswers { status, .. }, Ending::Status(asked)) if *status == asked
                )
        });
        match open.ending.kept(self.survey) {
            _ if is_refused => Kept::Unknown,
            // How far it came nobody knows, where it was asked for something that may have been refused.
            _ if open.is_blurred => Kept::Unknown,
            kept => kept,
        }
    }

    /// What the request leaves of its session, for others with its cookies.
    fn settle(&mut self, open: &Open, kept: Kept, seen: Option<&Exchange>) -> Left {
        let survey = self.survey;
        let life = &mut self.lives[open.life];
        let is_written = open.differs(life);
        let left = match kept {
            Kept::Yes if open.ending.is_success() => life.data.save(survey),
            Kept::Yes if open.destroys => {
                life.data.lose();
                Left::InDoubt
            }
            Kept::Yes => {
                let left = life.data.save(survey);
                if open.rotates { Left::InDoubt } else { left }
            }
            Kept::No if open.destroys => {
                life.data.lose();
                Left::InDoubt
            }
            Kept::No => {
                *life = open.before.clone();
                if open.rotates { Left::InDoubt } else { Left::InPlace }
            }
            Kept::Unknown if !open.writes => Left::InPlace,
            Kept::Unknown => {
                // A large value was refused or kept; what was there before has to be there still.
                match (&open.large, seen) {
                    (Some(key), _) if !open.before.data.is_lost() && open.is_existing() => {
                        *life = open.before.clone();
                        life.data.may_hold(key);
                    }
                    _ => life.data.lose(),
                }
                if life.data.is_lost() { Left::InDoubt } else { Left::InPlace }
            }
        };
        let is_there = !life.data.items().is_empty() && !life.data.is_lost();
        let is_first = is_there && kept == Kept::Yes && (!open.before.is_saved || open.destroys);
        let is_read_by_sliding = open.reads
            && survey.description.declares.expiry == Some(Expiry::Sliding)
            && has_permanent(survey)
            && life.data.permanent() == Some(true);
        if is_there && (is_first || open.before.is_saved) {
            let is_written = is_written && kept == Kept::Yes;
            let use_ = Use { now: open.now, is_written, is_first, is_read_by_sliding };
            life.used(&open.before, &use_, survey);
            life.is_saved = true;
        } else if kept == Kept::Yes && life.data.items().is_empty() {
            life.is_saved = false;
            life.own = None;
        }
        left
    }

    /// What becomes of the cookies that others have of the session.
    fn leave_to_others(&mut self, open: &Open, left: Left, has_new_cookies: bool) {
        let is_client = self.survey.store == Store::Client;
        let group = self.lives[open.life].group;
        let others = match (left, has_new_cookies) {
            // What was sent as a cookie cannot be revoked; a server may do so all the same.
            (Left::Elsewhere | Left::InDoubt, _) if is_client => Cookies::Unsure,
            (Left::InPlace, _) if is_client => return,
            (Left::Elsewhere, _) => Cookies::Dead,
            (Left::InDoubt, _) | (Left::InPlace, true) => Cookies::Unsure,
            (Left::InPlace, false) => return,
        };
        for (name, holding) in &mut self.browsers {
            let is_of_it =
                if is_client { self.lives[holding.life].group == group } else { holding.life == open.life };
            if is_of_it && *name != open.browser && holding.cookies != Cookies::Dead {
                holding.cookies = others;
            }
        }
    }

    /// What becomes of the browser's own cookies.
    fn cookies_of(&mut self, open: &Open, seen: Option<&Exchange>, sets_cookie: bool) {
        let life = &mut self.lives[open.life];
        if sets_cookie {
            life.set_in = Some(self.cycle);
            life.cookie_set = open.now;
        }
        let Some(holding) = self.browsers.get_mut(&open.browser) else { return };
        let has_set_cookie = seen.is_some_and(|exchange| exchange.headers.all("Set-Cookie").next().is_some());
        if holding.is_forged && (has_set_cookie || (seen.is_none() && sets_cookie)) {
            // From now on it has what this response has set, which may be a part of the session's cookies.
            let set = seen.map_or(1, |exchange| exchange.stored.len());
            let is_whole = self.survey.cookies.len() == 1
                && set == 1
                && open.own_cookie.is_none()
                && self.survey.store == Store::Server;
            (holding.is_forged, holding.beside) = (false, None);
            if !is_whole {
                holding.cookies = Cookies::Unsure;
            }
        }
    }

    fn answered_at(&mut self, seen: Option<&Exchange>) -> f64 {
        let Some(answered) = seen.and_then(|exchange| exchange.answered) else { return self.now };
        let began = *self.began.get_or_insert(answered);
        answered.duration_since(began).map_or(self.now, |passed| passed.as_secs_f64().max(self.now))
    }

    fn grace(&self) -> f64 {
        self.survey.description.lifetime_grace_seconds.unwrap_or(1.0)
    }

    /// Whether its cookie may have an end that browsers know.
    fn may_outlive_the_browser(&self, life: &Life) -> bool {
        life.own.is_some() || life.data.permanent() != Some(false)
    }
}
