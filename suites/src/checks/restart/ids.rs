//! An id that was given before a restart is not given again.

use super::{SERVED, is_or_is_lost};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{ResponseRule, Scenario};
use crate::level::Level;
use crate::script::Ending;
use crate::script::ops::{get, set};

/// How many sessions are begun before, and as many after.
const SESSIONS: usize = 3;

pub(super) const NOT_AGAIN: Check = Check {
    id: "restart/ids-not-given-again",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "restart.ids",
    promise: "Sessions that begin after a restart have other ids than those before, and a cookie from before opens nobody else's.",
    source: "counters and seeds with which every process begins",
    applies: &[Requirement::RealSessions, Requirement::Restarts, Requirement::ServerStore],
    relies: &[SERVED, Fact::of("identity/ids-unique", "shared")],
    test: Test::Scenarios(|survey| {
        let visitors =
            |when: &'static str| (1..=SESSIONS).map(move |number| format!("visitor {number} {when}"));
        let begin = |scenario: Scenario, browser: String| {
            scenario.cycle(&browser, [set("name", browser.as_str()).is_done()])
        };
        // What a process counts from its start, it counts from there in both halves of the script.
        let before = visitors("before")
            .fold(Scenario::new("given-again").restart(Ending::Kill), begin)
            .restart(Ending::Kill);
        let after = visitors("after").fold(before, begin).response(ResponseRule::Distinct);
        let looked = visitors("before").fold(after, |scenario, browser| {
            let own = is_or_is_lost(get("name"), &browser, survey);
            scenario.cycle(&browser, [own])
        });
        let kept = Fact::of("restart/saved-survives", "lost-when-killed");
        vec![if super::may_be_lost(survey) { looked } else { looked.relies_on(kept) }]
    }),
};
