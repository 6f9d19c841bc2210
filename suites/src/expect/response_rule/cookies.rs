//! Rules for the attributes of the cookies in a response.

use std::collections::BTreeSet;

use super::{Received, name};
use crate::browser::SetCookie;
use crate::play::{Exchange, Transcript};

/// Checks that each cookie which is no removal meets a condition.
pub(super) fn each_set(
    received: &[Received],
    condition: impl Fn(&SetCookie) -> bool,
    otherwise: &str,
) -> Option<Result<(), String>> {
    let mut set =
        received.iter().filter(|received| !received.is_removal).map(|received| &received.cookie).peekable();
    set.peek()?;
    Some(match set.find(|cookie| !condition(cookie)) {
        Some(cookie) => Err(format!("{} {otherwise}", name(cookie))),
        None => Ok(()),
    })
}

pub(super) fn once_per_name(received: &[Received]) -> Option<Result<(), String>> {
    let mut seen = BTreeSet::new();
    let twice = received.iter().find(|received| !seen.insert(&received.cookie.name));
    if let Some(twice) = twice {
        return Some(Err(format!("two of {}", name(&twice.cookie))));
    }
    (!received.is_empty()).then_some(Ok(()))
}

pub(super) fn kept(transcript: &Transcript, exchange: &Exchange) -> Option<Result<(), String>> {
    let fields = exchange.headers.all("Set-Cookie").zip(&exchange.stored);
    let of_session = fields.filter(|(field, _)| transcript.is_of_session(exchange, field));
    let mut stored = of_session.map(|(_, stored)| stored).peekable();
    stored.peek()?;
    Some(match stored.find_map(|stored| stored.as_ref().err()) {
        Some(refusal) => Err(refusal.to_string()),
        None => Ok(()),
    })
}

pub(super) fn sent_back(received: &[Received], path: &str) -> Option<Result<(), String>> {
    let covers = |cookie: &SetCookie| {
        let named = cookie.path.as_deref().filter(|named| named.starts_with('/'));
        named.is_none_or(|named| crate::browser::path_match(path, named))
    };
    each_set(received, covers, &format!("with a Path that does not cover {path}"))
}
