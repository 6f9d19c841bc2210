//! Rules for removals: whether browsers obey them. `all_received` in `mod.rs` says which `Set-Cookie` is a removal.

use super::left::is_same;
use super::{Received, name};
use crate::browser::Stored;

/// Checks that a browser which has obeyed has no cookie of that name any more. A library that sets its cookie for one path at first,
/// and for another one later, removes one of the two. These are all fields of the browser's responses, in their order.
pub(super) fn leaves_none(
    received: &[Received],
    all: &[Received],
    request_path: &str,
) -> Option<Result<(), String>> {
    let works = |removal: &&Received| removal.stored == Ok(Stored::Removed);
    let removed: Vec<&Received> = received.iter().filter(works).collect();
    removed.first()?;
    let mut there: Vec<&Received> = Vec::new();
    for one in all.iter().filter(|one| one.stored.is_ok()) {
        there.retain(|earlier| !is_same(earlier, one, request_path));
        if !one.is_removal {
            there.push(one);
        }
    }
    let is_left = |one: &&Received| removed.iter().any(|removal| removal.cookie.name == one.cookie.name);
    Some(match there.into_iter().find(is_left) {
        Some(left) => Err(format!(
            "a removal that leaves another {}, which was set with another Path or Domain",
            name(&left.cookie)
        )),
        None => Ok(()),
    })
}

/// Checks that each name's removal works. Some frameworks send several removals of one name, for several paths; one
/// that works is enough.
pub(super) fn removal_removes(received: &[Received]) -> Option<Result<(), String>> {
    // A cookie that has ended by one attribute, and lasts by the other, is meant as a removal.
    let removals = || received.iter().filter(|received| received.is_removal || received.is_meant_as_removal);
    removals().next()?;
    let works = |name: &[u8]| {
        removals().any(|removal| removal.cookie.name == name && removal.stored == Ok(Stored::Removed))
    };
    Some(match removals().find(|removal| !works(&removal.cookie.name)) {
        None => Ok(()),
        Some(Received { cookie, stored: Err(refusal), .. }) => {
            Err(format!("a removal of {} that browsers drop: {refusal}", name(cookie)))
        }
        Some(Received { cookie, is_removal: false, .. }) => Err(format!(
            "a removal of {} by Expires whose Max-Age says that it lasts: browsers believe Max-Age",
            name(cookie)
        )),
        Some(Received { cookie, .. }) => Err(format!(
            "a removal of {} that removes nothing: its name, Path or Domain is not that of the cookie",
            name(cookie)
        )),
    })
}

pub(super) fn removal_repeats(received: &[Received], earlier: &[Received]) -> Option<Result<(), String>> {
    let mut result = None;
    for removal in received.iter().filter(|received| received.is_removal) {
        let set = earlier.iter().rfind(|set| set.cookie.name == removal.cookie.name && !set.is_removal);
        let Some(Received { cookie: set, .. }) = set else { continue };
        let removal = &removal.cookie;
        let attributes =
            [("Secure", set.secure == removal.secure), ("SameSite", set.same_site == removal.same_site)];
        let other: Vec<&str> =
            attributes.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect();
        if !other.is_empty() {
            return Some(Err(format!("a removal of {} with another {}", name(removal), other.join(", "))));
        }
        result = Some(Ok(()));
    }
    result
}
