//! The end of a lifetime at one service ends nothing at the other.

use super::APART_FACT;
use crate::checks::lifetimes::{Kind, each_kind, outlasted_beside};
use crate::checks::{Check, Harm, Requirement, Test};
use crate::expect::{Condition, Scenario};
use crate::level::Level;
use crate::script::ops::{get, set};
use crate::script::{Forgery, Operation};

pub(super) const ALONE: Check = Check {
    id: "beside/expires-alone",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "beside.expiry",
    promise: "A session that ends of itself at one service leaves the session of that browser at the other as it is.",
    source: "one record of when a browser was seen last; whoever comes with an old cookie loses all cookies",
    applies: &[
        Requirement::RealSessions,
        Requirement::Beside,
        Requirement::Lifetimes,
        Requirement::LifetimeBeside,
    ],
    relies: &[APART_FACT],
    test: Test::Scenarios(|survey| {
        let Ok(longer) = outlasted_beside(survey) else { return Vec::new() };
        each_kind(survey, |kind| {
            let both = |reason: &str| {
                let lines = [set("size", "small").unjudged()]
                    .into_iter()
                    .chain(longer.clone().map(Operation::unjudged));
                kind.begin(reason).cycle("ann", lines).beside()
            };
            let is_longer = longer.as_ref().map(|_| Condition::Done { cycle: 1, op: 1 });
            let kept = |scenario: Scenario, browser: &str| {
                let looked = scenario.cycle(browser, [get("size").is("small")]).beside();
                match &is_longer {
                    Some(condition) => looked.only_if(condition.clone()),
                    None => looked,
                }
            };
            let over = |scenario: Scenario, kind: &Kind| scenario.wait(kind.over()).relies_on(kind.ends());
            let ended = over(both("lost-at-the-other"), kind).cycle("ann", [get("colour").unjudged()]);
            // Browsers forget a cookie that has a lifetime. Whoever sends it all the same comes with both.
            let asked =
                over(both("lost-when-the-old-cookie-comes").forge("ann", "keeper", Forgery::Replayed), kind)
                    .cycle("keeper", [get("colour").unjudged()]);
            vec![kept(ended, "ann"), kept(asked, "keeper")]
        })
    }),
};
