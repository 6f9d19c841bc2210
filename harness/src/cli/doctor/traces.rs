//! What a session leaves in an answer although nothing was to be done with it: a probe that looks at the session of a
//! `GET` or of an empty cycle makes checks fail that blame the backend.

use sessionspec::engine::script::ops::set;
use sessionspec::reference::http::Headers;

use super::expected_result::KEPT;
use super::findings::Findings;
use super::probe_client::ProbeClient;

/// How an answer shows that its request used the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trace {
    SetCookie,
    VaryCookie,
}

/// What shows in this answer, if anything does.
pub(super) fn trace(headers: &Headers) -> Option<Trace> {
    let names_cookie = |field: &[u8]| {
        String::from_utf8_lossy(field).split(',').any(|listed| listed.trim().eq_ignore_ascii_case("cookie"))
    };
    if headers.all("Set-Cookie").next().is_some() {
        Some(Trace::SetCookie)
    } else if headers.all("Vary").any(names_cookie) {
        Some(Trace::VaryCookie)
    } else {
        None
    }
}

/// Empty cycles, of a visitor and of somebody who has a session.
pub(super) async fn of_empty_cycles(probe_client: &ProbeClient, findings: &mut Findings) {
    let fresh = probe_client.cycles([vec![]]).await;
    if let Some(trace) = fresh.first().and_then(|exchange| trace(&exchange.headers)) {
        let seen = match trace {
            Trace::SetCookie => "it sets a cookie for a visitor who used no session",
            Trace::VaryCookie => "it says `Vary: Cookie` to a visitor who used no session",
        };
        return remark(findings, seen);
    }
    let later = probe_client.cycles([vec![set("text", KEPT)], vec![]]).await;
    if let Some(trace) = later.get(1).and_then(|exchange| trace(&exchange.headers)) {
        let seen = match trace {
            Trace::SetCookie => "it sends the cookie of a session again that was not used",
            Trace::VaryCookie => "it says `Vary: Cookie` although the session was not used",
        };
        remark(findings, seen);
    }
}

fn remark(findings: &mut Findings, seen: &str) {
    let note = format!(
        "{seen}; is that the framework's way, or that of an option such as `rolling`, or does the probe look at the session?"
    );
    findings.remark("the empty cycle", &note);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, value: &str) -> Option<Trace> {
        let mut headers = Headers::default();
        headers.append(name, value);
        trace(&headers)
    }

    #[test]
    fn a_session_shows_in_two_fields() {
        assert_eq!(of("Set-Cookie", "id=1"), Some(Trace::SetCookie));
        assert_eq!(of("Vary", "Accept, cookie"), Some(Trace::VaryCookie));
        assert_eq!(of("Vary", "Accept-Language"), None);
        assert_eq!(of("Content-Type", "cookie"), None);
    }
}
