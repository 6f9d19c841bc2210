//! What is not owed since it is known: a named check fails, and the user has said that this is accepted.
//!
//! So an umbrella goes on to what nobody knows, where it would else stop at the first thing that everybody knows.

use std::collections::BTreeSet;

/// The rules of responses, by the names that their reasons have, and the checks that name what is wrong.
const NAMED: &[(&str, &[&str])] = &[
    (
        "no-set-cookie",
        &["cookie/none-when-untouched", "cookie/none-when-only-read", "identity/readers-store-nothing"],
    ),
    ("http-only", &["cookie/http-only"]),
    ("same-site", &["cookie/same-site"]),
    ("secure", &["cookie/secure"]),
    ("sent-back", &["cookie/sent-back"]),
    ("kept", &["cookie/sent-back", "cookie/fits"]),
    ("once-per-name", &["cookie/one-of-a-name"]),
    ("lasts", &["cookie/lasts-when-permanent", "cookie/refreshed-with-the-record"]),
    ("ends-with-browser", &["cookie/ends-with-the-browser"]),
    ("removal-removes", &["cookie/removal-removes"]),
    ("removal-repeats", &["cookie/removal-repeats-attributes"]),
    ("vary-cookie", &["cookie/vary", "cookie/vary-whatever-the-status"]),
    ("vary-also", &["cookie/vary-is-merged"]),
    ("sets-own", &["cookie/other-cookies-survive"]),
    ("cookies-as-in", &["cookie/other-cookies-survive"]),
    ("none-kept", &["identity/readers-store-nothing"]),
    ("unpredictable", &["identity/ids-unpredictable"]),
    ("drawn-anew", &["identity/rotation-gives-a-new-id", "identity/ids-unpredictable"]),
    ("served", &["cookie/strangers-hide-nothing"]),
    ("sets-cookie", &["identity/rotation-gives-a-new-id"]),
    (
        "other-cookies",
        &[
            "identity/rotation-gives-a-new-id",
            "identity/unknown-never-adopted",
            "identity/stale-never-adopted",
            "identity/ids-unique",
            "expiry/id-never-adopted",
        ],
    ),
];

/// The checks that name what becomes of large values.
const OF_LARGE_VALUES: [&str; 2] = ["cookie/fits", "fidelity/sizes"];

/// The checks that name what becomes of other keys and values beyond those of level `minimum`.
const OF_UNUSUAL_VALUES: [&str; 8] = [
    "fidelity/any-value",
    "fidelity/keys",
    "fidelity/neighbouring-keys",
    "fidelity/null",
    "fidelity/numbers",
    "fidelity/structures",
    "fidelity/tags",
    "fidelity/text",
];

/// The checks that name what a forged cookie opens.
const OF_FORGERIES: [&str; 3] =
    ["forgery/every-part-counts", "forgery/data-are-signed", "identity/unknown-never-adopted"];

/// The checks that name what a rotation does.
const OF_ROTATIONS: [&str; 5] = [
    "identity/rotation-gives-a-new-id",
    "identity/rotation-keeps-the-data",
    "identity/rotation-keeps-permanent",
    "identity/rotation-ends-the-old-id",
    "identity/rotation-needs-no-record",
];

/// The check that names what a rotation does whose request fails.
const OF_FAILED_ROTATIONS: &str = "identity/rotation-survives-failure";

/// The checks that name what a logout does.
const OF_LOGOUTS: [&str; 4] = [
    "identity/destroy-removes",
    "identity/destroy-then-write",
    "identity/destroy-idempotent",
    "identity/stale-never-adopted",
];

/// The suite that names how sessions end.
const OF_ENDS: &str = "expiry/";

/// The check that names what strangers' cookies do.
const OF_STRANGERS: &str = "cookie/strangers-hide-nothing";

/// The checks that are known to fail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Excused(BTreeSet<String>);

impl Excused {
    pub(crate) fn new(known: impl IntoIterator<Item = String>) -> Self {
        Self(known.into_iter().collect())
    }

    /// Whether a response owes nothing by the rule of this name.
    pub(super) fn rule(&self, name: &str) -> bool {
        let mut named = NAMED.iter().filter(|(rule, _)| *rule == name).flat_map(|(_, checks)| *checks);
        named.any(|check| self.0.contains(*check))
    }

    /// Whether this check is known to fail.
    pub(super) fn knows(&self, check: &str) -> bool {
        self.0.contains(check)
    }

    /// Whether nothing is owed of a session that was given a large value.
    pub(super) fn large_values(&self) -> bool {
        OF_LARGE_VALUES.iter().any(|check| self.0.contains(*check))
    }

    /// Whether nothing is owed of a session that was given another value beyond those of level `minimum`.
    pub(super) fn unusual_values(&self) -> bool {
        OF_UNUSUAL_VALUES.iter().any(|check| self.0.contains(*check))
    }

    /// Whether nothing is owed of a session that was rotated.
    pub(super) fn rotations(&self) -> bool {
        OF_ROTATIONS.iter().any(|check| self.knows(check))
    }

    /// Whether nothing is owed of a session whose rotation failed.
    pub(super) fn failed_rotations(&self) -> bool {
        self.knows(OF_FAILED_ROTATIONS)
    }

    /// Whether nothing is owed of a session that was ended.
    pub(super) fn logouts(&self) -> bool {
        OF_LOGOUTS.iter().any(|check| self.knows(check))
    }

    /// Whether nothing is owed of sessions when time has passed.
    pub(super) fn ends(&self) -> bool {
        self.0.iter().any(|check| check.starts_with(OF_ENDS))
    }

    /// Whether nothing is owed of who comes with forged cookies.
    pub(super) fn forgeries(&self) -> bool {
        OF_FORGERIES.iter().any(|check| self.0.contains(*check))
    }

    /// Whether nothing is owed of a session that comes beside a stranger's cookie.
    pub(super) fn strangers(&self) -> bool {
        self.0.contains(OF_STRANGERS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::catalogue;

    #[test]
    fn each_check_that_is_named_is_in_the_catalogue() {
        let catalogue = catalogue();
        let others = OF_LARGE_VALUES.iter().chain(&OF_UNUSUAL_VALUES).chain(&OF_FORGERIES);
        let of_ids = OF_ROTATIONS.iter().chain(&OF_LOGOUTS).chain([&OF_FAILED_ROTATIONS]);
        let others = others.chain(of_ids).chain([&OF_STRANGERS]);
        for check in NAMED.iter().flat_map(|(_, checks)| *checks).chain(others) {
            assert!(catalogue.iter().any(|known| known.id == *check), "{check}");
        }
    }
}
