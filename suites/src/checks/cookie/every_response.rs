//! What holds for every response of a run, whichever check it belongs to.

use crate::checks::{Check, Harm, Requirement, Test};
use crate::expect::ResponseRule;
use crate::level::Level;

/// The other checks ask this in a few situations each. A response of code that nobody thought of, such as that of a framework's own
/// redirect, is among the thousands that a run gets.
pub(super) const EVERY_RESPONSE: Check = Check {
    id: "cookie/every-response",
    level: Level::Recommended,
    harm: Harm::Security,
    clause: "cookie.every-response",
    promise: "Whatever was done, and however the request ends: a response that sets or removes the session's cookie has \
              its attributes, and speaks to caches.",
    source: "products of a promise and a situation: Shopware GHSA-c2f9-4jmm-v45m, and frameworks whose redirects and errors \
             come from code of their own",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[],
    test: Test::EveryResponse(|survey| {
        let mut rules = vec![
            ResponseRule::HttpOnly,
            ResponseRule::OncePerName,
            ResponseRule::Kept,
            ResponseRule::SentBack,
            ResponseRule::RemovalRemoves,
            ResponseRule::VaryCookie,
        ];
        rules.extend(survey.https.then_some(ResponseRule::Secure));
        rules
    }),
};

pub(super) const SAME_SITE: Check = Check {
    id: "cookie/every-same-site",
    level: Level::Hardened,
    harm: Harm::Hygiene,
    clause: "cookie.same-site",
    promise: "Whatever was done, and however the request ends: the session's cookies say whether they are sent with requests \
              from other sites.",
    source: "RFC 6265bis, section 8.8; attributes that one of several places in a library sets",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[],
    test: Test::EveryResponse(|_| vec![ResponseRule::SameSite]),
};
