//! What there is while a script goes on: the sessions, and who has the cookies of which.

mod certain;
mod cookies;

use std::collections::BTreeMap;

use super::life::{Life, Lifetime};
use super::open::{Ending, Kept, Open};
use super::response::{Owed, owed, served};
use super::{Asked, Excused};
use crate::expect::{Expected, ResponseRule};
use crate::oracle::model::session::Left;
use crate::oracle::sequential::{has_new_cookies, neighbouring_len, was_refused};
use crate::play::{Exchange, Outcome};
use crate::script::{Operation, OperationKind, Stranger};
use crate::survey::Survey;
pub(super) use cookies::{Cookies, Holding};

/// Cookies count in whole seconds, and a response takes its time.
const SLACK: f64 = 2.0;

/// The sessions of a script, and who has the cookies of which.
pub(crate) struct Tracker<'a> {
    pub(super) survey: &'a Survey,
    asked: Asked,
    /// What is known, and not owed.
    pub(super) excused: Excused,
    pub(super) lives: Vec<Life>,
    pub(super) browsers: BTreeMap<String, Holding>,
    /// The time, in seconds since the script began.
    now: f64,
    /// Whether time was let pass.
    has_waited: bool,
    began: Option<std::time::SystemTime>,
    /// How many requests have ended.
    pub(super) cycle: usize,
    open: Option<Open>,
    /// The requests that did nothing but end their session, by what it was and how they did so.
    ended: Vec<((OperationKind, Option<bool>), usize)>,
}

impl<'a> Tracker<'a> {
    pub(crate) fn new(survey: &'a Survey, asked: Asked) -> Self {
        Self {
            survey,
            asked,
            excused: Excused::default(),
            lives: Vec::new(),
            browsers: BTreeMap::new(),
            now: 0.0,
            has_waited: false,
            began: None,
            cycle: 0,
            open: None,
            ended: Vec::new(),
        }
    }

    /// These things are known, and not owed.
    pub(super) fn excusing(self, excused: &Excused) -> Self {
        Self { excused: excused.clone(), ..self }
    }

    /// A request of this browser begins. `seen` is what came of it, where that is known.
    pub(crate) fn begin(&mut self, browser: &str, seen: Option<&Exchange>) {
        let answered = self.answered_at(seen);
        let mut holding = self.browsers.get(browser).copied().unwrap_or_else(|| self.fresh());
        let life = &self.lives[holding.life];
        if life.is_saved && !life.data.is_lost() && holding.cookies == Cookies::Current {
            let margin = if holding.is_forged || !self.may_outlive_the_browser(life) {
                0.0
            } else {
                SLACK + self.grace()
            };
            if self.now >= life.gone_from {
                holding.cookies = Cookies::Dead;
            } else if answered > life.there_until - margin
                || (!holding.is_forged && self.may_have_an_older_cookie(browser, life))
            {
                holding.cookies = Cookies::Unsure;
            }
        }
        if holding.is_raised {
            // While the session is there, they may open it. Later they do not.
            match holding.cookies {
                Cookies::Dead => holding.is_counterfeit = true,
                Cookies::Current | Cookies::Unsure => holding.cookies = Cookies::Unsure,
            }
        }
        let is_excused = (holding.beside.is_some() && self.excused.strangers())
            || (holding.is_counterfeit && self.excused.forgeries());
        if is_excused {
            holding.cookies = Cookies::Unsure;
        }
        let set_in = life.set_in;
        let Holding { is_forged, is_counterfeit, has_others, beside, .. } = holding;
        let mut dead = None;
        match (holding.cookies, self.asked) {
            (Cookies::Current, _) => {}
            (Cookies::Dead, Asked::Hardened) => {
                dead = set_in;
                holding = Holding { is_forged, has_others, beside, ..self.fresh() };
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
            is_counterfeit,
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
        let is_special = open.is_counterfeit || open.writes_on || open.is_large(life);
        is_long || has_own || ends_nothing || is_special
    }

    /// The request ends; what its response owes.
    pub(crate) fn end(&mut self, seen: Option<&Exchange>) -> Vec<Owed> {
        let may_be_refused = self.may_be_refused();
        let Some(open) = self.open.take() else { return Vec::new() };
        let survey = self.survey;
        let others: Vec<usize> = self
            .lives
            .iter()
            .enumerate()
            .filter(|(index, life)| *index != open.life && life.group != self.lives[open.life].group)
            .filter_map(|(_, life)| life.set_in)
            .collect();
        let is_refused = seen.is_some_and(|exchange| is_refused(&open, exchange));
        // A failure that was asked for hides whether it was refused for another reason.
        let is_hidden = may_be_refused && seen.is_some_and(was_refused);
        let is_unsaved = seen.is_some_and(|exchange| {
            matches!(exchange.outcome, Outcome::Answered { save_error: Some(_), .. })
        });
        let kept = if is_refused || is_hidden || is_unsaved { Kept::Unknown } else { self.kept(&open) };
        // What answers in the handler's place owes nothing.
        let mut owed = match is_refused {
            true => Vec::new(),
            false => owed(&open, &self.lives[open.life], kept, &others, survey, self.asked),
        };
        owed.extend(served(&open).filter(|_| !may_be_refused));
        if !is_refused {
            owed.extend(self.removal_beside_others(&open));
        }
        let mut left = self.settle(&open, kept);
        if self.is_excused_from_ids(&open) {
            self.lives[open.life].data.lose();
            left = Left::InDoubt;
        }
        let is_excused = open.unusual.iter().any(|unusual| match unusual.is_long {
            true => self.excused.large_values(),
            false => self.excused.unusual_values(),
        });
        // Whether a server gives out the id with which somebody came is judged by other checks.
        if is_excused || (open.is_counterfeit && open.writes) {
            self.lives[open.life].data.lose();
        }
        let has_new_cookies = seen.is_some_and(has_new_cookies);
        let sets_cookie = match seen {
            // Those of the application are among them.
            Some(exchange) => {
                let set = exchange.stored.iter().filter(|stored| {
                    matches!(stored, Ok(crate::browser::Stored::Added | crate::browser::Stored::Replaced))
                });
                set.count() > open.own_cookies.len()
            }
            None => kept == Kept::Yes && open.writes && !self.lives[open.life].data.items().is_empty(),
        };
        self.leave_to_others(&open, left, has_new_cookies);
        self.cookies_of(&open, seen, sets_cookie);
        self.now = open.now.max(self.now);
        self.cycle += 1;
        owed
    }

    /// What a response does without a cookie of the application, it does beside one.
    fn removal_beside_others(&mut self, open: &Open) -> Option<Owed> {
        let by = open.only_ends().filter(|_| open.ending == Ending::Status(200))?;
        let alike = (by, open.before.data.permanent());
        let earlier = self.ended.iter().find(|(end, _)| *end == alike).map(|(_, cycle)| *cycle);
        if open.own_cookies.is_empty() {
            self.ended.push((alike, self.cycle));
            return None;
        }
        earlier.map(|cycle| (ResponseRule::CookiesAsIn { cycle }, None))
    }

    /// Whether it is known that what this request does about the session's id goes wrong.
    fn is_excused_from_ids(&self, open: &Open) -> bool {
        let fails = !open.ending.is_success();
        (open.rotates && (self.excused.rotations() || (fails && self.excused.failed_rotations())))
            || (open.destroys && self.excused.logouts())
    }

    /// Time passes.
    pub(crate) fn wait(&mut self, seconds: f64) {
        let seconds = seconds.max(0.0);
        self.now += seconds;
        self.has_waited |= seconds > 0.0;
        let is_excused = self.excused.ends();
        for life in &mut self.lives {
            if life.is_saved && (is_excused || life.lifetime(self.survey) == Lifetime::Unknown) {
                life.data.lose();
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

    /// Whether another browser has got a newer cookie of the session, while the one of this browser may end sooner.
    fn may_have_an_older_cookie(&self, browser: &str, life: &Life) -> bool {
        let is_of_another = life.set_by.as_deref().is_some_and(|by| by != browser);
        is_of_another && self.now - life.cookie_set > SLACK && self.may_outlive_the_browser(life)
    }

    /// Whether its cookie may have an end that browsers know.
    fn may_outlive_the_browser(&self, life: &Life) -> bool {
        life.own.is_some() || life.data.permanent() != Some(false)
    }
}

/// Whether the request was answered by something else than its handler, and not as the handler was asked to.
fn is_refused(open: &Open, exchange: &Exchange) -> bool {
    let as_asked = match (&exchange.outcome, open.ending) {
        (Outcome::NoAnswers { .. }, Ending::Raised) => true,
        (Outcome::NoAnswers { status, .. }, Ending::Status(asked)) => *status == asked,
        _ => false,
    };
    was_refused(exchange) && !as_asked
}
