//! A save that is cut leaves no half of itself.

use serde_json::json;
use sessionspec_reference::Map;

use super::RECOVERED;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Expected, Scenario};
use crate::level::Level;
use crate::script::ops::{items, set};
use crate::script::{StoreFault, incompressible};
use crate::survey::Survey;

/// The length of each of two items.
const LENGTH: usize = 2_048;

/// After so many bytes the connection is cut: within the first item, and within the second.
const CUTS: [(u32, &str); 2] = [(1_024, "half-of-it-cut-early"), (3_072, "half-of-it-cut-late")];

pub(super) const WHOLE: Check = Check {
    id: "outage/cut-save-is-all-or-nothing",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "outage.whole",
    promise: "A save of which the connection is cut in the middle leaves the session as it was, or as the whole request leaves it.",
    source: "records that are stored field by field, or removed before they are stored again",
    applies: &[Requirement::RealSessions, Requirement::StoreFaults, Requirement::ServerStore],
    relies: &[RECOVERED, Fact::of("outage/no-logout", "data-lost-by-a-write")],
    test: Test::Scenarios(|survey| {
        let text = incompressible(4 * LENGTH);
        let part = |number: usize| text[number * LENGTH..(number + 1) * LENGTH].to_owned();
        let (before, after) = ([part(0), part(1)], [part(2), part(3)]);
        let cuts = CUTS.into_iter().map(|(bytes, reason)| {
            Scenario::new(reason)
                .cycle("ann", [set("one", &*before[0]).is_done(), set("two", &*before[1]).is_done()])
                .break_store(StoreFault::LimitData { bytes })
                .cycle("ann", [set("one", &*after[0]).unjudged(), set("two", &*after[1]).unjudged()])
                .mend_store()
                .cycle("ann", [items().answers(either(&before, &after, survey))])
        });
        cuts.collect()
    }),
};

/// The items before the request, or those after it.
fn either(before: &[String; 2], after: &[String; 2], survey: &Survey) -> Expected {
    let items = |[one, two]: &[String; 2]| Expected::Items {
        items: Map::from_iter([("one".to_owned(), json!(one)), ("two".to_owned(), json!(two))]),
        own_keys: survey.own_keys.clone(),
    };
    Expected::AnyOf(vec![items(before), items(after)])
}
