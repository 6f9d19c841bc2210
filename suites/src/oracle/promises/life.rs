//! One session with its life: what it holds, and until when.

use crate::oracle::model::session::Session;
use crate::survey::{Attribute, Expiry, Permanent, Survey};

/// The lifetime that a session has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lifetime {
    Never,
    Seconds(f64),
    /// Nobody has said it.
    Unknown,
}

/// One session.
#[derive(Clone)]
pub(super) struct Life {
    pub(super) data: Session,
    /// Whether it was certainly saved with an item, and has not been emptied since.
    pub(super) is_saved: bool,
    /// The lifetime that was set for it alone.
    pub(super) own: Option<Lifetime>,
    /// When it was first saved, and when its cookie was last set, in seconds.
    pub(super) born: f64,
    pub(super) cookie_set: f64,
    /// Until then it has to be there; from then on it has to be gone.
    pub(super) there_until: f64,
    pub(super) gone_from: f64,
    /// How often it has got another id.
    pub(super) rotations: usize,
    /// The cycle that has set its cookie last.
    pub(super) set_in: Option<usize>,
    /// The browser that has its newest cookie.
    pub(super) set_by: Option<String>,
    /// Those that were copied from each other, where the data are in the cookie.
    pub(super) group: usize,
}

impl Life {
    pub(super) fn fresh(survey: &Survey, group: usize) -> Self {
        Self {
            data: Session::fresh(survey.permanent_default),
            is_saved: false,
            own: None,
            born: 0.0,
            cookie_set: 0.0,
            there_until: f64::INFINITY,
            gone_from: f64::INFINITY,
            rotations: 0,
            set_in: None,
            set_by: None,
            group,
        }
    }

    /// Whether it comes back with items, for certain.
    pub(super) fn is_existing(&self) -> bool {
        self.is_saved && !self.data.items().is_empty() && !self.data.is_lost()
    }

    /// How long it lives after it was saved.
    pub(super) fn lifetime(&self, survey: &Survey) -> Lifetime {
        if let Some(own) = self.own {
            return own;
        }
        let description = &survey.description;
        let of_others = match description.browser_lifetime_seconds {
            Some(Some(seconds)) => Lifetime::Seconds(seconds),
            Some(None) => Lifetime::Never,
            None => Lifetime::Unknown,
        };
        // What `permanent` is until somebody sets it says nothing about the lifetime where it is true.
        if survey.permanent_default && !self.data.permanent_was_set() {
            return Lifetime::Unknown;
        }
        match (has_permanent(survey), self.data.permanent()) {
            (true, Some(true)) => description.lifetime_seconds.map_or(Lifetime::Unknown, Lifetime::Seconds),
            (_, Some(false)) => of_others,
            (false, _) | (true, None) => Lifetime::Unknown,
        }
    }

    /// It was used at this moment, and saved if it was written.
    pub(super) fn used(&mut self, before: &Self, use_: &Use, survey: &Survey) {
        let lifetime = self.lifetime(survey);
        let is_changed = lifetime != before.lifetime(survey) || self.own != before.own;
        let grace = survey.description.lifetime_grace_seconds.unwrap_or(1.0);
        let Use { now, is_written, is_first, is_read_by_sliding, is_read_by_absolute } = *use_;
        let Lifetime::Seconds(seconds) = lifetime else {
            (self.there_until, self.gone_from) = (f64::INFINITY, f64::INFINITY);
            return;
        };
        let longest = match before.lifetime(survey) {
            Lifetime::Seconds(before) if !is_first => seconds.max(before),
            Lifetime::Seconds(_) => seconds,
            Lifetime::Never | Lifetime::Unknown if is_first || is_written => seconds,
            Lifetime::Never | Lifetime::Unknown => f64::INFINITY,
        };
        // One that was set for it alone holds from the save on; with the others, what was stored before may stay.
        let longest = if is_written && self.own.is_some() { seconds } else { longest };
        // A lifetime of nothing, or less, is over at once.
        let gone_from = now + longest.max(0.0) + grace;
        self.gone_from = if is_read_by_absolute { gone_from.min(before.gone_from) } else { gone_from };
        if is_first {
            self.born = now;
            self.there_until = now + seconds - grace;
        } else if is_written && matches!(survey.expiry, Expiry::Sliding | Expiry::Writes) {
            self.there_until = now + seconds - grace;
        } else if is_changed {
            self.there_until = self.born + seconds - grace;
        } else if is_read_by_sliding {
            self.there_until = now + seconds - grace;
        }
    }
}

/// How a session was used.
pub(super) struct Use {
    pub(super) now: f64,
    /// Whether a change was certainly saved.
    pub(super) is_written: bool,
    /// Whether it was saved for the first time.
    pub(super) is_first: bool,
    /// Whether it was read, and the backend declares that this prolongs it.
    pub(super) is_read_by_sliding: bool,
    /// Whether it was only read, and the backend declares that this does not prolong it.
    pub(super) is_read_by_absolute: bool,
}

/// Whether the backend itself has `permanent`, and remembers it.
pub(super) fn has_permanent(survey: &Survey) -> bool {
    matches!(survey.permanent, Attribute::Observed(permanent) if Permanent::persists(permanent))
}
