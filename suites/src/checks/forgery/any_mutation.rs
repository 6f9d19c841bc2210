//! Any mutation of the cookies, alone or one of another: what nobody has thought of.

use super::{OWASP, harmless, nothing_to_forge};
use crate::checks::{Check, Plan, Test};
use crate::level::Level;
use crate::search::Generated;

pub(super) const ANY_MUTATION: Check = Check {
    id: "forgery/any-mutation",
    level: Level::Hardened,
    clause: "forgery.harmless",
    promise: "A cookie that was mutated at any place, in one way or in two, is harmless.",
    source: OWASP,
    // What these find, this one would find again.
    needs: &[
        "minimum/browsers-isolated",
        "identity/unknown-never-adopted",
        "forgery/fields",
        "forgery/spellings",
        "forgery/unlawful-bytes",
        "forgery/company",
    ],
    test: Test::Generated(|survey| match nothing_to_forge(survey) {
        Some(because) => Plan::NotApplicable(because),
        None => {
            Plan::Do(Generated::forgeries(survey, |survey, forgery| harmless(survey, "harmful", forgery)))
        }
    }),
};
