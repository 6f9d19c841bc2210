//! What a request leaves behind: of its session, of the cookies that others have of it, and of the browser's own.

use super::life::{Use, has_permanent};
use super::open::{Kept, Open};
use super::tracker::{Cookies, Tracker};
use crate::oracle::model::session::Left;
use crate::play::Exchange;
use crate::script::OperationKind;
use crate::survey::{Expiry, Store};

impl Tracker<'_> {
    /// Whether what the request did is kept.
    pub(super) fn kept(&self, open: &Open) -> Kept {
        match open.ending.kept(self.survey) {
            // How far it came nobody knows, where it was asked for something that may have been refused.
            _ if open.is_blurred => Kept::Unknown,
            // What was saved before the request has failed may stay. A rotation may save the session at once.
            _ if self.may_be_saved_early(open) && !open.ending.is_success() => Kept::Unknown,
            kept => kept,
        }
    }

    fn may_be_saved_early(&self, open: &Open) -> bool {
        open.saves_early || (open.rotates && open.changes(&self.lives[open.life]))
    }

    /// What the request leaves of its session, for others with its cookies.
    pub(super) fn settle(&mut self, open: &Open, kept: Kept) -> Left {
        let survey = self.survey;
        let life = &mut self.lives[open.life];
        let is_written = open.differs(life);
        let left = match kept {
            // What is written after a logout is kept in another session, or not at all.
            Kept::Yes if open.ending.is_kept_well(survey) && open.destroys => {
                life.data.save(survey);
                Left::Elsewhere
            }
            Kept::Yes if open.ending.is_kept_well(survey) => life.data.save(survey),
            // A failure that is saved has ended the session, too, where nothing else was done about it.
            Kept::Yes
                if open.only_ends() == Some(OperationKind::Destroy) && survey.store == Store::Server =>
            {
                life.data.save(survey);
                Left::Elsewhere
            }
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
                if open.unusual.is_empty() || open.before.data.is_lost() || !open.is_existing() {
                    life.data.lose();
                } else {
                    let changed = open.changed_keys(life);
                    *life = open.before.clone();
                    changed.iter().for_each(|key| life.data.may_hold(key));
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
            let is_read_by_absolute = !open.writes
                && survey.description.declares.expiry == Some(Expiry::Absolute)
                && has_permanent(survey)
                && life.data.permanent() == Some(true);
            let use_ = Use { now: open.now, is_written, is_first, is_read_by_sliding, is_read_by_absolute };
            life.used(&open.before, &use_, survey);
            life.is_saved = true;
        } else if kept == Kept::Yes && life.data.items().is_empty() {
            life.is_saved = false;
            life.own = None;
        }
        left
    }

    /// What becomes of the cookies that others have of the session.
    pub(super) fn leave_to_others(&mut self, open: &Open, left: Left, has_new_cookies: bool) {
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
    pub(super) fn cookies_of(&mut self, open: &Open, seen: Option<&Exchange>, sets_cookie: bool) {
        let life = &mut self.lives[open.life];
        if sets_cookie {
            life.set_in = Some(self.cycle);
            life.set_by = Some(open.browser.clone());
            life.cookie_set = open.now;
            life.rotations += usize::from(open.rotates);
        }
        if open.rotates && life.own.is_some() && !self.survey.rotates() {
            // What the probe begins in its place has the usual lifetime, or that one.
            life.data.lose();
        }
        let Some(holding) = self.browsers.get_mut(&open.browser) else { return };
        holding.has_others |= !open.own_cookies.is_empty();
        let has_set_cookie = seen.is_some_and(|exchange| exchange.headers.all("Set-Cookie").next().is_some());
        if holding.is_forged && (has_set_cookie || (seen.is_none() && sets_cookie)) {
            // From now on it has what this response has set, which may be a part of the session's cookies.
            let set = seen.map_or(1, |exchange| exchange.stored.len());
            // What answers a forged cookie has nothing of the forged data in it.
            let is_new = open.is_counterfeit && !open.writes;
            let is_whole = self.survey.cookies.len() == 1
                && set == 1
                && open.own_cookies.is_empty()
                && (self.survey.store == Store::Server || is_new);
            (holding.is_forged, holding.beside) = (false, None);
            if !is_whole {
                holding.cookies = Cookies::Unsure;
            }
        }
    }
}
