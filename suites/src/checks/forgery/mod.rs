//! The `forgery` suite: whatever a client sends as its cookie, nothing breaks, and nobody gets what is another's.

mod any_mutation;
mod every_part;

use serde_json::json;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Expected, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::ops::{get, items, set};
use crate::script::{Change, Forgery, Neighbours, Spelling, words};
use crate::survey::Survey;

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    FIELDS,
    SPELLINGS,
    UNLAWFUL,
    COMPANY,
    every_part::COUNTS,
    every_part::SIGNED,
    any_mutation::ANY_MUTATION,
];

/// How many cookies of a session are forged, one at a time.
const MOST_COOKIES: usize = 3;

/// How many fields of a value are changed, one at a time: a signed value has three at most.
const MOST_FIELDS: usize = 5;

const OWASP: &str =
    "OWASP Session Management Cheat Sheet; parsers that fail only on a bad field are not rare";

const RELIES: &[Fact] = &[Fact::of("identity/unknown-never-adopted", "adopted-when-written")];

const fn check(
    id: &'static str,
    harm: Harm,
    promise: &'static str,
    scenarios: fn(&Survey) -> Vec<Scenario>,
) -> Check {
    let test = Test::Scenarios(scenarios);
    Check {
        id,
        level: Level::Hardened,
        harm,
        clause: "forgery.harmless",
        promise,
        source: OWASP,
        applies: &[Requirement::RealSessions, Requirement::Cookies],
        relies: RELIES,
        test,
    }
}

const FIELDS: Check = check(
    "forgery/fields",
    Harm::Security,
    "A cookie with one field emptied, cut, doubled, changed or taken from another session is harmless.",
    |survey| {
        let changes = [
            Change::Emptied,
            Change::Truncated,
            Change::Shortened,
            Change::Doubled,
            Change::Flipped,
            Change::Recased,
            Change::Swapped,
        ];
        let cookies = 0..survey.cookies.len().min(MOST_COOKIES);
        let places = cookies.flat_map(|cookie| (0..MOST_FIELDS).map(move |field| (cookie, field)));
        let forgeries = places.flat_map(|(cookie, field)| {
            changes.map(|change| {
                let of = if cookie == 0 { String::new() } else { format!("cookie-{}-", cookie + 1) };
                let reason = format!("{of}field-{}-{}", field + 1, words(&change));
                (reason, Forgery::Field { cookie, field, change })
            })
        });
        forged(survey, forgeries)
    },
);

const SPELLINGS: Check = check(
    "forgery/spellings",
    Harm::Availability,
    "A cookie whose value is spelled strangely, is missing or is no text is harmless.",
    |survey| {
        let spellings = [
            Spelling::Empty,
            Spelling::NameOnly,
            Spelling::Dots,
            Spelling::Quoted,
            Spelling::Octal,
            Spelling::Percent,
            Spelling::HalfPercent,
            Spelling::Long,
            Spelling::NonAscii,
            Spelling::NonUtf8,
            Spelling::Path,
            Spelling::Json,
        ];
        forged(survey, spellings.map(|spelling| (words(&spelling), Forgery::Value(spelling))))
    },
);

const UNLAWFUL: Check = check(
    "forgery/unlawful-bytes",
    Harm::Availability,
    "A cookie with bytes that HTTP forbids is harmless.",
    |survey| {
        let spellings = [Spelling::Control, Spelling::Nul];
        forged(survey, spellings.map(|spelling| (words(&spelling), Forgery::Value(spelling))))
    },
);

const COMPANY: Check = check(
    "forgery/company",
    Harm::Security,
    "A session's cookies among others, of the same name or of another session, are harmless.",
    |survey| {
        let companies = [
            Neighbours::WorthlessFirst,
            Neighbours::WorthlessLast,
            Neighbours::OthersFirst,
            Neighbours::OthersLast,
            Neighbours::Many,
        ];
        forged(survey, companies.map(|company| (words(&company), Forgery::Among(company))))
    },
);

fn forged(survey: &Survey, forgeries: impl IntoIterator<Item = (String, Forgery)>) -> Vec<Scenario> {
    forgeries.into_iter().map(|(reason, forgery)| harmless(survey, &reason, forgery)).collect()
}

/// A client that has its own cookie and another's may see either session, or none: never a mixture, and never what
/// nobody has saved. Afterwards it has a session that can be used, under an id of the server's.
fn harmless(survey: &Survey, reason: &str, forgery: Forgery) -> Scenario {
    let nobodys = Expected::Items { items: Default::default(), own_keys: survey.own_keys.clone() };
    let begin = |scenario: Scenario, owner: &str| {
        scenario.cycle(owner, [set("owner", owner).is_done(), set("colour", owner).is_done()])
    };
    let of = |owner: &str| {
        let items = [("owner".to_owned(), json!(owner)), ("colour".to_owned(), json!(owner))];
        Expected::Items { items: items.into_iter().collect(), own_keys: survey.own_keys.clone() }
    };
    let scenario = begin(begin(Scenario::new(reason), "ann"), "bob")
        .forge_with("ann", "bob", "mallory", forgery.clone())
        .forge_with("ann", "bob", "second", forgery.clone())
        .cycle(
            "mallory",
            [items().answers(Expected::AnyOf(vec![nobodys, of("ann"), of("bob")])), get("owner").unjudged()],
        );
    // The server's own parser may refuse what is too long, or unlawful.
    let must_be_served = forgery.is_lawful() && !forgery.is_long();
    let scenario = if must_be_served { scenario.response(ResponseRule::Served) } else { scenario };
    // It may be one of the two sessions that came of it; what is done there then is theirs.
    let in_none = || Condition::AbsentIn { cycle: 2, op: 1 };
    scenario
        .cycle("mallory", [set("shape", "round").is_done()])
        .cycle("mallory", [get("shape").is("round").only_if(Condition::DoneIn(3))])
        .cycle("second", [get("shape").is_absent().only_if(in_none())])
        .cycle(
            "bob",
            [get("owner").is("bob").only_if(in_none()), get("shape").is_absent().only_if(in_none())],
        )
}
