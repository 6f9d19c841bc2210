//! Who may talk to a probe: a page in some browser on this machine may not, under whatever name it reaches it.
//!
//! A page can send requests to loopback, and can give its own host name a loopback address (DNS rebinding). The first
//! shows in `Origin`, the second in `Host`; and no page can send JSON elsewhere without asking first.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::{Host, Url};

/// Under which names a probe answers.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    bound: IpAddr,
    /// Authorities besides those of this machine.
    known: Arc<[String]>,
}

impl Guard {
    /// A guard of what listens here, and is known under these names.
    pub(super) fn new(bound: SocketAddr, known: Vec<String>) -> Self {
        Self { bound: bound.ip(), known: known.into() }
    }

    /// Why a request is refused, if it is.
    fn refusal(&self, method: &Method, headers: &HeaderMap) -> Option<(StatusCode, &'static str)> {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let host = text(header::HOST).unwrap_or_default();
        if !self.knows(host) {
            let why = "this probe answers on this machine alone; `serve --origin` names another host";
            return Some((StatusCode::MISDIRECTED_REQUEST, why));
        }
        let is_foreign = |origin: &str| {
            let origin = Url::parse(origin).ok();
            origin.is_none_or(|origin| !origin.authority().eq_ignore_ascii_case(host))
        };
        if text(header::ORIGIN).is_some_and(is_foreign) {
            return Some((StatusCode::FORBIDDEN, "this probe does nothing for pages of another origin"));
        }
        let media_type = text(header::CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default();
        if method == Method::POST && !media_type.trim().eq_ignore_ascii_case("application/json") {
            return Some((StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body has to be sent as application/json"));
        }
        None
    }

    /// Whether this is the host and port of this probe.
    fn knows(&self, authority: &str) -> bool {
        if self.known.iter().any(|known| known.eq_ignore_ascii_case(authority)) {
            return true;
        }
        let Ok(url) = Url::parse(&format!("http://{authority}/")) else { return false };
        // An address is no name that somebody else could have given to this machine.
        let is_here = |address: IpAddr| address.is_loopback() || !self.bound.is_loopback();
        match url.host() {
            Some(Host::Ipv4(address)) => is_here(address.into()),
            Some(Host::Ipv6(address)) => is_here(address.into()),
            Some(Host::Domain(name)) => crate::http::is_localhost(name),
            None => false,
        }
    }
}

/// Answers in the place of the probe where a request is refused.
pub(super) async fn guarded(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    match guard.refusal(request.method(), request.headers()) {
        Some(refusal) => refusal.into_response(),
        None => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bound: &str, fields: &[(&'static str, &'static str)]) -> Option<u16> {
        let known = vec!["app.test".to_owned()];
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.insert(*name, axum::http::HeaderValue::from_static(value));
        }
        let guard = Guard::new(bound.parse().unwrap(), known);
        guard.refusal(&Method::POST, &headers).map(|(status, _)| status.as_u16())
    }

    const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

    #[test]
    fn only_the_names_of_this_machine_and_those_that_are_known_are_answered() {
        let of = |bound, host| refusal(bound, &[("host", host), JSON]);
        for host in ["127.0.0.1:80", "127.9.9.9", "localhost:5000", "a.localhost", "[::1]:80", "app.test"] {
            assert_eq!(of("127.0.0.1:80", host), None, "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "10.0.0.1",
            "app.test:81",
            "",
        ] {
            assert_eq!(of("127.0.0.1:80", host), Some(421), "{host}");
        }
        assert_eq!(of("0.0.0.0:80", "10.0.0.1:80"), None);
        assert_eq!(of("0.0.0.0:80", "evil.example"), Some(421));
        assert_eq!(refusal("127.0.0.1:80", &[JSON]), Some(421));
    }

    #[test]
    fn a_page_of_another_origin_is_refused() {
        let of = |origin| refusal("127.0.0.1:80", &[("host", "localhost:80"), ("origin", origin), JSON]);
        for origin in ["http://evil.example", "null", "http://localhost:81", "http://127.0.0.1:80"] {
            assert_eq!(of(origin), Some(403), "{origin}");
        }
    }

    #[test]
    fn a_body_that_pages_may_send_is_refused() {
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
            let fields = [("host", "localhost"), ("content-type", kind)];
            assert_eq!(refusal("127.0.0.1:80", &fields), Some(415), "{kind}");
        }
        assert_eq!(refusal("127.0.0.1:80", &[("host", "localhost")]), Some(415));
        assert_eq!(
            refusal("127.0.0.1:80", &[("host", "localhost"), ("origin", "http://localhost"), JSON]),
            None
        );
    }
}
