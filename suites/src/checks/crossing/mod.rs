//! Promises crossed with situations: what these checks ask in the plain case, they ask in these situations, too.
//!
//! Nearly all defects that nobody had noticed are such products: a logout that is not saved where the answer is a redirect, a
//! session that never ends once it was written three times. A situation adds to the script of a scenario and leaves its
//! expectations as they are. Where the plain scenario shows something wrong, its variations are not played, so that one
//! defect is named once.

mod situation;
mod spelled;

use std::collections::BTreeSet;

use crate::expect::Scenario;
use crate::survey::Survey;
use situation::Situation;
use spelled::spelled;

use Situation::{
    AfterOwnCookie, BesideOwnCookie, ByUpdate, Deleted, Ends, Heavy, HeldFails, NoContent, NotFound,
    NotModified, OftenSaved, Older, OwnLifetime, Permanent, Popped, Redirects, Rotated, RotatedAndWritten,
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

/// The redirects and the success beside those that are asked everywhere.
const OTHER_ENDINGS: &[Situation] = &[Ends(201), Ends(301), Ends(303), Ends(307), Ends(308)];

/// A success and a redirect of them, where more would take long.
const SOME_ENDINGS: &[Situation] = &[Ends(201), Ends(303)];

/// What is crossed with what. Where the scenarios of a check differ in what they do, and not in what they ask, one of them is
/// enough.
const CROSSINGS: &[Crossing] = &[
    all("minimum/each-mutator-persists", &[Older]),
    only("minimum/each-mutator-persists", "set", &[OwnLifetime]),
    only("minimum/each-mutator-persists", "delete", &[OftenSaved]),
    only("minimum/each-mutator-persists", "pop", &[OftenSaved]),
    only("minimum/each-mutator-persists", "setdefault", &[OftenSaved]),
    only("minimum/each-mutator-persists", "update", &[OftenSaved]),
    only("minimum/each-mutator-persists", "clear", &[OftenSaved]),
    only(
        "minimum/new-never-for-saved",
        "new-when-it-came-back",
        &[Redirects, NotFound, Permanent, OwnLifetime, NoContent],
    ),
    only("minimum/modified-after-change", "set", &[OwnLifetime, Permanent]),
    only("minimum/permanent-persists", "forgotten-by-another-change", &[BesideOwnCookie]),
    all("minimum/modified-can-be-set", &[Redirects, NotFound]),
    only(
        "minimum/browsers-isolated",
        "items-of-another-browser",
        &[Redirects, NotFound, NoContent, NotModified],
    ),
    only("cookie/http-only", "no-http-only", &[BesideOwnCookie]),
    only("cookie/same-site", "no-same-site", &[BesideOwnCookie]),
    only("cookie/secure", "not-secure", &[BesideOwnCookie]),
    only(
        "cookie/lasts-when-permanent",
        "from-the-start",
        &[Redirects, NotFound, BesideOwnCookie, NoContent, NotModified],
    ),
    only("cookie/ends-with-the-browser", "at-first", &[Redirects, NotFound, NoContent, NotModified]),
    all("cookie/sent-back", &[Redirects, NotFound, NoContent, NotModified]),
    all("cookie/one-of-a-name", &[Redirects, NotFound, NoContent, NotModified]),
    only("cookie/other-cookies-survive", "when-set", &[Redirects, NotFound, NoContent, NotModified]),
    only("cookie/other-cookies-survive", "when-removed", &[Redirects, NotFound, NoContent, NotModified]),
    only("cookie/vary-is-merged", "get", &[Redirects, NotFound]),
    only("cookie/vary-is-merged", "set", &[Redirects, NotFound, NoContent, NotModified]),
    only("cookie/vary-is-merged", "clear", &[Redirects, NotFound, NoContent, NotModified]),
    all(
        "cookie/removal-removes",
        &[Redirects, NotFound, BesideOwnCookie, OftenSaved, NoContent, NotModified],
    ),
    only("cookie/none-when-untouched", "for-a-visitor", &[Redirects, NotFound, AfterOwnCookie]),
    only(
        "identity/unknown-never-adopted",
        "adopted-when-written",
        &[Redirects, NotFound, Permanent, BesideOwnCookie],
    ),
    only("identity/unknown-never-adopted", "adopted-when-written", OTHER_ENDINGS),
    only("identity/readers-store-nothing", "get", &[Redirects, NotFound, AfterOwnCookie]),
    only(
        "identity/rotation-gives-a-new-id",
        "alone",
        &[Redirects, NotFound, Permanent, OwnLifetime, BesideOwnCookie, NoContent, NotModified],
    ),
    only("identity/rotation-gives-a-new-id", "alone", OTHER_ENDINGS),
    only(
        "identity/rotation-keeps-the-data",
        "alone",
        &[Redirects, NotFound, Permanent, OwnLifetime, NoContent, NotModified],
    ),
    only("identity/rotation-keeps-the-data", "alone", SOME_ENDINGS),
    only(
        "identity/rotation-ends-the-old-id",
        "alone",
        &[Redirects, NotFound, Permanent, OwnLifetime, BesideOwnCookie, NoContent, NotModified],
    ),
    only("identity/rotation-ends-the-old-id", "alone", OTHER_ENDINGS),
    only(
        "identity/destroy-removes",
        "alone",
        &[
            Redirects,
            NotFound,
            Permanent,
            OwnLifetime,
            Heavy,
            BesideOwnCookie,
            Rotated,
            Popped,
            NoContent,
            NotModified,
        ],
    ),
    only("identity/destroy-removes", "alone", OTHER_ENDINGS),
    all("identity/destroy-then-write", &[Redirects]),
    all("identity/stale-never-adopted", &[Redirects, NotFound, Permanent, OwnLifetime, NoContent]),
    all("identity/stale-never-adopted", SOME_ENDINGS),
    only("forgery/fields", "-truncated", &[Redirects, NotFound]),
    only("forgery/every-part-counts", "-emptied", &[Redirects, NotFound]),
    only("forgery/data-are-signed", "-kept", &[Redirects, NotFound, Heavy]),
    only(
        "expiry/gone",
        "-still-there",
        &[
            Redirects,
            NotFound,
            BesideOwnCookie,
            Rotated,
            RotatedAndWritten,
            Popped,
            Deleted,
            Updated,
            Heavy,
            NoContent,
        ],
    ),
    only("expiry/gone", "-still-there", SOME_ENDINGS),
    only("expiry/not-revived", "by-a-write", &[Redirects]),
    only("expiry/id-never-adopted", "adopted-when-written", &[Redirects]),
    only("expiry/own-lifetime-stays", "after-a-write", &[Redirects, NotFound, NoContent]),
    all("fidelity/text", &[Permanent, ByUpdate]),
    all("fidelity/structures", &[ByUpdate]),
    all("fidelity/numbers", &[ByUpdate]),
    only("fault/consistent", "-overwrite", &[Permanent]),
    only("concurrency/read-does-not-undo-a-write", "overwrite-undone", &[Redirects, HeldFails, OwnLifetime]),
    only(
        "concurrency/late-write-keeps-the-rotated-session",
        "logged-out",
        &[Redirects, HeldFails, OwnLifetime],
    ),
    only("concurrency/read-does-not-resurrect", "resurrected", &[Redirects, HeldFails, OwnLifetime]),
    only("concurrency/write-does-not-resurrect", "resurrected", &[Redirects, HeldFails, OwnLifetime]),
    only("concurrency/write-does-not-resurrect", "resurrected", SOME_ENDINGS),
    only(
        "concurrency/write-does-not-revive-a-rotated-id",
        "by-a-write",
        &[Redirects, HeldFails, OwnLifetime],
    ),
];

/// The scenarios of the check with this id, and those in the situations with which it is crossed.
pub(super) fn crossed(check: &str, plain: Vec<Scenario>, survey: &Survey) -> Vec<Scenario> {
    let crossings = || CROSSINGS.iter().filter(|crossing| crossing.check == check);
    let varied = |scenario: &Scenario| -> Vec<Scenario> {
        let meant = crossings().filter(|crossing| scenario.reason.ends_with(crossing.only));
        meant
            .flat_map(|crossing| crossing.situations)
            .filter_map(|situation| situation.vary(scenario, survey))
            .collect()
    };
    let mut varied: Vec<Scenario> =
        plain.iter().flat_map(varied).chain(spelled(check, &plain, survey)).collect();
    let reasons: BTreeSet<String> = varied.iter().map(|scenario| scenario.reason.clone()).collect();
    for varied in varied.iter_mut().filter_map(|scenario| scenario.varied.as_mut()) {
        let is_this = |situation: &&Situation| situation.name() == varied.situation;
        let situation = crossings().flat_map(|crossing| crossing.situations).find(is_this);
        if let Some(commoner) = situation.and_then(|situation| situation.commoner()) {
            let of = format!("{}-{}", varied.of, commoner.name());
            if reasons.contains(&of) {
                varied.of = of;
            }
        }
    }
    plain.into_iter().chain(varied).collect()
}
