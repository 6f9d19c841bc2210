//! Rules for removals: whether browsers obey them. `all_received` in `mod.rs` says which `Set-Cookie` is a removal.

use super::{Received, name};
use crate::browser::Stored;

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
