//! Rules for the cookies of a response beside others: those of the application, and those of an earlier response.

use std::collections::BTreeSet;

use super::{Received, name};

/// Whether the response has this cookie once, as the application has set it. A framework may write it anew: the names of attributes
/// are the same in any case, and their order says nothing.
pub(super) fn sets_own(received: &[Received], wanted: &str) -> Result<(), String> {
    let (own, _) = wanted.split_once('=').unwrap_or((wanted, ""));
    let named: Vec<&Received> =
        received.iter().filter(|received| received.cookie.name == own.as_bytes()).collect();
    match named.as_slice() {
        [] => Err("it is not there".to_owned()),
        [one] if parts(&one.cookie.raw) == parts(wanted.as_bytes()) => Ok(()),
        [one] => Err(format!("`{}`", String::from_utf8_lossy(&one.cookie.raw))),
        several => Err(format!("{} of that name", several.len())),
    }
}

/// The attributes of a cookie: the name of each in lower case, and the rest as it stands.
type Attributes<'a> = BTreeSet<(Vec<u8>, &'a [u8])>;

/// The name and the value of a cookie, and its attributes.
fn parts(cookie: &[u8]) -> (&[u8], Attributes<'_>) {
    let mut parts = cookie.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    let pair = parts.next().unwrap_or_default();
    let attributes = parts.map(|part| {
        let end = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
        (part[..end].to_ascii_lowercase(), &part[end..])
    });
    (pair, attributes.collect())
}

pub(super) fn other_cookies(received: &[Received], earlier: &[Received]) -> Option<Result<(), String>> {
    let mut set = received.iter().filter(|received| !received.is_removal).peekable();
    set.peek()?;
    let is_old = |received: &&Received| {
        earlier.iter().any(|earlier| {
            (&earlier.cookie.name, &earlier.cookie.value) == (&received.cookie.name, &received.cookie.value)
        })
    };
    Some(match set.find(is_old) {
        Some(received) => Err(format!("the same {}", name(&received.cookie))),
        None => Ok(()),
    })
}

/// Whether these set a cookie if those do, and remove one if those do. Where those do nothing, nothing is asked.
pub(super) fn cookies_as(received: &[Received], earlier: &[Received]) -> Option<Result<(), String>> {
    let kinds = |received: &[Received]| {
        [false, true].map(|is_removal| received.iter().any(|received| received.is_removal == is_removal))
    };
    let [sets, removes] = kinds(received);
    match kinds(earlier) {
        [false, false] => None,
        [true, _] if !sets => Some(Err("no cookie".to_owned())),
        [_, true] if !removes => Some(Err("no removal".to_owned())),
        _ => Some(Ok(())),
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_cookie_may_be_written_anew_and_not_changed() {
        let same = |one: &str, other: &str| parts(one.as_bytes()) == parts(other.as_bytes());
        assert!(same("mine=1; Path=/; Max-Age=60", "mine=1;max-age=60;path=/"));
        for other in
            ["mine=2; Path=/", "Mine=1; Path=/", "mine=1", "mine=1; Path=/a", "mine=1; Path=/; Secure"]
        {
            assert!(!same("mine=1; Path=/", other), "{other}");
        }
    }
}
