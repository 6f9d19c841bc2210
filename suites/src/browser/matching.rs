//! Which hosts and paths a cookie belongs to. There is no public suffix list here: `Domain=test` from
//! `app.test` is accepted, where a browser would refuse a suffix that is on its list.

use super::origin::Origin;

/// Whether `origin`'s host is `domain` or lies under it (RFC 6265bis §5.1.3). An address lies under no domain.
pub(super) fn domain_match(origin: &Origin, domain: &str) -> bool {
    origin.host() == domain || (!origin.is_ip_address() && lies_under(origin.host(), domain))
}

/// Whether the host name `host` lies under `domain`. Neither may be an address.
pub(super) fn lies_under(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// The path of a request's target, without the query. It is never empty.
pub(super) fn path_of(target: &str) -> &str {
    match target.split(['?', '#']).next() {
        None | Some("") => "/",
        Some(path) => path,
    }
}

/// The path of a cookie that names no path: the folder of the request's path (RFC 6265bis §5.1.4).
pub(crate) fn default_path(target: &str) -> &str {
    let path = path_of(target);
    match path.rfind('/') {
        Some(last) if last > 0 && path.starts_with('/') => &path[..last],
        _ => "/",
    }
}

/// Whether `path` is `cookie_path` or lies under it (RFC 6265bis §5.1.4): `/app` does not contain `/apple`.
pub(crate) fn path_match(path: &str, cookie_path: &str) -> bool {
    path.strip_prefix(cookie_path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || cookie_path.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_covers_itself_and_what_lies_under_it() {
        for (host, domain, expected) in [
            ("app.test", "app.test", true),
            ("a.app.test", "app.test", true),
            ("b.a.app.test", "app.test", true),
            ("app.test", "a.app.test", false),
            ("notapp.test", "app.test", false),
            ("app.test", "pp.test", false),
            ("app.test", "", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "0.0.1", false),
            ("127.0.0.1", "1", false),
            ("[::1]", "[::1]", true),
        ] {
            let origin = Origin::parse(&format!("http://{host}")).unwrap();
            assert_eq!(domain_match(&origin, domain), expected, "{host} under {domain}");
        }
    }

    #[test]
    fn the_default_path_is_the_folder() {
        for (request, expected) in [
            ("", "/"),
            ("/", "/"),
            ("/login", "/"),
            ("/app/login", "/app"),
            ("/app/", "/app"),
            ("//", "/"),
            ("/a/b/c", "/a/b"),
            ("/app/login?next=/x/y", "/app"),
            ("app/login", "/"),
        ] {
            assert_eq!(default_path(request), expected, "{request}");
        }
    }

    #[test]
    fn a_path_contains_whole_segments_only() {
        for (request, cookie, expected) in [
            ("/", "/", true),
            ("", "/", true),
            ("/app", "/", true),
            ("/app", "/app", true),
            ("/app/", "/app", true),
            ("/app/x", "/app", true),
            ("/app/x", "/app/", true),
            ("/app?x=1", "/app", true),
            ("/app", "/app/", false),
            ("/apple", "/app", false),
            ("/App", "/app", false),
            ("/", "/app", false),
        ] {
            assert_eq!(path_match(path_of(request), cookie), expected, "{request} under {cookie}");
        }
    }
}
