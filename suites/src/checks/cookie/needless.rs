//! When a cookie is set: a response without one can be cached, and two of one name confuse everybody.

use super::for_the_browser_session;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{ResponseRule, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{clear, contains, get, items, len, set, set_permanent};
use crate::survey::{Resent, Survey};

pub(super) const NONE_WHEN_UNTOUCHED: Check = Check {
    id: "cookie/none-when-untouched",
    level: Level::Recommended,
    harm: Harm::Hygiene,
    clause: "cookie.untouched",
    promise: "A request that did not look at its session sets no cookie.",
    source: "RFC 9111, section 7.3; Flask 0.10 set one with every response, and 0.11 does not",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let visitor = Scenario::new("for-a-visitor")
            .cycle("ann", [])
            .response(ResponseRule::NoSetCookie)
            .cycle("ann", [])
            .response(ResponseRule::NoSetCookie);
        let session = Scenario::new("for-a-session")
            .cycle("ann", for_the_browser_session(survey))
            .cycle("ann", [])
            .response(ResponseRule::NoSetCookie);
        // Where each request saves its session, each response may prolong it; and where the cookie of an older session is sent
        // again, a session may become older between two requests.
        let prolongs = survey.resent == Resent::Always || survey.goes_by_age();
        if prolongs { vec![visitor] } else { vec![visitor, session] }
    }),
};

pub(super) const NONE_WHEN_ONLY_READ: Check = Check {
    id: "cookie/none-when-only-read",
    level: Level::Recommended,
    harm: Harm::Hygiene,
    clause: "cookie.read",
    promise: "Where changes are tracked, a request that only read its session sets no cookie.",
    source: "Flask 0.8, SecureCookieSessionInterface.save_session",
    applies: &[
        Requirement::RealSessions,
        Requirement::OwnModified,
        Requirement::SavesOnlyChanges,
        Requirement::Cookies,
    ],
    relies: &[Fact::of("cookie/none-when-untouched", "for-a-session")],
    test: Test::Scenarios(none_when_only_read),
};

fn none_when_only_read(survey: &Survey) -> Vec<Scenario> {
    let reads = [get("colour"), get("size"), contains("colour"), items(), len()];
    let read_by = |op: Operation| {
        Scenario::new(op.name())
            .cycle("ann", for_the_browser_session(survey))
            .cycle("ann", [op.unjudged()])
            .response(ResponseRule::NoSetCookie)
    };
    reads.into_iter().map(read_by).collect()
}

pub(super) const ONE_OF_A_NAME: Check = Check {
    id: "cookie/one-of-a-name",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "cookie.once",
    promise: "No response sets two cookies of one name.",
    source: "RFC 6265, section 4.1.1",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[],
    test: Test::Scenarios(|_survey| {
        let rule = || ResponseRule::OncePerName;
        let changed = Scenario::new("when-changed")
            .cycle("ann", [set("colour", "red").unjudged(), set("size", "small").unjudged()])
            .response(rule())
            .cycle("ann", [set("colour", "blue").unjudged(), set_permanent(true).unjudged()])
            .response(rule());
        let emptied = Scenario::new("when-emptied-and-filled")
            .cycle("ann", [set("colour", "red").unjudged()])
            .cycle("ann", [clear().unjudged(), set("size", "small").unjudged()])
            .response(rule());
        let rotated = Scenario::new("when-rotated")
            .cycle("ann", [set("colour", "red").unjudged()])
            .cycle("ann", [Operation::Regenerate.unjudged(), set("size", "small").unjudged()])
            .response(rule());
        let saved = Scenario::new("when-saved-twice")
            .cycle("ann", [set("colour", "red").unjudged(), Operation::Save.unjudged()])
            .response(rule());
        vec![changed, emptied, rotated, saved]
    }),
};
