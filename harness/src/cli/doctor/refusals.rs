//! What may stand between the harness and the probe: guards that refuse a request before the probe sees it.

/// Words by which frameworks name a guard against cross-site requests.
const CSRF: [&str; 7] = [
    "csrf",
    "xsrf",
    "cross-site request",
    "cross site request",
    "request forgery",
    "authenticity token",
    "page expired",
];

/// What to do about a request that was refused with this status and these words, where they say it.
pub(super) fn advice(status: u16, said: &str) -> Option<&'static str> {
    let said = said.to_lowercase();
    if status >= 400 && CSRF.iter().any(|word| said.contains(word)) {
        return Some(
            "that is a guard against cross-site requests (CSRF), which wants a token that a probe does not have: exempt \
             the probe's path from it, or mount the probe in front of it",
        );
    }
    match status {
        401 => Some("the service asks for credentials before the probe is reached: exempt the probe's path"),
        403 | 419 => Some(
            "a guard in front of the probe may refuse it, most often one against cross-site requests (CSRF): exempt the \
             probe's path from it",
        ),
        404 => {
            Some("is the probe mounted at this path, and was the service started with SESSIONSPEC_PROBE=1?")
        }
        405 => Some("the path is there, but not for this method: the probe answers GET and POST"),
        _ => None,
    }
}

/// The complaint, followed by the advice where there is some.
pub(super) fn with_advice(complaint: String, status: u16, said: &str) -> String {
    match advice(status, said) {
        Some(advice) => format!("{complaint}; {advice}"),
        None => complaint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_is_recognised_by_its_words_whatever_its_status() {
        for (status, said) in [
            (403, r#"the page "403 Forbidden": CSRF verification failed. Request aborted."#),
            (400, "Bad Request: The CSRF token is missing."),
            (419, "a page: Page Expired"),
            (422, "ActionController::InvalidAuthenticityToken: Can't verify CSRF token authenticity."),
        ] {
            assert!(
                advice(status, said).is_some_and(|advice| advice.starts_with("that is a guard")),
                "{said}"
            );
        }
        assert!(advice(403, "no").is_some_and(|advice| advice.contains("CSRF")));
        assert_eq!(advice(200, "csrf"), None);
        assert_eq!(advice(500, "oops"), None);
    }
}
