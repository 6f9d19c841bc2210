//! Every part of a cookie counts: what was cut off, emptied or rewritten opens nothing, and so does a pattern.

use serde_json::json;
use sessionspec_reference::Map;

use super::OWASP;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Expected, Scenario};
use crate::level::Level;
use crate::oracle::promises::SHORTEST;
use crate::script::ops::{items, set};
use crate::script::{Change, Forgery, Keyless, Spelling, words};
use crate::survey::{Store, Survey};

/// How many fields of a value are looked at.
const MOST_FIELDS: usize = 5;

pub(super) const COUNTS: Check = Check {
    id: "forgery/every-part-counts",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "forgery.parts",
    promise: "A cookie of which a part was emptied, cut, zeroed, left out, taken from elsewhere or replaced by a pattern opens nothing.",
    source: "CWE-347: signatures that may be empty, or only have to begin rightly; ids that are compared by their beginning; CWE-155: ids that are looked up as patterns",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[Fact::of("identity/unknown-never-adopted", "adopted-when-written")],
    test: Test::Scenarios(|survey| {
        let changes = [
            Change::Emptied,
            Change::Truncated,
            Change::Shortened,
            Change::Doubled,
            Change::Flipped,
            Change::Swapped,
            Change::Zeroed,
            Change::Missing,
        ];
        let cookies = 0..survey.cookies.len();
        let places = cookies.flat_map(|cookie| (0..MOST_FIELDS).map(move |field| (cookie, field)));
        let scenarios = places.flat_map(|(cookie, field)| {
            changes.map(|change| {
                let cookie_name = if cookie == 0 { String::new() } else { format!("cookie-{}-", cookie + 1) };
                let reason = format!("{cookie_name}field-{}-{}", field + 1, words(&change));
                let forgery = Forgery::LongField { cookie, field, change, shortest: SHORTEST };
                let opens = match (change, survey.store) {
                    // Whoever has the id of another session has that session: it is the server's word that counts.
                    (Change::Swapped, Store::Server) => vec![nothing(survey), of(survey, THEIRS)],
                    _ => vec![nothing(survey)],
                };
                opens_only(survey, &reason, forgery, opens)
            })
        });
        let patterns = Spelling::PATTERNS.map(|spelling| {
            opens_only(survey, &words(&spelling), Forgery::Value(spelling), vec![nothing(survey)])
        });
        scenarios.chain(patterns).collect()
    }),
};

pub(super) const SIGNED: Check = Check {
    id: "forgery/data-are-signed",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "forgery.signed",
    promise: "Data in a cookie that a client has rewritten are not taken for the session's, whatever signature it sends.",
    source: OWASP,
    applies: &[
        Requirement::RealSessions,
        Requirement::Cookies,
        Requirement::ClientStore,
        Requirement::ReadableCookie,
    ],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let signatures = [
            ("kept", None),
            ("cut", Some(Change::Truncated)),
            ("empty", Some(Change::Emptied)),
            ("missing", Some(Change::Missing)),
            ("zeroed", Some(Change::Zeroed)),
            ("of-another-cookie", Some(Change::Swapped)),
        ];
        let rewritten = signatures.map(|(reason, signature)| {
            let (from, to) = (OWNER.to_owned(), IMPOSTOR.to_owned());
            (reason, Forgery::Rewritten { from, to, signature })
        });
        // What is signed otherwise is not forged, and opens nothing as an unknown cookie does.
        let keyless = [
            ("a-digest", Keyless::Digest),
            ("of-no-algorithm", Keyless::NoAlgorithm),
            ("of-no-algorithm-recased", Keyless::NoAlgorithmRecased),
        ];
        let keyless = keyless.map(|(reason, way)| {
            let (from, to) = (OWNER.to_owned(), IMPOSTOR.to_owned());
            (reason, Forgery::SignedWithoutKey { from, to, way })
        });
        let opens_nothing = |(reason, forgery)| {
            // Whoever was answered with a cookie comes again with that.
            opens_only(survey, &format!("signature-{reason}"), forgery, vec![nothing(survey)])
                .cycle("mallory", [items().answers(nothing(survey))])
                .may_be_refused()
        };
        rewritten.into_iter().chain(keyless).map(opens_nothing).collect()
    }),
};

/// A text of the session's that no cookie holds by chance.
const OWNER: &str = "annabelle";

/// As long as [`OWNER`], so that no length in the cookie has to change.
const IMPOSTOR: &str = "bernadine";

/// What the other session holds.
const THEIRS: &str = "robert";

/// No items but the framework's own.
fn nothing(survey: &Survey) -> Expected {
    Expected::Items { items: Map::new(), own_keys: survey.own_keys.clone() }
}

/// The items of the session of this owner.
fn of(survey: &Survey, owner: &str) -> Expected {
    let items = Map::from_iter([("owner".to_owned(), json!(owner))]);
    Expected::Items { items, own_keys: survey.own_keys.clone() }
}

/// Two sessions, and a client that sends a forged cookie of the first and sees nothing but this.
fn opens_only(survey: &Survey, reason: &str, forgery: Forgery, opens: Vec<Expected>) -> Scenario {
    let scenario = Scenario::new(reason)
        .cycle("ann", [set("owner", OWNER).is_done()])
        .cycle("bob", [set("owner", THEIRS).is_done()])
        .forge_with("ann", "bob", "mallory", forgery)
        .cycle("mallory", [items().answers(Expected::AnyOf(opens))])
        .may_be_refused();
    // A session on the server is still its owner's.
    match survey.store {
        Store::Server => scenario.cycle("ann", [items().answers(of(survey, OWNER))]),
        Store::Client | Store::Unknown => scenario,
    }
}
