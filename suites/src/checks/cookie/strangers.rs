//! Cookies of strangers: a browser sends whatever other software has stored for the site.

use crate::checks::{Check, Harm, Requirement, Test};
use crate::expect::{ResponseRule, Scenario};
use crate::level::Level;
use crate::script::ops::{get, set};
use crate::script::{Forgery, Stranger, words};

pub(super) const HIDE_NOTHING: Check = Check {
    id: "cookie/strangers-hide-nothing",
    level: Level::Recommended,
    harm: Harm::Availability,
    clause: "cookie.strangers",
    promise: "A stranger's cookie beside the session's neither hides the session nor fails the request.",
    source: "RFC 6265bis, section 5.8.3: browsers send what they have stored; web2py 1084, tornado 1730, http4s 4003",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[],
    test: Test::Scenarios(|_| {
        let places = [("before", true), ("after", false)];
        let all = Stranger::ALL.into_iter().flat_map(|stranger| places.map(|place| (stranger, place)));
        all.map(|(stranger, (place, first))| {
            let scenario = Scenario::new(&format!("{}-{place}", words(&stranger)))
                .cycle("ann", [set("colour", "red").is_done()])
                .forge("ann", "ann beside a stranger", Forgery::Beside { stranger, first })
                .cycle("ann beside a stranger", [get("colour").is("red")]);
            if stranger.is_long() {
                scenario.may_be_refused()
            } else {
                scenario.response(ResponseRule::Served)
            }
        })
        .collect()
    }),
};
