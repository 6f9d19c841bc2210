//! A redirect is the commonest ending of a request that changes a session, and no failure at all.

use serde_json::json;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{clear, delete, get, items, permanent, pop, set, set_permanent, setdefault, update};
use crate::survey::Attribute;

pub(super) const ARE_SAVED: Check = Check {
    id: "fault/redirects-are-saved",
    level: Level::Minimum,
    harm: Harm::DataLoss,
    clause: "save.redirects",
    promise: "A request that ends in a redirect, or in another success than 200, is saved as any other.",
    source: "Flask 0.8, Flask.process_response runs for every response; masonite 581, web.py 36, zealphp 12",
    applies: &[Requirement::RealSessions, Requirement::Responds],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let ending = |status| Operation::Respond { status }.unjudged();
        let statuses = [201, 301, 302, 303, 307, 308];
        let fresh_and = |status| {
            Scenario::new(&format!("fresh-{status}"))
                .cycle("ann", [set("colour", "red").unjudged(), ending(status)])
                .cycle("ann", [get("colour").is("red")])
        };
        let fresh = statuses.map(fresh_and);
        // Where the commoner ones are saved, the rarer ones may be forgotten in a list.
        let rarer = [(202, "fresh-201"), (203, "fresh-201"), (206, "fresh-201"), (300, "fresh-302")];
        let rarer = rarer.map(|(status, common)| fresh_and(status).relies_on(Fact::of(ARE_SAVED.id, common)));
        let begun_and =
            |reason: &str, change: Operation, status: u16, after: Vec<(&'static str, &'static str)>| {
                let after = after.into_iter().map(|(key, value)| (key, json!(value)));
                survey.supports(change.name()).then(|| {
                    Scenario::new(reason)
                        .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
                        .cycle("ann", [change.unjudged(), ending(status)])
                        .cycle("ann", [items().are(after, survey)])
                })
            };
        let begun = |reason: &str, change: Operation, after| begun_and(reason, change, 302, after);
        // A status that is saved on a first request may be left out later.
        let others_begun = [
            (201, "overwrite-201", "fresh-201"),
            (301, "overwrite-301", "fresh-301"),
            (303, "overwrite-303", "fresh-303"),
            (307, "overwrite-307", "fresh-307"),
            (308, "overwrite-308", "fresh-308"),
            (202, "overwrite-202", "fresh-202"),
            (203, "overwrite-203", "fresh-203"),
            (206, "overwrite-206", "fresh-206"),
            (300, "overwrite-300", "fresh-300"),
        ];
        let others_begun = others_begun.into_iter().filter_map(|(status, reason, fresh)| {
            let after = vec![("colour", "blue"), ("size", "small")];
            begun_and(reason, set("colour", "blue"), status, after).map(|scenario| {
                let relies = [fresh, "overwrite-302"].map(|reason| Fact::of(ARE_SAVED.id, reason));
                relies.into_iter().fold(scenario, Scenario::relies_on)
            })
        });
        let changes = [
            begun("overwrite-302", set("colour", "blue"), vec![("colour", "blue"), ("size", "small")]),
            begun("delete-302", delete("colour"), vec![("size", "small")]),
            begun(
                "update-302",
                update([("shape", json!("round"))]),
                vec![("colour", "red"), ("size", "small"), ("shape", "round")],
            ),
        ];
        let both = || [("colour", "red"), ("size", "small")];
        // A redirect that does several things at once is rarer, and each way to change a session has code of its own.
        let others = [
            begun("pop-302", pop("colour"), vec![("size", "small")])
                .map(|scenario| scenario.relies_on(Fact::of(ARE_SAVED.id, "delete-302"))),
            begun(
                "setdefault-302",
                setdefault("shape", "round"),
                both().into_iter().chain([("shape", "round")]).collect(),
            )
            .map(|scenario| scenario.relies_on(Fact::of(ARE_SAVED.id, "update-302"))),
            begun("clear-302", clear(), vec![])
                .map(|scenario| scenario.relies_on(Fact::of(ARE_SAVED.id, "delete-302"))),
        ];
        let flipped = !survey.permanent_default;
        let permanent = matches!(survey.permanent, Attribute::Observed(_)).then(|| {
            Scenario::new("permanent-302")
                .cycle("ann", [set("colour", "red").is_done()])
                .cycle("ann", [set_permanent(flipped).unjudged(), ending(302)])
                .cycle("ann", [permanent().is(flipped)])
                .relies_on(Fact::of("minimum/permanent-persists", "forgotten-when-alone"))
                .relies_on(Fact::of(ARE_SAVED.id, "overwrite-302"))
        });
        let in_a_row = Scenario::new("two-in-a-row-302")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [set("size", "small").unjudged(), ending(302)])
            .cycle("ann", [set("colour", "blue").unjudged(), ending(302)])
            .cycle("ann", [items().are([("colour", json!("blue")), ("size", json!("small"))], survey)])
            .relies_on(Fact::of(ARE_SAVED.id, "overwrite-302"));
        // A session that a redirect leaves to the next visitor is a defect of its own.
        let isolated = Fact::of("minimum/browsers-isolated", "items-of-another-browser-and-redirected");
        let others = others.into_iter().flatten().map(|scenario| scenario.relies_on(isolated));
        let others_begun = others_begun.map(|scenario| scenario.relies_on(isolated));
        let changes = changes.into_iter().flatten().chain(others_begun).chain(others);
        fresh.into_iter().chain(changes).chain(permanent).chain([in_a_row]).chain(rarer).collect()
    }),
};
