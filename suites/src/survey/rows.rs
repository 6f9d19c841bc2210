//! The rows of the survey: each capability, how it is observed, and what was seen, as reports show it.

use serde::Serialize;

use super::{Attribute, Modified, New, Permanent, Survey};

/// What a row says of which nothing is known: the service took longer to answer than its sessions live.
pub const UNTOLD: &str = "unknown: sessions end sooner than this service answers";

/// One row of the survey, as reports show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Capability {
    /// What was observed.
    pub name: &'static str,
    /// How it was observed.
    pub how: &'static str,
    /// What was seen.
    pub observed: String,
    /// What the backend claims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
}

/// Of so many processes each answers within a survey. Of more, chance decides how many do.
const MOST_TOLD: usize = 4;

impl Survey {
    /// Each capability with what was observed, in the order in which reports list them.
    #[must_use]
    pub fn capabilities(&self) -> Vec<Capability> {
        fn attribute<T: Copy>(attribute: Attribute<T>, name: fn(T) -> &'static str) -> String {
            match attribute {
                Attribute::Observed(mode) => name(mode).to_owned(),
                Attribute::Derived => "stand-in of the probe".to_owned(),
                Attribute::Missing => "missing".to_owned(),
            }
        }
        let rows = [
            ("modified", "read first in an existing session", attribute(self.modified, Modified::as_str)),
            ("new", "read in a fresh session, before and after a change", attribute(self.new, New::as_str)),
            (
                "permanent",
                "set, then looked for among the items and after clear",
                attribute(self.permanent, Permanent::as_str),
            ),
            ("permanent default", "read in a fresh session", self.permanent_default.to_string()),
            ("nested", "a value changed inside, and read in the next cycle", self.nested.as_str().to_owned()),
            ("store", "an older cookie sent again after a change", self.store.as_str().to_owned()),
            ("empty", "the browser's cookies after clear", self.emptied.as_str().to_owned()),
            (
                "on_error",
                "a change of a handler that raised, looked for in the next cycle",
                self.on_error.as_str().to_owned(),
            ),
            (
                "on 404",
                "a change of a request that was answered so, looked for in the next cycle",
                self.on_not_found.as_str().to_owned(),
            ),
            (
                "on 500",
                "a change of a request that was answered so, looked for in the next cycle",
                self.on_server_error.as_str().to_owned(),
            ),
            ("cookie re-sent", "Set-Cookie after a cycle that only read", self.resent.as_str().to_owned()),
            (
                "re-sent when older",
                "Set-Cookie after a cycle that only read a session two seconds old",
                self.resent_when_older().as_str().to_owned(),
            ),
            ("values", "one of each kind set and read in the next cycle", self.values.as_str().to_owned()),
            ("numbers", "2^53+1 set and read in the next cycle", self.numbers.as_str().to_owned()),
            ("at once", "a cycle held while others are sent", self.at_once.as_str().to_owned()),
            (
                "concurrency",
                "two overlapping requests that each set an item, and which are there afterwards",
                self.concurrency.as_str().to_owned(),
            ),
            (
                "unsaved changes",
                "looked for by another request while a writer is held",
                if self.live_objects { "seen by others" } else { "unseen" }.to_owned(),
            ),
            (
                "rotation over end",
                "a rotation held while another request destroys the session",
                self.rotation_over_end.as_str().to_owned(),
            ),
            (
                "two rotations",
                "a rotation held while another one goes through, and which of the new ids work",
                self.two_rotations.as_str().to_owned(),
            ),
            (
                "expiry",
                "on virtual time, a session read or written at half of its time, and looked for when that was over",
                self.expiry.as_str().to_owned(),
            ),
            ("cookies", "seen in Set-Cookie", self.told_cookies()),
            ("own keys", "items that nobody wrote", listed(&self.own_keys)),
            ("unsupported", "answered so", listed(&self.unsupported)),
        ];
        let declared = |name: &str| {
            self.description
                .declares
                .iter()
                .find(|(claim, _)| *claim == name)
                .map(|(_, value)| value.to_owned())
        };
        let told = |name: &str, observed: String| {
            if self.untold.contains(name) { UNTOLD.to_owned() } else { observed }
        };
        // Nobody asks about nodes where there is one.
        let nodes = (self.nodes > 1)
            .then(|| ("nodes", "named by whoever has started the run", self.nodes.to_string()));
        let beside = self
            .beside
            .as_ref()
            .map(|beside| ("beside", "seen of the service that --beside names", beside.to_string()));
        let spellings = self
            .told_spellings()
            .map(|told| ("spellings", "each that is declared, on a session with one item", told));
        // One process is what everybody expects.
        let processes = (self.processes > 1).then(|| {
            let told = match self.processes {
                few @ ..=MOST_TOLD => few.to_string(),
                _ => format!("more than {MOST_TOLD}"),
            };
            ("processes", "named by the answers at one address", told)
        });
        rows.into_iter()
            .chain(spellings)
            .chain(nodes)
            .chain(beside)
            .chain(processes)
            .map(|(name, how, observed)| Capability {
                name,
                how,
                observed: told(name, observed),
                declared: declared(name),
            })
            .collect()
    }

    /// The cookies, apart from those that are no part of the session.
    fn told_cookies(&self) -> String {
        match self.other_cookies.is_empty() {
            true => listed(&self.cookies),
            false => format!("{}; not the session's: {}", listed(&self.cookies), listed(&self.other_cookies)),
        }
    }
}

pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
