//! Ids that the server did not give, or has taken back.

use super::{for_operations, on_the_server};
use crate::checks::{Check, Plan, Test};
use crate::expect::{ResponseRule, Scenario};
use crate::level::Level;
use crate::script::ops::{clear, contains, destroy, get, items, set};
use crate::script::{Forgery, Operation};
use crate::survey::{Emptied, Survey};

pub(super) const NEVER_ADOPTED: Check = Check {
    id: "identity/unknown-never-adopted",
    level: Level::Hardened,
    clause: "identity.unknown",
    promise: "An id that the server never gave opens an empty session, and is never taken for its id.",
    source: "OWASP, session fixation; CVE-2024-38513 (gofiber); PHP without session.use_strict_mode",
    needs: &["minimum/browsers-isolated"],
    test: Test::Scenarios(|survey| {
        for_operations(survey, &[], || {
            // The attacker and the victim send the same forged cookie.
            let forged = |reason: &str| {
                Scenario::new(reason)
                    .cycle("ann", [set("colour", "red").is_done()])
                    .forge("ann", "victim", Forgery::Unknown)
                    .forge("ann", "attacker", Forgery::Unknown)
            };
            let written = forged("adopted-when-written")
                .cycle("victim", [set("colour", "blue").is_done()])
                .cycle("attacker", [items().are([], survey)])
                .cycle("victim", [get("colour").is("blue")]);
            let read_first = forged("adopted-when-read-before")
                .cycle("victim", [items().are([], survey)])
                .cycle("victim", [set("colour", "blue").is_done()])
                .cycle("attacker", [items().are([], survey)])
                .cycle("victim", [get("colour").is("blue")]);
            vec![written, read_first]
        })
    }),
};

pub(super) const STALE_NEVER_ADOPTED: Check = Check {
    id: "identity/stale-never-adopted",
    level: Level::Hardened,
    clause: "identity.stale",
    promise: "An id that was destroyed or rotated away is never taken for the id of another session.",
    source: "OWASP, session fixation: an id that is known to others must not come back to life",
    needs: &[
        "identity/unknown-never-adopted",
        "identity/destroy-removes",
        "identity/rotation-ends-the-old-id",
    ],
    test: Test::Scenarios(stale_never_adopted),
};

fn stale_never_adopted(survey: &Survey) -> Plan<Vec<Scenario>> {
    on_the_server(survey, &[], || {
        let has = |op: &Operation| !survey.unsupported.iter().any(|name| name == op.name());
        let after = |reason: &str, op: Operation| {
            has(&op).then(|| {
                Scenario::new(reason)
                    .cycle("ann", [set("colour", "red").is_done()])
                    .copy_cookies("ann", "victim")
                    .copy_cookies("ann", "attacker")
                    .cycle("ann", [op.is_done()])
                    .cycle("victim", [set("colour", "blue").is_done()])
                    .cycle("attacker", [items().are([], survey)])
                    .cycle("victim", [get("colour").is("blue")])
            })
        };
        // An emptied session that is kept has kept its id.
        let emptied = (survey.emptied == Emptied::Removed).then(|| after("emptied", clear())).flatten();
        let others = [after("destroyed", destroy()), after("rotated-away", Operation::Regenerate)];
        others.into_iter().flatten().chain(emptied).collect()
    })
}

pub(super) const READERS_STORE_NOTHING: Check = Check {
    id: "identity/readers-store-nothing",
    level: Level::Hardened,
    clause: "identity.readers",
    promise: "A visitor whose request only looked at an empty session gets none.",
    source: "OWASP, denial of service by exhaustion: a store must not grow with every visitor",
    needs: &["cookie/none-when-untouched"],
    test: Test::Scenarios(|survey| {
        for_operations(survey, &[], || {
            let by = |op: Operation| {
                Scenario::new(op.name()).cycle("ann", [op.unjudged()]).response(ResponseRule::NoSetCookie)
            };
            [get("colour"), contains("colour"), items()].map(by).into()
        })
    }),
};
