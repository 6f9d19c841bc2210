//! What can become of a check.

use serde::{Deserialize, Serialize};

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// The promise was kept.
    Pass,
    /// It was broken.
    Fail,
    /// It was broken, as was known before.
    KnownFailure,
    /// Nothing is known of it, which is accepted: a check that it needs is a known failure.
    Excused,
    /// The backend does not have what the promise is about.
    NotApplicable,
    /// Nothing was compared, or a check that this one needs has failed, and that was not known, or requests were refused.
    Unverified,
    /// The service did not answer as a probe does.
    Error,
}

impl Verdict {
    /// All verdicts, in the order in which reports count them.
    pub const ALL: &'static [Self] = &[
        Self::Pass,
        Self::Fail,
        Self::KnownFailure,
        Self::Excused,
        Self::NotApplicable,
        Self::Unverified,
        Self::Error,
    ];

    /// The verdict in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::KnownFailure => "known failure",
            Self::Excused => "excused",
            Self::NotApplicable => "not applicable",
            Self::Unverified => "unverified",
            Self::Error => "error",
        }
    }
}
