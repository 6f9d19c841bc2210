//! What is certain of the session of a browser: those who write scripts ask for it.

use sessionspec_reference::Map;

use super::Tracker;
use super::cookies::Cookies;
use crate::oracle::promises::Asked;
use crate::oracle::promises::life::Life;

impl Tracker<'_> {
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

    /// Whether the browser has cookies of a session that is there.
    pub(crate) fn is_there(&self, browser: &str) -> bool {
        self.is_known(browser) && self.life(browser).is_some_and(Life::is_existing)
    }

    /// Whether the browser's cookies certainly lead to nothing any more.
    pub(crate) fn is_dead(&self, browser: &str) -> bool {
        self.browsers.get(browser).is_some_and(|holding| {
            let life = &self.lives[holding.life];
            let is_over = life.is_saved && !life.data.is_lost() && self.now >= life.gone_from;
            holding.cookies == Cookies::Dead || (holding.cookies == Cookies::Current && is_over)
        })
    }

    /// For how long the browser's session is certainly there, and from when it is certainly gone.
    pub(crate) fn left_to_live(&self, browser: &str) -> Option<(f64, f64)> {
        let life = self.life(browser).filter(|life| life.is_existing())?;
        let left = (life.there_until - self.now, life.gone_from - self.now);
        (left.0.is_finite() && left.1.is_finite()).then_some(left)
    }

    pub(super) fn life(&self, browser: &str) -> Option<&Life> {
        self.browsers.get(browser).map(|holding| &self.lives[holding.life])
    }
}
