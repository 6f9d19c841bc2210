//! How long browsers keep the session's cookies.

use super::{for_cookies, for_the_browser_session};
use crate::check::{Check, Level, Plan, Test};
use crate::response_rule::ResponseRule;
use crate::scenario::Scenario;
use crate::script::ops::{set, set_permanent};
use crate::survey::{Attribute, Survey};

/// Libraries count in whole seconds, where they do not say otherwise.
const GRACE: f64 = 1.0;

pub(super) const LASTS_WHEN_PERMANENT: Check = Check {
    id: "cookie/lasts-when-permanent",
    level: Level::Recommended,
    clause: "cookie.permanent",
    promise: "The cookies of a permanent session outlive the browser, for as long as was declared.",
    source: "Flask 0.8, SessionInterface.get_expiration_time",
    needs: &["minimum/permanent-persists"],
    test: Test::Scenarios(|survey| {
        for_permanent(survey, || {
            let description = &survey.description;
            let lasts = || ResponseRule::Lasts {
                seconds: description.lifetime_seconds,
                grace: description.lifetime_grace_seconds.unwrap_or(GRACE),
            };
            let from_the_start = Scenario::new("from-the-start")
                .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).is_done()])
                .response(lasts());
            let later = Scenario::new("later")
                .cycle("ann", [set("colour", "red").is_done(), set_permanent(false).is_done()])
                .cycle("ann", [set("colour", "blue").is_done(), set_permanent(true).is_done()])
                .response(lasts());
            vec![from_the_start, later]
        })
    }),
};

pub(super) const ENDS_WITH_THE_BROWSER: Check = Check {
    id: "cookie/ends-with-the-browser",
    level: Level::Recommended,
    clause: "cookie.browser-session",
    promise: "The cookies of a session that is not permanent end with the browser.",
    source: "Flask 0.8, SessionInterface.get_expiration_time",
    needs: &["minimum/permanent-persists"],
    test: Test::Scenarios(|survey| {
        for_permanent(survey, || {
            let at_first = Scenario::new("at-first")
                .cycle("ann", for_the_browser_session(survey))
                .response(ResponseRule::EndsWithBrowser);
            let again = Scenario::new("no-longer-permanent")
                .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).is_done()])
                .cycle("ann", [set("colour", "blue").is_done(), set_permanent(false).is_done()])
                .response(ResponseRule::EndsWithBrowser);
            vec![at_first, again]
        })
    }),
};

fn for_permanent(survey: &Survey, plan: impl FnOnce() -> Vec<Scenario>) -> Plan<Vec<Scenario>> {
    match survey.permanent {
        Attribute::Observed(_) => for_cookies(survey, plan),
        Attribute::Derived => Plan::NotApplicable("the probe stands in for `permanent`".to_owned()),
        Attribute::Missing => Plan::NotApplicable("this backend has no `permanent`".to_owned()),
    }
}
