//! The capabilities: where the contract leaves a choice, each choice is a closed table of what a backend may do. The
//! conformance suite observes which row a backend has, in `suites/src/survey`.
//!
//! The same tables serve three purposes: the reference is set to rows of them ([`Modes`](crate::Modes)), a backend
//! claims rows of them ([`Claims`](crate::description::Claims)), and the conformance suite says which row it has
//! observed. So a mode, a claim and an observation compare without a translation.

use serde::Serialize;

/// A capability about which a backend may make a claim.
pub trait Claimable: Copy + PartialEq + 'static {
    /// The rows that can be claimed, in the order of the protocol's table.
    const CLAIMS: &'static [Self];
    /// The names of these rows, in the same order.
    const CLAIM_NAMES: &'static [&'static str];

    /// The row's name, as reports and claims spell it.
    fn name(self) -> &'static str;
}

macro_rules! capabilities {
    ($(
        $(#[$doc:meta])*
        $name:ident $(, claimed as [$($claim:ident),+])? {
            $($(#[$row_doc:meta])* $row:ident = $text:literal),+ $(,)?
        }
    )+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
            pub enum $name {
                $($(#[$row_doc])* #[serde(rename = $text)] $row,)+
            }

            impl $name {
                /// The row's name, as reports and claims spell it.
                #[must_use]
                pub const fn as_str(self) -> &'static str {
                    match self { $(Self::$row => $text,)+ }
                }
            }

            $(
                impl Claimable for $name {
                    const CLAIMS: &'static [Self] = &[$(Self::$claim),+];
                    const CLAIM_NAMES: &'static [&'static str] = &[$(Self::$claim.as_str()),+];

                    fn name(self) -> &'static str {
                        self.as_str()
                    }
                }
            )?
        )+
    };
}

capabilities! {
    /// What `modified` says when an existing session is opened.
    Modified, claimed as [Always, Tracked] {
        /// `modified` is always true: the backend saves every session that was opened.
        Always = "always",
        /// `modified` is false until something changes: the backend has to notice changes.
        Tracked = "tracked",
    }
    /// What `new` says of a session that was never saved.
    New, claimed as [Real, Constant] {
        /// `new` is true until the session was saved.
        Real = "real",
        /// `new` is always false.
        Constant = "constant",
        /// `new` is false at first, and true from the first change on until the session was saved.
        OnceChanged = "once changed",
    }
    /// Where `permanent` lives.
    Permanent, claimed as [InData, Attribute] {
        /// `permanent` is an item, under [`PERMANENT_KEY`](crate::PERMANENT_KEY) or another key, where the application
        /// sees it; `clear` removes it with the others.
        InData = "in-data",
        /// `permanent` is an item that the application sees, and `clear` leaves it there.
        KeptInData = "in-data, kept by clear",
        /// `permanent` is out of the application's sight, and `clear` leaves it alone.
        Attribute = "attribute",
        /// `permanent` is out of the application's sight, and `clear` resets it.
        ClearedAttribute = "attribute, reset by clear",
        /// `permanent` holds for one cycle only: the next one does not know it.
        PerResponse = "per response",
    }
    /// What a change inside of a value does.
    Nested, claimed as [Tracked, Untracked] {
        /// The change sets `modified` and is kept.
        Tracked = "tracked",
        /// The change is kept although it does not set `modified`: unmodified sessions are saved, too.
        WrittenBack = "written back",
        /// The change is seen within the cycle; it is kept only if the session is saved for another reason.
        Untracked = "untracked",
        /// The change happens to a copy, so that not even the same cycle sees it.
        Copies = "copies",
        /// The backend has no way to change a value inside.
        Unsupported = "unsupported",
    }
    /// Where the data live.
    Store, claimed as [Server, Client] {
        /// The data are on the server: an older cookie finds the newer data, or nothing.
        Server = "server",
        /// The data are in the cookie: an older cookie still holds the older data.
        Client = "client",
        /// No cookie came back, so nothing can be said.
        Unknown = "unknown",
    }
    /// What becomes of an emptied session.
    Emptied, claimed as [Removed, Kept] {
        /// The session's record is removed, and the browser loses its cookie.
        Removed = "removed",
        /// The session is kept without items, and the browser keeps a cookie.
        Kept = "kept",
    }
    /// What becomes of the changes of a request that fails.
    OnError, claimed as [Saved, Discarded] {
        /// The changes are saved like any others.
        Saved = "saved",
        /// The changes are dropped.
        Discarded = "discarded",
        /// The probe cannot let a request fail, so nothing can be said.
        Unknown = "unknown",
    }
    /// What becomes of the changes of two requests that overlap.
    Concurrency, claimed as [LastWriteWins, Merged, Serialised] {
        /// The changes of the request that is saved last replace the others.
        LastWriteWins = "last-write-wins",
        /// The changes of both are kept, item by item.
        Merged = "merged",
        /// Requests of one session cannot overlap.
        Serialised = "serialised",
        /// The changes of the request that is saved last are refused, with an error.
        Refused = "refused",
        /// None of these was observed.
        Unknown = "unknown",
    }
    /// Whether use prolongs a session.
    Expiry, claimed as [Sliding, Absolute] {
        /// A request that only reads prolongs the session.
        Sliding = "sliding",
        /// Only a request that writes prolongs the session.
        Writes = "prolonged by writing",
        /// No request prolongs the session.
        Absolute = "absolute",
        /// No time could pass during the survey, so nothing can be said.
        Unknown = "unknown",
    }
    /// What becomes of sessions when the process ends that serves them.
    Durability, claimed as [Kept, Lost] {
        /// The next process serves them, too.
        Kept = "kept",
        /// They may all be gone.
        Lost = "lost",
    }
    /// When the cookie of an unmodified session is sent again.
    Resent {
        /// The cookie is never sent again.
        Never = "never",
        /// The cookie is sent again where the session is permanent.
        Permanent = "when permanent",
        /// Every response sends the cookie again.
        Always = "always",
    }
    /// Whether the cookie of a session that is some seconds old is sent again, although the session was only read.
    ResentWhenOlder {
        /// It is.
        Yes = "yes",
        /// It is not.
        No = "no",
        /// Nobody waited for it, or sessions end too soon, so nothing can be said.
        Unknown = "unknown",
    }
    /// Which values are kept.
    Values {
        /// Every value that JSON can say is kept, within the limits of level `minimum`.
        Json = "json",
        /// Strings are kept; other values are refused.
        Strings = "strings",
    }
    /// Which numbers are told apart.
    Numbers {
        /// All integers of 64 bits are told apart.
        Exact = "exact",
        /// Two numbers are told apart where their doubles (floats of 64 bits) differ.
        Doubles = "doubles",
        /// Numbers are refused, or altered even where a double would not be.
        Unknown = "unknown",
    }
    /// How many requests are served at the same time.
    AtOnce {
        /// Many requests are served at the same time, also of one session.
        Many = "many",
        /// One request of each session is served at a time.
        OnePerSession = "one per session",
        /// One request is served at a time.
        One = "one",
        /// No request could be held, so nothing can be said.
        Unknown = "unknown",
    }
    /// What happens when a request rotates a session that another request has destroyed meanwhile. Libraries that
    /// rotate carry the data on, so this is reported and is never a failure.
    RotationOverEnd {
        /// The items live on under the new id.
        CarriedOn = "carried on",
        /// The session stays ended.
        StaysEnded = "stays ended",
        /// There is no rotation on the server, or no `destroy`, or requests do not overlap.
        Unknown = "unknown",
    }
    /// What is left after two rotations at the same time. This is reported and is never a failure.
    TwoRotations {
        /// Two sessions with the same items are left.
        BothLive = "both ids live",
        /// One session is left.
        OneLives = "one id lives",
        /// There is no rotation on the server, or requests do not overlap.
        Unknown = "unknown",
    }
}

impl New {
    /// What a backend of this kind can claim; none where the protocol has no such claim.
    #[must_use]
    pub fn claim(self) -> Option<Self> {
        Self::CLAIMS.contains(&self).then_some(self)
    }
}

impl Permanent {
    /// Whether the application sees `permanent` among the items.
    #[must_use]
    pub fn is_in_data(self) -> bool {
        matches!(self, Self::InData | Self::KeptInData)
    }

    /// Whether the next cycle finds the `permanent` that was set.
    #[must_use]
    pub fn persists(self) -> bool {
        self != Self::PerResponse
    }

    /// The row that a backend of this kind can claim. It is `None` where the protocol has no such claim.
    #[must_use]
    pub fn claim(self) -> Option<Self> {
        match self {
            Self::InData | Self::KeptInData => Some(Self::InData),
            Self::Attribute | Self::ClearedAttribute => Some(Self::Attribute),
            Self::PerResponse => None,
        }
    }
}

impl Nested {
    /// The row that a backend of this kind can claim. It is `None` where every session is saved, since nobody can then
    /// see whether a change was noticed, and where values cannot be changed inside.
    #[must_use]
    pub fn claim(self) -> Option<Self> {
        match self {
            Self::Tracked => Some(Self::Tracked),
            Self::Untracked | Self::Copies => Some(Self::Untracked),
            Self::WrittenBack | Self::Unsupported => None,
        }
    }
}

impl OnError {
    /// The row that a backend of this kind can claim. It is `None` where the survey could not tell.
    #[must_use]
    pub fn claim(self) -> Option<Self> {
        (self != Self::Unknown).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_claimed_are_rows_of_the_table_under_their_own_names() {
        assert_eq!(Permanent::CLAIM_NAMES, ["in-data", "attribute"]);
        assert_eq!(Permanent::CLAIMS, [Permanent::InData, Permanent::Attribute]);
        for row in [Permanent::KeptInData, Permanent::ClearedAttribute, Permanent::PerResponse] {
            assert!(row.claim().is_none_or(|claim| Permanent::CLAIMS.contains(&claim)), "{}", row.name());
        }
    }
}
