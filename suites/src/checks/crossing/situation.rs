//! The situations: when a session can come into one, what each adds to a script, and what it takes for granted.

use serde_json::json;

use crate::checks::{Applicability, Fact, Requirement};
use crate::expect::{Expected, Scenario};
use crate::script::ops::{delete, header, pop, set, set_permanent, update};
use crate::script::{Cycle, Operation};
use crate::survey::{Attribute, OLD, OnError, Store, Survey};

/// A situation in which a promise has to hold, too. One redirect, one refusal and one failure stand for all of them: that the others
/// are saved alike, and say alike to caches and browsers, is asked where that is the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Situation {
    /// Every request ends in a redirect, the commonest ending of a request that changes a session.
    Redirects,
    /// Every request ends with a 404, where such requests are saved.
    NotFound,
    /// Each request that changes the session, and of which nothing more is expected than that it does, ends with a 204.
    NoContent,
    /// Each such request ends with a 304.
    NotModified,
    /// The request that is held ends with a 500, unless it ends the session or its id.
    HeldFails,
    /// Each session is permanent from its first item on.
    Permanent,
    /// The session was rotated after its first item was saved.
    Rotated,
    /// The session was saved three times, at last by `pop`.
    Popped,
    /// The session was saved three times, at last by `delete`.
    Deleted,
    /// The session was saved last by `update`.
    Updated,
    /// The session was saved six times, at last by `delete`, and has the items that it began with.
    OftenSaved,
    /// The session is older than a second when the request comes.
    Older,
    /// The session has begun with an item of more than a kilobyte.
    Heavy,
    /// The application sets a cookie of its own with each response.
    BesideOwnCookie,
}

use Situation::{
    BesideOwnCookie, Deleted, Heavy, HeldFails, NoContent, NotFound, NotModified, OftenSaved, Older,
    Permanent, Popped, Redirects, Rotated, Updated,
};

/// The item that a situation adds.
const BALLAST: &str = "ballast";

/// The size of a heavy item, in bytes: too much for a short column of a store, and little enough for a cookie.
const HEAVY: usize = 1200;

impl Situation {
    /// What it adds to the reason of a scenario.
    fn name(self) -> &'static str {
        match self {
            Redirects => "and-redirected",
            NotFound => "and-not-found",
            NoContent => "and-no-content",
            NotModified => "and-not-modified",
            HeldFails => "and-failed",
            Permanent => "permanently",
            Rotated => "once-rotated",
            Popped => "once-popped",
            Deleted => "once-deleted",
            Updated => "once-updated",
            OftenSaved => "often-saved",
            Older => "when-older",
            Heavy => "and-heavy",
            BesideOwnCookie => "beside-a-cookie-of-the-application",
        }
    }

    /// The scenario in this situation; none where the backend cannot come into it, or the scenario says something of it itself.
    pub(super) fn vary(self, scenario: &Scenario, survey: &Survey) -> Option<Scenario> {
        let begun = scenario.script.cycles().position(writes);
        if !self.is_possible(survey) || !self.fits(scenario) {
            return None;
        }
        let plain = scenario.clone();
        let varied = match self {
            Redirects => plain.with_last(&respond(302), |_, _| true),
            NotFound => plain.with_last(&respond(404), |_, _| true),
            NoContent => plain.without_bodies(204),
            NotModified => plain.without_bodies(304),
            HeldFails => plain.with_last(&respond(500), |_, cycle| is_late(cycle)),
            Permanent => plain.with_last(&set_permanent(true), |number, _| begins(scenario, number)),
            Rotated | Popped | Deleted | Updated | OftenSaved => plain.with_cycles_after(begun?, self.past()),
            Older => plain.with_wait_after(begun?, OLD),
            Heavy => plain.with_cycle_before(begun?, vec![set(BALLAST, "x".repeat(HEAVY))]),
            BesideOwnCookie => {
                let own = header("Set-Cookie", "theme=dark; Path=/");
                plain.with_last(&own, |_, cycle| !cycle.ops.is_empty())
            }
        };
        Some(varied.varied(self.name(), self.takes(scenario)))
    }

    /// What the session goes through after its first item was saved, request by request.
    fn past(self) -> Vec<Vec<Operation>> {
        let added = || set(BALLAST, "1");
        match self {
            Rotated => vec![vec![Operation::Regenerate]],
            Popped => vec![vec![added()], vec![pop(BALLAST)]],
            Deleted => vec![vec![added()], vec![delete(BALLAST)]],
            Updated => vec![vec![update([(BALLAST, json!("1"))])]],
            OftenSaved => {
                let saves = ["1", "2", "3", "4"].map(|value| vec![set(BALLAST, value)]);
                saves.into_iter().chain([vec![delete(BALLAST)]]).collect()
            }
            Redirects | NotFound | NoContent | NotModified | HeldFails | Permanent | Older | Heavy
            | BesideOwnCookie => Vec::new(),
        }
    }

    /// Whether the scenario asks the same in this situation, and is not in it already.
    fn fits(self, scenario: &Scenario) -> bool {
        match self {
            Redirects | NotFound => !ends_somehow(scenario),
            NoContent | NotModified => !ends_somehow(scenario) && scenario.may_lose_answers(),
            HeldFails => !ends_somehow(scenario) && scenario.script.cycles().any(is_late),
            // What becomes of an emptied session that is permanent is another question.
            Permanent => !sets_permanent(scenario) && !has(scenario, |op| *op == Operation::Clear),
            Updated | Heavy => {
                !counts_items(scenario) && !has(scenario, |op| matches!(op, Operation::SetLifetime { .. }))
            }
            Older => !scenario.script.waits(),
            // What becomes of a lifetime of its own is the question of another check.
            Rotated | Popped | Deleted | OftenSaved => {
                !has(scenario, |op| matches!(op, Operation::SetLifetime { .. }))
            }
            BesideOwnCookie => true,
        }
    }

    /// Whether a session of this backend can come into it, as far as the survey knows.
    fn is_possible(self, survey: &Survey) -> bool {
        let applies = |requirement: Requirement| requirement.applicability(survey) == Applicability::Applies;
        match self {
            Redirects => applies(Requirement::Responds),
            NotFound => applies(Requirement::Responds) && survey.on_not_found == OnError::Saved,
            NoContent => applies(Requirement::EndsWithoutBody) && survey.ends_without_body(204),
            NotModified => applies(Requirement::EndsWithoutBody) && survey.ends_without_body(304),
            HeldFails => applies(Requirement::Responds) && survey.on_server_error != OnError::Unknown,
            Permanent => matches!(survey.permanent, Attribute::Observed(_)) && !survey.permanent_default,
            Rotated => survey.supports("regenerate") && survey.store == Store::Server,
            Older => survey.lives_to_be_old(),
            Popped | Deleted | Updated | OftenSaved => {
                self.past().iter().flatten().all(|op| survey.supports(op.name()))
            }
            Heavy => true,
            BesideOwnCookie => applies(Requirement::AddsFields),
        }
    }

    /// What it takes for granted beside what follows from the script.
    fn takes(self, scenario: &Scenario) -> Vec<Fact> {
        let of = |check, reasons: &[&'static str]| -> Vec<Fact> {
            reasons.iter().map(|reason| Fact::of(check, reason)).collect()
        };
        let changes = || CHANGES.iter().filter(|change| has(scenario, |own| own.name() == change.op));
        let says_vary = has(scenario, |op| matches!(op, Operation::Header { name, .. } if name == "Vary"));
        let vary = |status| {
            of("cookie/vary-whatever-the-status", if says_vary { std::slice::from_ref(status) } else { &[] })
        };
        match self {
            Redirects => {
                let mut ways = vec!["fresh-302", "overwrite-302", "two-in-a-row-302"];
                ways.extend(changes().map(|change| change.redirected));
                if has(scenario, |op| matches!(op, Operation::SetPermanent { .. })) {
                    ways.push("permanent-302");
                }
                [of("fault/redirects-are-saved", &ways), vary(&"302")].concat()
            }
            NotFound => {
                let mut ways = vec!["not-found-fresh", "not-found-overwrite", "not-found-set"];
                ways.extend(changes().map(|change| change.not_found));
                [of("fault/consistent", &ways), vary(&"404")].concat()
            }
            NoContent => {
                let mut ways = vec!["fresh-204", "overwrite-204"];
                ways.extend(changes().map(|change| change.no_content));
                ways.extend(sets_permanent(scenario).then_some("permanent-204"));
                [of("fault/without-body-is-saved", &ways), vary(&"204")].concat()
            }
            NotModified => {
                let mut ways = vec!["fresh-304", "overwrite-304"];
                ways.extend(changes().map(|change| change.not_modified));
                ways.extend(sets_permanent(scenario).then_some("permanent-304"));
                [of("fault/without-body-is-saved", &ways), vary(&"304")].concat()
            }
            Permanent => of("minimum/permanent-persists", &["forgotten", "forgotten-by-another-change"]),
            Rotated => of("identity/rotation-keeps-the-data", &["alone"]),
            HeldFails => of("cookie/only-if-kept", &["server-error"]),
            OftenSaved => {
                let saved = of("minimum/each-mutator-persists", &["overwrite", "set-later", "delete"]);
                [saved, of("minimum/values-survive", &["three-items"])].concat()
            }
            Popped | Deleted | Updated | Older | Heavy | BesideOwnCookie => Vec::new(),
        }
    }
}

/// A way to change a session other than by `set`. Whether such a change is saved where the request ends in this way is a fact of
/// its own.
struct Change {
    op: &'static str,
    redirected: &'static str,
    not_found: &'static str,
    no_content: &'static str,
    not_modified: &'static str,
}

/// The facts of an operation, which have the name of this one in them.
macro_rules! change {
    ($op:literal, $of:literal) => {
        Change {
            op: $op,
            redirected: concat!($of, "-302"),
            not_found: concat!("not-found-", $of),
            no_content: concat!($of, "-204"),
            not_modified: concat!($of, "-304"),
        }
    };
}

/// Destroying is a removal as deleting is.
const CHANGES: [Change; 6] = [
    change!("delete", "delete"),
    change!("pop", "pop"),
    change!("update", "update"),
    change!("setdefault", "setdefault"),
    change!("clear", "clear"),
    change!("destroy", "delete"),
];

fn respond(status: u16) -> Operation {
    Operation::Respond { status }
}

/// Whether it writes an item. The first that does begins the session which the scenario is about.
fn writes(cycle: &Cycle) -> bool {
    cycle.ops.iter().any(|op| matches!(op, Operation::Set { .. }))
}

/// Whether this cycle writes the first item of its browser.
fn begins(scenario: &Scenario, number: usize) -> bool {
    let cycles: Vec<&Cycle> = scenario.script.cycles().collect();
    let is_own = |cycle: &&Cycle| cycles.get(number).is_some_and(|own| own.browser == cycle.browser);
    let own_first = cycles.iter().position(|cycle| is_own(cycle) && writes(cycle));
    own_first == Some(number)
}

/// Whether a request of it says already how it ends.
fn ends_somehow(scenario: &Scenario) -> bool {
    has(scenario, |op| matches!(op, Operation::Respond { .. } | Operation::Raise))
}

fn sets_permanent(scenario: &Scenario) -> bool {
    has(scenario, |op| matches!(op, Operation::SetPermanent { .. } | Operation::SetLifetime { .. }))
}

fn has(scenario: &Scenario, is_meant: impl Fn(&Operation) -> bool) -> bool {
    scenario.script.cycles().flat_map(|cycle| &cycle.ops).any(is_meant)
}

/// Whether this request is held, and goes on with less than the end of the session or its id.
fn is_late(cycle: &Cycle) -> bool {
    let ends = |op: &Operation| matches!(op, Operation::Destroy | Operation::Regenerate | Operation::Clear);
    cycle.ops.iter().any(|op| matches!(op, Operation::Hold { .. })) && !cycle.ops.iter().any(ends)
}

/// Whether one item more would change what it expects.
fn counts_items(scenario: &Scenario) -> bool {
    let is_of_all =
        |expected: &Expected| matches!(expected, Expected::Items { items, .. } if !items.is_empty());
    scenario.expectations.iter().any(|expectation| is_of_all(&expectation.expected))
        || has(scenario, |op| matches!(op, Operation::Len))
}
