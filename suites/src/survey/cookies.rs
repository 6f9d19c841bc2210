//! Which cookies open the session, and which are the application's own: each is left out once, to see.

use std::collections::BTreeSet;

use super::observer::{Observer, TEXT};
use crate::backend::Foreign;
use crate::browser::{Jar, SetCookie};
use crate::play::Player;
use crate::script::Answer;
use crate::script::ops::{get, set};

impl Observer<'_> {
    /// The cookies without which the session opens all the same. Where each of several opens it alone, they all are its
    /// cookies.
    pub(super) async fn foreign_cookies(&self) -> Foreign {
        let nothing = Foreign::default();
        let player = self.begun().await;
        let seen = names_seen(&player);
        let kept: BTreeSet<Vec<u8>> = player
            .jar("owner")
            .into_iter()
            .flat_map(Jar::cookies)
            .map(|cookie| cookie.name.clone())
            .collect();
        if seen.len() < 2 || !self.opens(|_| true).await {
            return nothing;
        }
        let mut needed = BTreeSet::new();
        for name in &kept {
            if !self.opens(|other| other != name.as_slice()).await {
                needed.insert(name.clone());
            }
        }
        if needed.is_empty() {
            for name in &kept {
                if self.opens(|other| other == name.as_slice()).await {
                    needed.insert(name.clone());
                }
            }
        }
        let is_known = !needed.is_empty() && self.opens(|name| needed.contains(name)).await;
        if is_known { Foreign::These(seen.difference(&needed).cloned().collect()) } else { nothing }
    }

    /// The names of all cookies that are set, where the session is not found with its cookies alone: these are not its
    /// cookies, whoever says so.
    pub(super) async fn misnamed(&self) -> Option<Vec<String>> {
        let foreign = self.backend.foreign_cookies();
        if self.opens(|name| !foreign.has(name)).await || !self.opens(|_| true).await {
            return None;
        }
        let seen = names_seen(&self.begun().await);
        Some(seen.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    /// Whether a fresh session is found again with those of its cookies that are wanted.
    async fn opens(&self, is_wanted: impl Fn(&[u8]) -> bool) -> bool {
        let mut player = self.begun().await;
        player.send_only("owner", "visitor", is_wanted);
        let cycle = player.cycle("visitor", vec![get("text")]).await;
        player.transcript().exchanges[cycle].answer(0) == Some(&Answer::Ok(TEXT.into()))
    }

    /// A browser with a session, which has used it once more: some applications set their cookies only then.
    async fn begun(&self) -> Player {
        let mut player = self.player();
        player.cycle("owner", vec![set("text", TEXT)]).await;
        player.cycle("owner", vec![get("text")]).await;
        player
    }
}

/// The names of all cookies that were set so far.
pub(super) fn names_seen(player: &Player) -> BTreeSet<Vec<u8>> {
    let fields = player.transcript().exchanges.iter().flat_map(|exchange| exchange.headers.all("Set-Cookie"));
    fields.filter_map(|field| SetCookie::parse(field).ok()).map(|cookie| cookie.name).collect()
}
