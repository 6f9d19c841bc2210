//! A response without a body ends a request as well as any other: a logout by `fetch` is answered with a 204.
//!
//! Its results are lost, so that the requests after it show what was saved.

use serde_json::json;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::Scenario;
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{clear, delete, get, items, permanent, pop, set, set_permanent, setdefault, update};
use crate::survey::{Attribute, Survey};

const ID: &str = "fault/without-body-is-saved";

pub(super) const ARE_SAVED: Check = Check {
    id: ID,
    level: Level::Minimum,
    harm: Harm::DataLoss,
    clause: "save.without-body",
    promise: "A request whose response has no body, as a 204 or a 304, is saved as any other.",
    source: "RFC 9110, sections 15.3.5 and 15.4.5: such a response has all its header fields",
    applies: &[Requirement::RealSessions, Requirement::EndsWithoutBody],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let declared = &survey.description.without_body;
        let asked = ENDINGS.iter().filter(|ending| declared.contains(&ending.status));
        let common = asked.flat_map(|ending| ending.scenarios(survey));
        common.chain(declared.contains(&RARER.status).then(|| RARER.fresh(declared))).collect()
    }),
};

/// A status, and the names of what is asked of it.
struct Ending {
    status: u16,
    fresh: &'static str,
    overwrite: &'static str,
    delete: &'static str,
    update: &'static str,
    pop: &'static str,
    setdefault: &'static str,
    clear: &'static str,
    permanent: &'static str,
}

macro_rules! ending {
    ($status:literal) => {
        Ending {
            status: $status,
            fresh: concat!("fresh-", $status),
            overwrite: concat!("overwrite-", $status),
            delete: concat!("delete-", $status),
            update: concat!("update-", $status),
            pop: concat!("pop-", $status),
            setdefault: concat!("setdefault-", $status),
            clear: concat!("clear-", $status),
            permanent: concat!("permanent-", $status),
        }
    };
}

const ENDINGS: [Ending; 2] = [COMMON, ending!(304)];

const COMMON: Ending = ending!(204);

/// Where the common one is saved, this one may be forgotten in a list.
const RARER: Ending = ending!(205);

impl Ending {
    /// A session that begins with such a request.
    fn fresh(&self, declared: &[u16]) -> Scenario {
        let fresh = Scenario::new(self.fresh)
            .cycle("ann", [set("colour", "red").unjudged(), self.ends().unjudged()])
            .cycle("ann", [get("colour").is("red")]);
        match self.status == RARER.status && declared.contains(&COMMON.status) {
            true => fresh.relies_on(Fact::of(ID, COMMON.fresh)),
            false => fresh,
        }
    }

    fn ends(&self) -> Operation {
        Operation::Respond { status: self.status }
    }

    fn scenarios(&self, survey: &Survey) -> Vec<Scenario> {
        let ends = || self.ends().unjudged();
        let both = || vec![("colour", "red"), ("size", "small")];
        let begun = |reason: &str, change: Operation, after: Vec<(&'static str, &'static str)>| {
            let after = after.into_iter().map(|(key, value)| (key, json!(value)));
            survey.supports(change.name()).then(|| {
                Scenario::new(reason)
                    .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
                    .cycle("ann", [change.unjudged(), ends()])
                    .cycle("ann", [items().are(after, survey)])
            })
        };
        let added = || [both(), vec![("shape", "round")]].concat();
        let changes = [
            begun(self.overwrite, set("colour", "blue"), vec![("colour", "blue"), ("size", "small")]),
            begun(self.delete, delete("colour"), vec![("size", "small")]),
            begun(self.update, update([("shape", json!("round"))]), added()),
        ];
        // Each way to change a session has code of its own.
        let rarer =
            |scenario: Option<Scenario>, common| scenario.map(|one| one.relies_on(Fact::of(ID, common)));
        let others = [
            rarer(begun(self.pop, pop("colour"), vec![("size", "small")]), self.delete),
            rarer(begun(self.setdefault, setdefault("shape", "round"), added()), self.update),
            rarer(begun(self.clear, clear(), vec![]), self.delete),
        ];
        let flipped = !survey.permanent_default;
        let permanent = matches!(survey.permanent, Attribute::Observed(_)).then(|| {
            Scenario::new(self.permanent)
                .cycle("ann", [set("colour", "red").is_done()])
                .cycle("ann", [set_permanent(flipped).unjudged(), ends()])
                .cycle("ann", [permanent().is(flipped)])
                .relies_on(Fact::of("minimum/permanent-persists", "forgotten-when-alone"))
                .relies_on(Fact::of(ID, self.overwrite))
        });
        let changes = changes.into_iter().chain(others).chain([permanent]).flatten();
        [self.fresh(&survey.description.without_body)].into_iter().chain(changes).collect()
    }
}
