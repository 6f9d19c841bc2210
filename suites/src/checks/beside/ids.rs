//! No id that one service gives is given by the other.

use super::APART_FACT;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{ResponseRule, Scenario};
use crate::level::Level;
use crate::script::ops::{get, set};

/// How many sessions are begun at each service.
const SESSIONS: usize = 8;

pub(super) const APART: Check = Check {
    id: "beside/ids-apart",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "beside.ids",
    promise: "No two sessions that begin at the two services have the same id, and each browser finds its own item.",
    source: "counters and seeds that each application begins with anew, over one store",
    applies: &[
        Requirement::RealSessions,
        Requirement::Beside,
        Requirement::ServerStore,
        Requirement::BesideOnServer,
    ],
    relies: &[Fact::of("identity/ids-unique", "shared"), APART_FACT],
    test: Test::Scenarios(|_survey| {
        let visitors = || {
            (1..=SESSIONS).flat_map(|number| {
                [false, true].map(|is_beside| {
                    (format!("visitor {number}{}", if is_beside { "b" } else { "a" }), is_beside)
                })
            })
        };
        let at = |scenario: Scenario, is_beside| if is_beside { scenario.beside() } else { scenario };
        let begun = visitors().fold(Scenario::new("shared"), |scenario, (browser, is_beside)| {
            at(scenario.cycle(&browser, [set("name", browser.as_str()).unjudged()]), is_beside)
        });
        let begun = begun.response(ResponseRule::Distinct);
        let looked = visitors().fold(begun, |scenario, (browser, is_beside)| {
            at(scenario.cycle(&browser, [get("name").is(browser.as_str())]), is_beside)
        });
        vec![looked.alone_throughout()]
    }),
};
