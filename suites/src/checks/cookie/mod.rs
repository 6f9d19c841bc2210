//! The `cookie` suite: how a session travels. Browsers obey cookies to the letter, and say nothing.

mod attributes;
mod caching;
mod lifetime;
mod needless;
mod other_cookies;
mod removal;
mod stored;

use crate::checks::{Check, Plan};
use crate::expect::{Line, Scenario};
use crate::script::ops::{set, set_permanent};
use crate::survey::{Store, Survey};

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
    stored::FITS,
    stored::ONLY_IF_KEPT,
];

/// The plan for a backend that sends cookies at all.
fn for_cookies(survey: &Survey, plan: impl FnOnce() -> Vec<Scenario>) -> Plan<Vec<Scenario>> {
    if survey.null {
        return Plan::NotApplicable("this backend opens only null sessions".to_owned());
    }
    if survey.store == Store::Unknown {
        return Plan::NotApplicable("this backend sends no cookies".to_owned());
    }
    Plan::Do(plan())
}

/// The same, for a backend whose handlers can add header fields to their own responses.
fn for_own_fields(survey: &Survey, plan: impl FnOnce() -> Vec<Scenario>) -> Plan<Vec<Scenario>> {
    if survey.unsupported.iter().any(|name| name == "header") {
        return Plan::NotApplicable("its probe has no `header`".to_owned());
    }
    for_cookies(survey, plan)
}

/// What makes a session that ends with the browser: where `permanent` is true by default, it is unset.
fn for_the_browser_session(survey: &Survey) -> Vec<Line> {
    let mut lines = vec![set("colour", "red").is_done()];
    if survey.permanent_default && survey.permanent.observed().is_some() {
        lines.push(set_permanent(false).is_done());
    }
    lines
}
