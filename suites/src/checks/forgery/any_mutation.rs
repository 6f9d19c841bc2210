//! Any mutation of the cookies, alone or one of another: what nobody has thought of.

use super::{OWASP, harmless};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::level::Level;
use crate::search::Generated;

/// Its sessions hold several items. Where one of them is lost, no cookie has done that.
const ITEMS_ARE_KEPT: &[Fact] =
    &[Fact::of("minimum/each-mutator-persists", "set"), Fact::of("minimum/values-survive", "three-items")];

pub(super) const ANY_MUTATION: Check = Check {
    id: "forgery/any-mutation",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "forgery.harmless",
    promise: "A cookie that was mutated at any place, in one way or in two, is harmless.",
    source: OWASP,
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: ITEMS_ARE_KEPT,
    test: Test::Generated(|survey| {
        Generated::forgeries(survey, |survey, forgery| harmless(survey, "harmful", forgery))
    }),
};
