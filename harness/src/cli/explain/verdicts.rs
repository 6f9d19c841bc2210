//! What each verdict on a check means, and what to do about it. The table in README.md says the same in short.

use sessionspec::Verdict;

/// What has become of a check that has this verdict.
pub(super) fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "The promise was kept, wherever it was looked at.",
        Verdict::Fail => "The promise was broken.",
        Verdict::KnownFailure => "The promise was broken, and a list with reasons says so.",
        Verdict::Excused => {
            "Nothing is known of the promise, because what the check relies on is a known failure."
        }
        Verdict::NotApplicable => {
            "The backend does not have what the promise is about, or the probe does not say it, or the run was not \
             given it, such as a lifetime that can be waited for. The reason follows the names of the checks."
        }
        Verdict::Unverified => {
            "Nobody knows whether the promise was kept. The report says why, beside the check or below \"Not judged\". A \
             level with such a check does not conform, and the exit code is 3 where nothing fails."
        }
        Verdict::Error => {
            "The service did not answer as a probe does, or the suite itself has failed. The report quotes what came."
        }
        _ => "",
    }
}

/// What to do about it: for each reason that a report gives, what mends it.
pub(super) fn remedies(verdict: Verdict) -> &'static [(&'static str, &'static str)] {
    match verdict {
        Verdict::Fail => &[
            (
                "Look at it",
                "The failure shows the script, and <- where it was broken; `replay` plays it again.",
            ),
            ("It is known", "`sessionspec known-failures REPORT` writes a list, for --known-failures."),
        ],
        Verdict::KnownFailure => {
            &[("It is mended", "An entry whose check passes fails the run: take it out of the list.")]
        }
        Verdict::NotApplicable => &[
            (
                "No lifetime",
                "Put `{lifetime}` into the command of --launch, and let the description name it.",
            ),
            ("No https", "Give --origin https://NAME, or test the service at https."),
            ("A stand-in", "The framework lacks the attribute, and nothing has to be done."),
        ],
        Verdict::Unverified => &[
            ("Relies on another check", "That one failed: mend it first. All that needs it is judged then."),
            (
                "A refused request",
                "A guard or a rate limit stands in front of the probe: let its requests through.",
            ),
            ("The probe lacks something", "`sessionspec doctor` says what is missing or wrong."),
            ("It took too long", "Sessions ended meanwhile: let them live longer, by --lifetime 8."),
            ("The run has ended", "By --deadline, or since the service was gone: the rest was not played."),
        ],
        Verdict::Error => {
            &[("Look at the probe", "`sessionspec doctor` says what is wrong with its answers.")]
        }
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_has_a_meaning() {
        for &verdict in Verdict::ALL {
            assert_ne!(meaning(verdict), "", "{}", verdict.as_str());
        }
    }
}
