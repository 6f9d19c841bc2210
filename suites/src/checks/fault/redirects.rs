//! A redirect is the commonest ending of a request that changes a session, and no failure at all.

use serde_json::json;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Line, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{clear, delete, get, items, permanent, pop, set, set_permanent, setdefault, update};
use crate::survey::{Attribute, Survey};

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
        let fresh = STATUSES.map(|status| fresh(status.number));
        // Where the commoner ones are saved, the rarer ones may be forgotten in a list.
        let rarer = RARER.map(|(status, commoner)| fresh_and_rarer(status, commoner));
        let overwritten = STATUSES.into_iter().chain(RARER.map(|(status, _)| status)).filter_map(|status| {
            let relies = [status.fresh, "overwrite-302"];
            (status.number != 302)
                .then(|| relying(overwrite(status.number, survey), &relies).relies_on(ISOLATED))
        });
        let changed = STATUSES.into_iter().flat_map(|status| changed(status, survey));
        let in_a_row = Scenario::new("two-in-a-row-302")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [set("size", "small").unjudged(), ending(302)])
            .cycle("ann", [set("colour", "blue").unjudged(), ending(302)])
            .cycle("ann", [items().are([("colour", json!("blue")), ("size", json!("small"))], survey)])
            .relies_on(Fact::of(ARE_SAVED.id, "overwrite-302"));
        fresh
            .into_iter()
            .chain([overwrite(302, survey)])
            .chain(overwritten)
            .chain(changed)
            .chain([in_a_row])
            .chain(rarer)
            .collect()
    }),
};

/// A status, with the scenarios of a session that begins and goes on so.
#[derive(Clone, Copy)]
struct Status {
    number: u16,
    fresh: &'static str,
    overwrite: &'static str,
}

macro_rules! status {
    ($number:literal) => {
        Status {
            number: $number,
            fresh: concat!("fresh-", $number),
            overwrite: concat!("overwrite-", $number),
        }
    };
}

/// The commonest redirect, with which every way to change a session is asked first, and the others, with the commonest other success.
const STATUSES: [Status; 6] =
    [status!(302), status!(201), status!(301), status!(303), status!(307), status!(308)];

/// A session that a redirect leaves to the next visitor is a defect of its own.
const ISOLATED: Fact = Fact::of("minimum/browsers-isolated", "items-of-another-browser-and-redirected");

/// The rarer ones, each with the scenario of a commoner one.
const RARER: [(Status, &str); 4] = [
    (status!(202), "fresh-201"),
    (status!(203), "fresh-201"),
    (status!(206), "fresh-201"),
    (status!(300), "fresh-302"),
];

fn ending(status: u16) -> Line {
    Operation::Respond { status }.unjudged()
}

fn relying(scenario: Scenario, on: &[&'static str]) -> Scenario {
    on.iter().fold(scenario, |scenario, reason| scenario.relies_on(Fact::of(ARE_SAVED.id, reason)))
}

/// A session that begins with such a request.
fn fresh(status: u16) -> Scenario {
    Scenario::new(&format!("fresh-{status}"))
        .cycle("ann", [set("colour", "red").unjudged(), ending(status)])
        .cycle("ann", [get("colour").is("red")])
}

fn fresh_and_rarer(status: Status, commoner: &'static str) -> Scenario {
    relying(fresh(status.number), &[commoner])
}

/// A session of two items, then this change with such a status.
fn begun(reason: &str, change: Operation, status: u16, after: &[Item], survey: &Survey) -> Scenario {
    let after = after.iter().map(|(key, value)| (*key, json!(value)));
    Scenario::new(&format!("{reason}-{status}"))
        .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
        .cycle("ann", [change.unjudged(), ending(status)])
        .cycle("ann", [items().are(after, survey)])
}

type Item = (&'static str, &'static str);

/// A status that is saved on a first request may be left out later.
fn overwrite(status: u16, survey: &Survey) -> Scenario {
    begun("overwrite", set("colour", "blue"), status, &[("colour", "blue"), ("size", "small")], survey)
}

/// Each other way to change a session, which has code of its own, with such a status.
fn changed(status: Status, survey: &Survey) -> Vec<Scenario> {
    let added: &[Item] = &[("colour", "red"), ("size", "small"), ("shape", "round")];
    let removed: &[Item] = &[("size", "small")];
    // Its name, what comes of it, and where the commonest redirect is asked, on which scenarios that relies.
    let ways: [(&str, Operation, &[Item], &[&'static str]); 5] = [
        ("delete", delete("colour"), removed, &[]),
        ("update", update([("shape", json!("round"))]), added, &[]),
        ("pop", pop("colour"), removed, &["delete-302"]),
        ("setdefault", setdefault("shape", "round"), added, &["update-302"]),
        ("clear", clear(), &[], &["delete-302"]),
    ];
    let ways = ways.into_iter().filter(|(_, change, ..)| survey.supports(change.name()));
    let changed = ways.map(|(name, change, after, relies)| {
        let scenario = begun(name, change, status.number, after, survey);
        let is_first = status.number == 302 && relies.is_empty();
        let scenario = if is_first { scenario } else { scenario.relies_on(ISOLATED) };
        relying(scenario, relies_of(name, status, relies).as_slice())
    });
    let flipped = !survey.permanent_default;
    let permanent = matches!(survey.permanent, Attribute::Observed(_)).then(|| {
        let scenario = Scenario::new(&format!("permanent-{}", status.number))
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [set_permanent(flipped).unjudged(), ending(status.number)])
            .cycle("ann", [permanent().is(flipped)])
            .relies_on(Fact::of("minimum/permanent-persists", "forgotten-when-alone"));
        let scenario = if status.number == 302 { scenario } else { scenario.relies_on(ISOLATED) };
        relying(scenario, relies_of("permanent", status, &["overwrite-302"]).as_slice())
    });
    changed.chain(permanent).collect()
}

/// Where a rarer status is asked, the commonest redirect has to be right, and that status with a simple change.
fn relies_of(way: &str, status: Status, of_commonest: &[&'static str]) -> Vec<&'static str> {
    let commonest = match way {
        "delete" => "delete-302",
        "update" => "update-302",
        "pop" => "pop-302",
        "setdefault" => "setdefault-302",
        "clear" => "clear-302",
        _ => "permanent-302",
    };
    match status.number {
        302 => of_commonest.to_vec(),
        _ => vec![status.fresh, status.overwrite, commonest],
    }
}
