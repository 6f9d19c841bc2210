//! Rules for the cookies of a response beside others: those of the application, and those of an earlier response.

use super::{Received, name};

/// Whether the response has this cookie once, just as the application has set it.
pub(super) fn sets_own(received: &[Received], wanted: &str) -> Result<(), String> {
    let (own, _) = wanted.split_once('=').unwrap_or((wanted, ""));
    let named: Vec<&Received> =
        received.iter().filter(|received| received.cookie.name == own.as_bytes()).collect();
    match named.as_slice() {
        [] => Err("it is not there".to_owned()),
        [one] if one.cookie.raw == wanted.as_bytes() => Ok(()),
        [one] => Err(format!("`{}`", String::from_utf8_lossy(&one.cookie.raw))),
        several => Err(format!("{} of that name", several.len())),
    }
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
