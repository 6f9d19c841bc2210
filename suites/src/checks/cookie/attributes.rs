//! The attributes of the session's cookies.

use super::for_the_browser_session;
use crate::checks::statuses::{OTHER_FAILURES, OTHER_REDIRECTS};
use crate::checks::{Check, Harm, Requirement, Test};
use crate::expect::{Line, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{set, set_permanent};
use crate::survey::Survey;

pub(super) const HTTP_ONLY: Check = Check {
    id: "cookie/http-only",
    level: Level::Recommended,
    harm: Harm::Security,
    clause: "cookie.http-only",
    promise: "Scripts in the page cannot read the session's cookies.",
    source: "OWASP Session Management Cheat Sheet, HttpOnly; RFC 6265bis, section 5.6.6",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[],
    test: Test::Scenarios(|survey| each_time(survey, "no-http-only", ResponseRule::HttpOnly)),
};

pub(super) const SAME_SITE: Check = Check {
    id: "cookie/same-site",
    level: Level::Hardened,
    harm: Harm::Hygiene,
    clause: "cookie.same-site",
    promise: "The session's cookies say whether they are sent with requests from other sites.",
    source: "RFC 6265bis, section 8.8; without it, browsers differ",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[],
    test: Test::Scenarios(|survey| each_time(survey, "no-same-site", ResponseRule::SameSite)),
};

pub(super) const SECURE: Check = Check {
    id: "cookie/secure",
    level: Level::Recommended,
    harm: Harm::Security,
    clause: "cookie.secure",
    promise: "Over https, the session's cookies are never sent over plain http.",
    source: "OWASP Session Management Cheat Sheet, Secure; RFC 6265bis, section 8.3",
    applies: &[Requirement::RealSessions, Requirement::Https, Requirement::Cookies],
    relies: &[],
    test: Test::Scenarios(|survey| each_time(survey, "not-secure", ResponseRule::Secure)),
};

pub(super) const SENT_BACK: Check = Check {
    id: "cookie/sent-back",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "cookie.path",
    promise: "Browsers keep the session's cookies, and send them back to where they came from.",
    source: "RFC 6265bis, sections 5.1.4 and 5.7",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let judged = |reason: &str, rule: ResponseRule| {
            Scenario::new(reason).cycle("ann", for_the_browser_session(survey)).response(rule)
        };
        vec![judged("dropped", ResponseRule::Kept), judged("path", ResponseRule::SentBack)]
    }),
};

/// Whenever a cookie is set: for a new session, a changed one, a permanent one, one that is rotated, and by responses that
/// are redirects or errors. Those without a body, and rarer successes, are left to the suite `promises`, which looks at every response.
fn each_time(survey: &Survey, reason: &str, rule: ResponseRule) -> Vec<Scenario> {
    let judged = |reason: &str, cycles: Vec<Vec<Line>>| {
        let begun = Scenario::new(reason);
        cycles.into_iter().fold(begun, |session, lines| session.cycle("ann", lines).response(rule.clone()))
    };
    let ends = |status: u16| {
        let respond = Operation::Respond { status };
        vec![set("colour", status.to_string()).unjudged(), respond.unjudged()]
    };
    let mut plain = vec![
        for_the_browser_session(survey),
        vec![set("colour", "blue").unjudged()],
        vec![set_permanent(true).unjudged()],
        vec![Operation::Regenerate.unjudged()],
    ];
    if survey.gap_of_probe("respond").is_some() {
        return vec![judged(reason, plain)];
    }
    plain.extend([302, 404, 500].map(ends));
    let failures = OTHER_FAILURES.map(|(status, _)| status);
    let rarer = [201].into_iter().chain(OTHER_REDIRECTS).chain(failures).map(ends);
    let others = [for_the_browser_session(survey)].into_iter().chain(rarer).collect();
    vec![judged(reason, plain), judged(reason, others).varied(RARER, Vec::new())]
}

/// The situation of a response with one of the statuses beside 200, 302, 404 and 500.
const RARER: &str = "with-another-status";
