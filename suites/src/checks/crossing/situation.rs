//! The situations: when a session can come into one, what each adds to a script, and what it takes for granted.

use std::borrow::Cow;

use serde_json::json;

use crate::checks::{Applicability, Fact, Requirement};
use crate::expect::{Expected, Scenario};
use crate::script::ops::{delete, header, pop, set, set_permanent, update};
use crate::script::{Cycle, Operation};
use crate::survey::{Attribute, OLD, OnError, Store, Survey};

/// A situation in which a promise has to hold, too. One redirect, one refusal and one failure mostly stand for all of them: that the
/// others are saved alike, and say alike to caches and browsers, is asked where that is the question. What ends a session or its id
/// is asked in each of them, since frameworks have code of their own for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Situation {
    /// Every request ends in a redirect, the commonest ending of a request that changes a session.
    Redirects,
    /// Every request ends with this status, a rarer redirect or success.
    Ends(u16),
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
    /// Each session has a lifetime of its own from its first item on, which does not end while the scenario is played.
    OwnLifetime,
    /// The session was rotated after its first item was saved.
    Rotated,
    /// The session was rotated and written in one request, after its first item was saved.
    RotatedAndWritten,
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
    /// Each item is written by `update`.
    ByUpdate,
    /// The application sets a cookie of its own with each response, which its browser sends from then on.
    BesideOwnCookie,
    /// The browser has a cookie of the application before its first request that has to do with a session.
    AfterOwnCookie,
}

use Situation::{
    AfterOwnCookie, BesideOwnCookie, ByUpdate, Deleted, Ends, Heavy, HeldFails, NoContent, NotFound,
    NotModified, OftenSaved, Older, OwnLifetime, Permanent, Popped, Redirects, Rotated, RotatedAndWritten,
    Updated,
};

/// A lifetime that no scenario lasts for, in seconds.
const LIFETIME: f64 = 1200.0;

/// The item that a situation adds.
const BALLAST: &str = "ballast";

/// The size of a heavy item, in bytes: too much for a short column of a store, and little enough for a cookie.
const HEAVY: usize = 1200;

impl Situation {
    /// What it adds to the reason of a scenario.
    pub(super) fn name(self) -> Cow<'static, str> {
        let name = match self {
            Redirects => "and-redirected",
            Ends(status) => return format!("and-{status}").into(),
            NotFound => "and-not-found",
            NoContent => "and-no-content",
            NotModified => "and-not-modified",
            HeldFails => "and-failed",
            Permanent => "permanently",
            OwnLifetime => "with-a-lifetime",
            Rotated => "once-rotated",
            RotatedAndWritten => "once-rotated-and-written",
            Popped => "once-popped",
            Deleted => "once-deleted",
            Updated => "once-updated",
            OftenSaved => "often-saved",
            Older => "when-older",
            Heavy => "and-heavy",
            ByUpdate => "by-update",
            BesideOwnCookie => "beside-a-cookie-of-the-application",
            AfterOwnCookie => "after-a-cookie-of-the-application",
        };
        name.into()
    }

    /// The situation in which the scenario is asked first, where this one is of the same kind and rarer. Where that shows something
    /// wrong, this one is not played.
    pub(super) fn commoner(self) -> Option<Self> {
        match self {
            Ends(300..400) => Some(Redirects),
            RotatedAndWritten => Some(Rotated),
            _ => None,
        }
    }

    /// The scenario in this situation; none where the backend cannot come into it, or the scenario says something of it itself.
    pub(super) fn vary(self, scenario: &Scenario, survey: &Survey) -> Option<Scenario> {
        let begun = scenario.script.cycles().position(writes);
        let own_cookie = || header("Set-Cookie", "theme=dark; Path=/");
        if !self.is_possible(survey) || !self.fits(scenario) {
            return None;
        }
        let plain = scenario.clone();
        let varied = match self {
            Redirects => plain.with_last(&respond(302), |_, _| true),
            Ends(status) => plain.with_last(&respond(status), |_, _| true),
            NotFound => plain.with_last(&respond(404), |_, _| true),
            NoContent => plain.without_bodies(204),
            NotModified => plain.without_bodies(304),
            HeldFails => plain.with_last(&respond(500), |_, cycle| is_late(cycle)),
            Permanent => plain.with_last(&set_permanent(true), |number, _| begins(scenario, number)),
            OwnLifetime => {
                let lives = Operation::SetLifetime { seconds: LIFETIME };
                plain.with_last(&lives, |number, _| begins(scenario, number))
            }
            Rotated | RotatedAndWritten | Popped | Deleted | Updated | OftenSaved => {
                plain.with_cycles_after(begun?, self.past())
            }
            Older => plain.with_wait_after(begun?, OLD),
            Heavy => plain.with_cycle_before(begun?, vec![set(BALLAST, "x".repeat(HEAVY))]),
            ByUpdate => plain.with_items_updated(),
            BesideOwnCookie => plain.with_last(&own_cookie(), |_, cycle| !cycle.ops.is_empty()),
            AfterOwnCookie => plain.with_cycle_before(0, vec![own_cookie()]),
        };
        Some(varied.varied(self.name(), self.takes(scenario)))
    }

    /// What the session goes through after its first item was saved, request by request.
    fn past(self) -> Vec<Vec<Operation>> {
        let added = || set(BALLAST, "1");
        match self {
            Rotated => vec![vec![Operation::Regenerate]],
            RotatedAndWritten => vec![vec![Operation::Regenerate, added()]],
            Popped => vec![vec![added()], vec![pop(BALLAST)]],
            Deleted => vec![vec![added()], vec![delete(BALLAST)]],
            Updated => vec![vec![update([(BALLAST, json!("1"))])]],
            OftenSaved => {
                let saves = ["1", "2", "3", "4"].map(|value| vec![set(BALLAST, value)]);
                saves.into_iter().chain([vec![delete(BALLAST)]]).collect()
            }
            Redirects | Ends(_) | NotFound | NoContent | NotModified | HeldFails | Permanent
            | OwnLifetime | Older | Heavy | ByUpdate | BesideOwnCookie | AfterOwnCookie => Vec::new(),
        }
    }

    /// Whether the scenario asks the same in this situation, and is not in it already.
    fn fits(self, scenario: &Scenario) -> bool {
        match self {
            Redirects | Ends(_) | NotFound => !ends_somehow(scenario),
            NoContent | NotModified => !ends_somehow(scenario) && scenario.may_lose_answers(),
            HeldFails => !ends_somehow(scenario) && scenario.script.cycles().any(is_late),
            // What becomes of an emptied session that is permanent is another question.
            Permanent => !sets_permanent(scenario) && !has(scenario, |op| *op == Operation::Clear),
            // Where a lifetime and `permanent` are one setting, whoever sets the one has said the other.
            OwnLifetime => {
                !has(scenario, |op| matches!(op, Operation::SetLifetime { .. }))
                    && !has(scenario, |op| *op == Operation::SetPermanent { value: false })
                    && !scenario.script.waits()
            }
            RotatedAndWritten | Updated | Heavy => {
                !counts_items(scenario) && !has(scenario, |op| matches!(op, Operation::SetLifetime { .. }))
            }
            Older => !scenario.script.waits(),
            // What becomes of a lifetime of its own is the question of another check.
            Rotated | Popped | Deleted | OftenSaved => {
                !has(scenario, |op| matches!(op, Operation::SetLifetime { .. }))
            }
            ByUpdate => has(scenario, |op| matches!(op, Operation::Set { .. })),
            BesideOwnCookie | AfterOwnCookie => true,
        }
    }

    /// Whether a session of this backend can come into it, as far as the survey knows.
    fn is_possible(self, survey: &Survey) -> bool {
        let applies = |requirement: Requirement| requirement.applicability(survey) == Applicability::Applies;
        match self {
            Redirects | Ends(_) => applies(Requirement::Responds),
            NotFound => applies(Requirement::Responds) && survey.on_not_found == OnError::Saved,
            NoContent => applies(Requirement::EndsWithoutBody) && survey.ends_without_body(204),
            NotModified => applies(Requirement::EndsWithoutBody) && survey.ends_without_body(304),
            HeldFails => applies(Requirement::Responds) && survey.on_server_error != OnError::Unknown,
            Permanent => matches!(survey.permanent, Attribute::Observed(_)) && !survey.permanent_default,
            OwnLifetime => survey.supports("set_lifetime"),
            Rotated | RotatedAndWritten => survey.supports("regenerate") && survey.store == Store::Server,
            Older => survey.lives_to_be_old(),
            Popped | Deleted | Updated | OftenSaved => {
                self.past().iter().flatten().all(|op| survey.supports(op.name()))
            }
            Heavy => true,
            ByUpdate => survey.supports("update"),
            BesideOwnCookie | AfterOwnCookie => applies(Requirement::AddsFields),
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
        // A session that a redirect leaves to the next visitor is a defect of its own, which this scenario shows.
        let isolated = || match scenario.reason.as_str() {
            "items-of-another-browser" => Vec::new(),
            _ => of("minimum/browsers-isolated", &["items-of-another-browser-and-redirected"]),
        };
        match self {
            Redirects => {
                let mut ways = vec!["fresh-302", "overwrite-302", "two-in-a-row-302"];
                ways.extend(changes().map(|change| change.redirected));
                if has(scenario, |op| matches!(op, Operation::SetPermanent { .. })) {
                    ways.push("permanent-302");
                }
                [of("fault/redirects-are-saved", &ways), vary(&"302"), isolated()].concat()
            }
            Ends(status) => {
                let mut ways: Vec<_> = BEGINNINGS.into_iter().flat_map(|of| of.with(status)).collect();
                ways.extend(changes().flat_map(|change| change.others.with(status)));
                if has(scenario, |op| matches!(op, Operation::SetPermanent { .. })) {
                    ways.extend(PERMANENT.with(status));
                }
                let isolated = if matches!(status, 300..400) { isolated() } else { Vec::new() };
                [of("fault/redirects-are-saved", &ways), isolated].concat()
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
            // The item and the lifetime are saved together.
            OwnLifetime => match scenario.reason.as_str() {
                "set" => Vec::new(),
                _ => of("minimum/each-mutator-persists", &["set-with-a-lifetime"]),
            },
            Rotated => of("identity/rotation-keeps-the-data", &["alone"]),
            RotatedAndWritten => of("identity/rotation-keeps-the-data", &["before-a-write"]),
            ByUpdate => of("minimum/each-mutator-persists", &["update"]),
            HeldFails => of("cookie/only-if-kept", &["server-error"]),
            OftenSaved => {
                let saved = of("minimum/each-mutator-persists", &["overwrite", "set-later", "delete"]);
                [saved, of("minimum/values-survive", &["three-items"])].concat()
            }
            BesideOwnCookie if has(scenario, |op| matches!(op, Operation::Set { .. })) => {
                of("cookie/other-cookies-survive", &["when-set"])
            }
            Popped | Deleted | Updated | Older | Heavy | BesideOwnCookie | AfterOwnCookie => Vec::new(),
        }
    }
}

/// A way to change a session other than by `set`. Whether such a change is saved where the request ends in this way is a fact of
/// its own.
struct Change {
    op: &'static str,
    redirected: &'static str,
    /// Where the request ends in another redirect, or in another success.
    others: Saved,
    not_found: &'static str,
    no_content: &'static str,
    not_modified: &'static str,
}

/// The facts that what was done is saved where the request ends with one of these statuses.
#[derive(Clone, Copy)]
struct Saved([(u16, &'static str); 5]);

impl Saved {
    fn with(self, status: u16) -> Option<&'static str> {
        self.0.into_iter().find_map(|(own, reason)| (own == status).then_some(reason))
    }
}

/// The facts of what has this name.
macro_rules! saved {
    ($of:literal) => {
        Saved([
            (201, concat!($of, "-201")),
            (301, concat!($of, "-301")),
            (303, concat!($of, "-303")),
            (307, concat!($of, "-307")),
            (308, concat!($of, "-308")),
        ])
    };
}

/// How a session begins and goes on.
const BEGINNINGS: [Saved; 2] = [saved!("fresh"), saved!("overwrite")];

const PERMANENT: Saved = saved!("permanent");

/// The facts of an operation, which have the name of this one in them.
macro_rules! change {
    ($op:literal, $of:literal) => {
        Change {
            op: $op,
            redirected: concat!($of, "-302"),
            others: saved!($of),
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
