//! The `cookie` suite: how a session travels. Browsers obey cookies to the letter, and say nothing.

mod attributes;
mod caching;
mod every_response;
mod lifetime;
mod needless;
mod other_cookies;
mod removal;
mod stored;
mod strangers;

use crate::checks::Check;
use crate::expect::Line;
use crate::script::ops::{set, set_permanent};
use crate::survey::Survey;

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    attributes::HTTP_ONLY,
    attributes::SAME_SITE,
    attributes::SECURE,
    attributes::SENT_BACK,
    needless::NONE_WHEN_UNTOUCHED,
    needless::NONE_WHEN_ONLY_READ,
    needless::ONE_OF_A_NAME,
    lifetime::LASTS_WHEN_PERMANENT,
    lifetime::ENDS_WITH_THE_BROWSER,
    lifetime::REFRESHED_WITH_THE_RECORD,
    removal::REMOVES,
    removal::REPEATS_ATTRIBUTES,
    caching::VARY,
    caching::VARY_IS_MERGED,
    other_cookies::OTHERS_SURVIVE,
    strangers::HIDE_NOTHING,
    stored::FITS,
    stored::ONLY_IF_KEPT,
    caching::VARY_WHATEVER_THE_STATUS,
    every_response::EVERY_RESPONSE,
    every_response::SAME_SITE,
];

/// What makes a session that ends with the browser: where `permanent` is true by default, it is unset.
fn for_the_browser_session(survey: &Survey) -> Vec<Line> {
    let mut lines = vec![set("colour", "red").is_done()];
    if survey.permanent_default && survey.permanent.observed().is_some() {
        lines.push(set_permanent(false).is_done());
    }
    lines
}
