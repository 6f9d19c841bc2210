//! Which cookies of a response browsers have in the end: of several with one name, path and domain, they keep the last.

use super::Received;
use crate::browser::default_path;

/// These cookies, in their order, without those that a later one of the same response replaces. A removal replaces a
/// cookie, too; a cookie that browsers drop replaces none.
pub(super) fn left(received: Vec<Received>, request_path: &str) -> Vec<Received> {
    let mut left: Vec<Received> = Vec::with_capacity(received.len());
    for one in received {
        if one.stored.is_ok() {
            left.retain(|earlier| !is_same(earlier, &one, request_path));
        }
        left.push(one);
    }
    left
}

/// Whether browsers take both for one cookie (RFC 6265bis §5.7).
pub(super) fn is_same(one: &Received, other: &Received, request_path: &str) -> bool {
    let identity = |received: &Received| {
        let domain = received.cookie.domain.clone().filter(|domain| !domain.is_empty());
        let path = received.cookie.path.as_deref().filter(|path| path.starts_with('/'));
        (domain, path.unwrap_or(default_path(request_path)).to_owned())
    };
    one.cookie.name == other.cookie.name && identity(one) == identity(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::{Refusal, SetCookie, Stored};

    fn values_left(fields: &[(&str, Result<Stored, Refusal>)]) -> Vec<String> {
        let received = |(field, stored): &(&str, Result<Stored, Refusal>)| Received {
            cookie: SetCookie::parse(field.as_bytes()).unwrap(),
            stored: stored.clone(),
            is_removal: field.contains("Max-Age=0"),
            is_meant_as_removal: false,
        };
        let left = left(fields.iter().map(received).collect(), "/app/probe");
        left.into_iter().map(|one| String::from_utf8(one.cookie.value).unwrap()).collect()
    }

    #[test]
    fn the_last_of_a_name_a_path_and_a_domain_is_left() {
        let (added, replaced) = (|| Ok(Stored::Added), || Ok(Stored::Replaced));
        assert_eq!(values_left(&[("id=old; Path=/", added()), ("id=new; Path=/", replaced())]), ["new"]);
        assert_eq!(values_left(&[("id=old", added()), ("id=new; Path=/app", replaced())]), ["new"]);
        assert_eq!(values_left(&[("id=a; Path=/", added()), ("id=b; Path=/app", added())]), ["a", "b"]);
        assert_eq!(values_left(&[("id=a", added()), ("id=b; Domain=localhost", added())]), ["a", "b"]);
        assert_eq!(values_left(&[("id=a", added()), ("other=b", added())]), ["a", "b"]);
        let removed = ("id=gone; Max-Age=0", Ok(Stored::Removed));
        assert_eq!(values_left(&[("id=old", added()), removed.clone()]), ["gone"]);
        assert_eq!(values_left(&[removed, ("id=new", added())]), ["new"]);
        assert_eq!(values_left(&[("id=old", added()), ("id=new", Err(Refusal::Empty))]), ["old", "new"]);
    }
}
