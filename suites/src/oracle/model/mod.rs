//! A small model of what each browser's session holds, and of what the contract leaves open about it.
//!
//! The generator asks it which keys exist and which sessions can be shared. The oracle asks it which answers can be
//! compared: where good backends differ, the model says that the answer is *in doubt*. It foresees every script, since
//! scripts that are being shrunk, or come from a file, contain things that the generator would not do.

pub(super) mod session;

use std::collections::BTreeMap;

use sessionspec_reference::Map;

use crate::oracle::DeadSessions;
use crate::script::Operation;
use crate::survey::{Store, Survey};

use session::{Left, Session};

/// What each browser's session holds.
pub(crate) struct Model<'a> {
    survey: &'a Survey,
    dead_sessions: DeadSessions,
    sessions: Vec<Session>,
    browsers: BTreeMap<String, Holding>,
}

/// The session that a browser's cookies lead to.
#[derive(Clone, Copy)]
struct Holding {
    session: usize,
    cookies: Cookies,
}

/// What becomes of a browser's cookies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cookies {
    /// They lead to the session.
    Current,
    /// Their session has ended, or has another id since.
    Dead,
    /// They may lead to the session or not, and both is legal.
    Unsure,
}

impl<'a> Model<'a> {
    /// No browser has any cookies yet.
    pub(crate) fn new(survey: &'a Survey, dead_sessions: DeadSessions) -> Self {
        Self { survey, dead_sessions, sessions: Vec::new(), browsers: BTreeMap::new() }
    }

    /// A cycle of this browser begins.
    pub(crate) fn open(&mut self, browser: &str) {
        let holding = match self.browsers.get(browser) {
            Some(holding) => *holding,
            None => self.start_afresh(browser),
        };
        match (holding.cookies, self.dead_sessions) {
            (Cookies::Current, _) => {}
            (Cookies::Dead, DeadSessions::OnPurpose) => drop(self.start_afresh(browser)),
            // A backend that adopts the dead id now writes to wherever the session itself may be found.
            (Cookies::Dead, DeadSessions::Avoided) | (Cookies::Unsure, _) => {
                self.sessions[holding.session].lose();
            }
        }
    }

    /// The browser's cycle does this; whether the contract says what it answers.
    pub(crate) fn perform(&mut self, browser: &str, op: &Operation) -> bool {
        let survey = self.survey;
        self.session_mut(browser).is_some_and(|session| session.perform(op, survey))
    }

    /// The browser's cycle ends; whether its cookies are not those any more that it was sent with.
    pub(crate) fn save(&mut self, browser: &str, new_cookies: bool) {
        let survey = self.survey;
        let Some(session) = self.session_mut(browser) else { return };
        let left = session.save(survey);
        let others = match (left, new_cookies) {
            (Left::Elsewhere, _) => Cookies::Dead,
            (Left::InDoubt, _) | (Left::InPlace, true) => Cookies::Unsure,
            (Left::InPlace, false) => return,
        };
        let Some(own) = self.browsers.get(browser).copied() else { return };
        for (name, holding) in &mut self.browsers {
            if holding.session == own.session && name != browser {
                holding.cookies = others;
            }
        }
    }

    /// Nobody knows whether what the browser's cycle did was done.
    pub(crate) fn lose(&mut self, browser: &str) {
        if let Some(session) = self.session_mut(browser) {
            session.lose();
        }
    }

    /// `to` gets the cookies of `from`.
    pub(crate) fn copy_cookies(&mut self, from: &str, to: &str) {
        if from == to {
            return;
        }
        match self.copy_of(from) {
            Some(copy) => drop(self.browsers.insert(to.to_owned(), copy)),
            None => drop(self.start_afresh(to)),
        }
    }

    fn copy_of(&self, from: &str) -> Option<Holding> {
        let Holding { session, cookies } = *self.browsers.get(from)?;
        let source = &self.sessions[session];
        let cookies = match cookies {
            // A client-side session is copied, not shared; the oracle would share it.
            _ if self.survey.store != Store::Server => Cookies::Unsure,
            Cookies::Current if source.is_live() => Cookies::Current,
            Cookies::Current if source.has_cookie() => Cookies::Unsure,
            Cookies::Current | Cookies::Dead => Cookies::Dead,
            Cookies::Unsure => Cookies::Unsure,
        };
        Some(Holding { session, cookies })
    }

    /// The items that this browser's session certainly holds.
    pub(crate) fn items(&self, browser: &str) -> Option<&Map> {
        self.session(browser).map(Session::items)
    }

    /// What `permanent` certainly is.
    pub(crate) fn permanent(&self, browser: &str) -> Option<bool> {
        self.session(browser).and_then(Session::permanent)
    }

    /// Keys of its items whose value may be one thing or another.
    pub(crate) fn keys_in_doubt(&self, browser: &str) -> impl Iterator<Item = &String> {
        self.session(browser).into_iter().flat_map(Session::keys_in_doubt)
    }

    /// Whether this browser has a session, and a browser that got a copy of its cookies could be judged.
    pub(crate) fn copy_can_be_judged(&self, browser: &str) -> bool {
        self.copy_of(browser).is_some_and(|copy| self.is_judged(copy.cookies))
    }

    /// Whether a cycle of this browser can be judged.
    pub(crate) fn can_be_judged(&self, browser: &str) -> bool {
        self.browsers.get(browser).is_none_or(|holding| self.is_judged(holding.cookies))
    }

    fn is_judged(&self, cookies: Cookies) -> bool {
        match cookies {
            Cookies::Current => true,
            Cookies::Dead => self.dead_sessions == DeadSessions::OnPurpose,
            Cookies::Unsure => false,
        }
    }

    fn start_afresh(&mut self, browser: &str) -> Holding {
        self.sessions.push(Session::fresh(self.survey.permanent_default));
        let holding = Holding { session: self.sessions.len() - 1, cookies: Cookies::Current };
        self.browsers.insert(browser.to_owned(), holding);
        holding
    }

    fn session(&self, browser: &str) -> Option<&Session> {
        self.browsers.get(browser).map(|holding| &self.sessions[holding.session])
    }

    fn session_mut(&mut self, browser: &str) -> Option<&mut Session> {
        self.browsers.get(browser).map(|holding| &mut self.sessions[holding.session])
    }
}

#[cfg(test)]
mod tests;
