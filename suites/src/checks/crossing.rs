//! Promises crossed with situations: what these checks ask in the plain case, they ask in these situations, too.
//!
//! Nearly all defects that nobody had noticed are such products: a logout that is not saved where the answer is a redirect, a
//! session that never ends once it was written three times. A situation adds to the script of a scenario and leaves its
//! expectations as they are. Where the plain scenario shows something wrong, its variations are not played, so that one
//! defect is named once.

use serde_json::json;

use super::{Applicability, Check, Fact, Requirement};
use crate::expect::{Expected, Scenario};
use crate::script::ops::{delete, header, pop, set, set_permanent, update};
use crate::script::{Cycle, Operation};
use crate::survey::{Attribute, OLD, OnError, Store, Survey};

/// A situation in which a promise has to hold, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Situation {
    /// Every request ends in a redirect, the commonest ending of a request that changes a session.
    Redirects,
    /// Every request ends with a 404, where such requests are saved.
    NotFound,
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
    /// The session is older than a second when the request comes.
    Older,
    /// The session has begun with an item of more than a kilobyte.
    Heavy,
    /// The application sets a cookie of its own with each response.
    BesideOwnCookie,
}

use Situation::{
    BesideOwnCookie, Deleted, Heavy, HeldFails, NotFound, Older, Permanent, Popped, Redirects, Rotated,
    Updated,
};

/// A check, and the situations in which its scenarios are played, too.
struct Crossing {
    check: &'static str,
    /// How the reasons of the scenarios end that are varied; all are where this is empty.
    only: &'static str,
    situations: &'static [Situation],
}

const fn all(check: &'static str, situations: &'static [Situation]) -> Crossing {
    Crossing { check, only: "", situations }
}

const fn only(check: &'static str, only: &'static str, situations: &'static [Situation]) -> Crossing {
    Crossing { check, only, situations }
}

/// What is crossed with what. Where the scenarios of a check differ in what they do, and not in what they ask, one of them is
/// enough.
const CROSSINGS: &[Crossing] = &[
    all("minimum/each-mutator-persists", &[Older]),
    only("minimum/new-never-for-saved", "new-when-it-came-back", &[Redirects, NotFound]),
    all("minimum/modified-can-be-set", &[Redirects, NotFound]),
    only("minimum/browsers-isolated", "items-of-another-browser", &[Redirects, NotFound]),
    all("cookie/http-only", &[BesideOwnCookie]),
    all("cookie/same-site", &[BesideOwnCookie]),
    all("cookie/secure", &[BesideOwnCookie]),
    only("cookie/lasts-when-permanent", "from-the-start", &[Redirects, NotFound, BesideOwnCookie]),
    only("cookie/ends-with-the-browser", "at-first", &[Redirects, NotFound]),
    all("cookie/sent-back", &[Redirects, NotFound]),
    all("cookie/one-of-a-name", &[Redirects, NotFound]),
    all("cookie/other-cookies-survive", &[Redirects, NotFound]),
    all("cookie/vary-is-merged", &[Redirects, NotFound]),
    all("cookie/removal-removes", &[Redirects, NotFound, BesideOwnCookie]),
    only("cookie/none-when-untouched", "for-a-visitor", &[Redirects, NotFound]),
    only("identity/unknown-never-adopted", "adopted-when-written", &[Redirects, NotFound, Permanent]),
    only("identity/readers-store-nothing", "get", &[Redirects, NotFound]),
    only("identity/rotation-gives-a-new-id", "alone", &[Redirects, NotFound, Permanent]),
    only("identity/rotation-keeps-the-data", "alone", &[Redirects, NotFound, Permanent]),
    only("identity/rotation-ends-the-old-id", "alone", &[Redirects, NotFound, Permanent]),
    only("identity/destroy-removes", "alone", &[Redirects, NotFound, Permanent, Rotated, Popped]),
    all("identity/destroy-then-write", &[Redirects]),
    all("identity/stale-never-adopted", &[Redirects, NotFound, Permanent]),
    only("forgery/fields", "-truncated", &[Redirects, NotFound]),
    only("forgery/every-part-counts", "-emptied", &[Redirects, NotFound]),
    only("forgery/data-are-signed", "-kept", &[Redirects, NotFound, Heavy]),
    only("expiry/gone", "-still-there", &[Redirects, NotFound, Rotated, Popped, Deleted, Updated, Heavy]),
    only("expiry/not-revived", "by-a-write", &[Redirects]),
    only("expiry/id-never-adopted", "adopted-when-written", &[Redirects]),
    only("expiry/own-lifetime-stays", "after-a-write", &[Redirects, NotFound]),
    only("concurrency/read-does-not-undo-a-write", "overwrite-undone", &[Redirects, HeldFails]),
    all("concurrency/late-write-keeps-the-rotated-session", &[Redirects, HeldFails]),
    only("concurrency/read-does-not-resurrect", "resurrected", &[Redirects, HeldFails]),
    only("concurrency/write-does-not-resurrect", "resurrected", &[Redirects, HeldFails]),
    only("concurrency/write-does-not-revive-a-rotated-id", "by-a-write", &[Redirects, HeldFails]),
];

/// The scenarios of a check, with those in the situations with which it is crossed.
pub(super) fn crossed(check: &Check, plain: Vec<Scenario>, survey: &Survey) -> Vec<Scenario> {
    let crossings = || CROSSINGS.iter().filter(|crossing| crossing.check == check.id);
    let varied = |scenario: &Scenario| -> Vec<Scenario> {
        let meant = crossings().filter(|crossing| scenario.reason.ends_with(crossing.only));
        meant
            .flat_map(|crossing| crossing.situations)
            .filter_map(|situation| situation.vary(scenario, survey))
            .collect()
    };
    let varied: Vec<Scenario> = plain.iter().flat_map(varied).collect();
    plain.into_iter().chain(varied).collect()
}

/// The item that a situation adds.
const BALLAST: &str = "ballast";

/// As many bytes are more than what goes into one field of a record by chance, and fit into a cookie.
const HEAVY: usize = 1200;

impl Situation {
    /// What it adds to the reason of a scenario.
    fn name(self) -> &'static str {
        match self {
            Redirects => "and-redirected",
            NotFound => "and-not-found",
            HeldFails => "and-failed",
            Permanent => "permanently",
            Rotated => "once-rotated",
            Popped => "once-popped",
            Deleted => "once-deleted",
            Updated => "once-updated",
            Older => "when-older",
            Heavy => "and-heavy",
            BesideOwnCookie => "beside-a-cookie-of-the-application",
        }
    }

    /// The scenario in this situation; none where the backend cannot come into it, or the scenario says something of it itself.
    fn vary(self, scenario: &Scenario, survey: &Survey) -> Option<Scenario> {
        let begun = scenario.script.cycles().position(writes);
        if !self.is_possible(survey) || !self.fits(scenario) {
            return None;
        }
        let plain = scenario.clone();
        let varied = match self.past() {
            None if self == Older => plain.with_wait_after(begun?, OLD),
            Some(past) if past.iter().flatten().all(|op| survey.supports(op.name())) => {
                plain.with_cycles_after(begun?, past)
            }
            Some(_) => return None,
            None => match self {
                Redirects => plain.with_last(&respond(302), |_, _| true),
                NotFound => plain.with_last(&respond(404), |_, _| true),
                HeldFails => plain.with_last(&respond(500), |_, cycle| is_late(cycle)),
                Permanent => plain.with_last(&set_permanent(true), |number, _| begins(scenario, number)),
                Heavy => plain.with_cycle_before(begun?, vec![set(BALLAST, "x".repeat(HEAVY))]),
                _ => plain
                    .with_last(&header("Set-Cookie", "theme=dark; Path=/"), |_, cycle| !cycle.ops.is_empty()),
            },
        };
        Some(varied.varied(self.name(), self.takes(scenario)))
    }

    /// What the session goes through after its first item was saved, request by request.
    fn past(self) -> Option<Vec<Vec<Operation>>> {
        let added = || set(BALLAST, "1");
        match self {
            Rotated => Some(vec![vec![Operation::Regenerate]]),
            Popped => Some(vec![vec![added()], vec![pop(BALLAST)]]),
            Deleted => Some(vec![vec![added()], vec![delete(BALLAST)]]),
            Updated => Some(vec![vec![update([(BALLAST, json!("1"))])]]),
            Redirects | NotFound | HeldFails | Permanent | Older | Heavy | BesideOwnCookie => None,
        }
    }

    /// Whether the scenario asks the same in this situation, and is not in it already.
    fn fits(self, scenario: &Scenario) -> bool {
        match self {
            Redirects | NotFound => !ends_somehow(scenario),
            HeldFails => !ends_somehow(scenario) && scenario.script.cycles().any(is_late),
            // What becomes of an emptied session that is permanent is another question.
            Permanent => !sets_permanent(scenario) && !has(scenario, |op| *op == Operation::Clear),
            Updated | Heavy => {
                !counts_items(scenario) && !has(scenario, |op| matches!(op, Operation::SetLifetime { .. }))
            }
            Older => !scenario.script.waits(),
            // What becomes of a lifetime of its own is the question of another check.
            Rotated | Popped | Deleted => !has(scenario, |op| matches!(op, Operation::SetLifetime { .. })),
            BesideOwnCookie => true,
        }
    }

    /// Whether a session of this backend can come into it, as far as the survey knows.
    fn is_possible(self, survey: &Survey) -> bool {
        let applies = |requirement: Requirement| requirement.applicability(survey) == Applicability::Applies;
        match self {
            Redirects => applies(Requirement::Responds),
            NotFound => applies(Requirement::Responds) && survey.on_not_found == OnError::Saved,
            HeldFails => applies(Requirement::Responds) && survey.on_server_error != OnError::Unknown,
            Permanent => matches!(survey.permanent, Attribute::Observed(_)) && !survey.permanent_default,
            Rotated => survey.supports("regenerate") && survey.store == Store::Server,
            Older => survey.lives_to_be_old(),
            Popped | Deleted | Updated | Heavy => true,
            BesideOwnCookie => applies(Requirement::Has("header")),
        }
    }

    /// What it takes for granted beside what follows from the script.
    fn takes(self, scenario: &Scenario) -> Vec<Fact> {
        let of = |check, reasons: &[&'static str]| -> Vec<Fact> {
            reasons.iter().map(|reason| Fact::of(check, reason)).collect()
        };
        let changed = |ways: [&'static str; 6]| {
            CHANGES
                .iter()
                .zip(ways)
                .filter(|(op, _)| has(scenario, |own| own.name() == **op))
                .map(|(_, way)| way)
        };
        let says_vary = has(scenario, |op| matches!(op, Operation::Header { name, .. } if name == "Vary"));
        let vary = |status| {
            of("cookie/vary-whatever-the-status", if says_vary { std::slice::from_ref(status) } else { &[] })
        };
        match self {
            Redirects => {
                let mut ways = vec!["fresh-302", "overwrite-302", "two-in-a-row-302"];
                ways.extend(changed([
                    "delete-302",
                    "pop-302",
                    "update-302",
                    "setdefault-302",
                    "clear-302",
                    "delete-302",
                ]));
                if has(scenario, |op| matches!(op, Operation::SetPermanent { .. })) {
                    ways.push("permanent-302");
                }
                [of("fault/redirects-are-saved", &ways), vary(&"302")].concat()
            }
            NotFound => {
                let mut ways = vec!["not-found-fresh", "not-found-overwrite", "not-found-set"];
                ways.extend(changed([
                    "not-found-delete",
                    "not-found-pop",
                    "not-found-update",
                    "not-found-setdefault",
                    "not-found-clear",
                    "not-found-delete",
                ]));
                [of("fault/consistent", &ways), vary(&"404")].concat()
            }
            Permanent => of("minimum/permanent-persists", &["forgotten", "forgotten-by-another-change"]),
            Rotated => of("identity/rotation-keeps-the-data", &["alone"]),
            HeldFails => of("cookie/only-if-kept", &["server-error"]),
            Popped | Deleted | Updated | Older | Heavy | BesideOwnCookie => Vec::new(),
        }
    }
}

/// Other ways to change a session than by `set`: that each of them is saved in a situation is a fact of its own.
const CHANGES: [&str; 6] = ["delete", "pop", "update", "setdefault", "clear", "destroy"];

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
