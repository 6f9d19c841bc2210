//! Where a failure may be that of a claim, and not of what the backend does.

use super::CheckReport;

/// What else may be wrong than the backend: nothing, where the check rests on nothing that was declared.
///
/// A backend is held to what it says of itself, so whoever reads of such a failure has two places to look at.
#[must_use]
pub fn advice(check: &CheckReport) -> Option<&'static str> {
    match (check.clause.as_str(), check.id.as_str()) {
        ("claims.true", _) | (_, "expiry/as-declared") => {
            Some("The claim may be what is wrong: it stands in `declares` of the backend's description.")
        }
        ("expiry.window" | "cookie.permanent", _) => Some(
            "The lifetime and the grace are those that the probe declares, be it from `--lifetime`; they may be what is wrong.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::catalogue;
    use crate::report::Verdict;

    #[test]
    fn a_claim_is_suspected_where_a_check_rests_on_one() {
        let is_advised = |id: &str| {
            let check = catalogue().iter().find(|check| check.id == id).unwrap();
            advice(&CheckReport::of(check, Verdict::Fail)).is_some()
        };
        assert!(is_advised("minimum/claims-hold"));
        assert!(is_advised("expiry/as-declared"));
        assert!(is_advised("expiry/not-early"));
        assert!(is_advised("cookie/lasts-when-permanent"));
        assert!(!is_advised("minimum/persists"));
    }
}
