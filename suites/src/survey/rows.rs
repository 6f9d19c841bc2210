//! What can be observed of each capability: a closed table, whose rows are named as reports and claims spell them.

use serde::Serialize;

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($(#[$row_doc:meta])* $row:ident = $text:literal),+ $(,)? })+) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
        pub enum $name {
            $($(#[$row_doc])* #[serde(rename = $text)] $row,)+
        }

        impl $name {
            /// The row's name, as reports and claims spell it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$row => $text,)+ }
            }
        })+
    };
}

rows! {
    /// What `modified` says when an existing session is opened.
    Modified {
        /// True: the backend always saves.
        Always = "always",
        /// False: it has to notice changes.
        Tracked = "tracked",
    }
    /// What `new` says on a fresh session.
    New {
        /// True.
        Real = "real",
        /// False.
        Constant = "constant",
    }
    /// Where `permanent` lives.
    Permanent {
        /// Among the items, where the application sees it; `clear` removes it with them.
        InData = "in-data",
        /// Among the items, and `clear` leaves it there.
        KeptInData = "in-data, kept by clear",
        /// Out of the application's sight; `clear` leaves it alone.
        Attribute = "attribute",
        /// Out of the application's sight; `clear` resets it.
        ClearedAttribute = "attribute, reset by clear",
        /// In one cycle only: the next one does not know it.
        PerResponse = "per response",
    }
    /// What a change inside of a value does.
    Nested {
        /// It sets `modified` and is kept.
        Tracked = "tracked",
        /// It is kept although it does not set `modified`: unmodified sessions are saved too.
        WrittenBack = "written back",
        /// It is seen within the cycle, and forgotten.
        Untracked = "untracked",
        /// It is not even seen within the cycle.
        Copies = "copies",
        /// The backend has nothing like it.
        Unsupported = "unsupported",
    }
    /// Where the data live.
    Store {
        /// On the server: an older cookie finds the newer data, or nothing.
        Server = "server",
        /// In the cookie: an older cookie still holds the older data.
        Client = "client",
        /// No cookie came back, so nothing can be said.
        Unknown = "unknown",
    }
    /// What becomes of an emptied session.
    Emptied {
        /// The browser loses its cookie.
        Removed = "removed",
        /// The browser keeps a cookie.
        Kept = "kept",
    }
    /// What becomes of the changes of a handler that raises.
    OnError {
        /// They are kept.
        Saved = "saved",
        /// They are dropped.
        Discarded = "discarded",
        /// The probe cannot raise.
        Unknown = "unknown",
    }
    /// When the cookie of an unmodified session is sent again.
    Resent {
        /// Never.
        Never = "never",
        /// Where the session is permanent.
        Permanent = "when permanent",
        /// On every response.
        Always = "always",
    }
    /// Which values are kept.
    Values {
        /// Any that JSON can say, within the limits of level `minimum`.
        Json = "json",
        /// Strings; others are refused.
        Strings = "strings",
    }
    /// Which numbers are told apart.
    Numbers {
        /// Integers of 64 bits, too.
        Exact = "exact",
        /// Those that a double can tell apart.
        Doubles = "doubles",
        /// They are refused, or altered even where a double would not.
        Unknown = "unknown",
    }
    /// What becomes of the changes of two requests that overlap.
    Concurrency {
        /// Those of the one that is saved last are there.
        LastWriteWins = "last-write-wins",
        /// Both are there.
        Merged = "merged",
        /// They cannot overlap.
        Serialised = "serialised",
        /// Those of the one that is saved last are refused, with an error.
        Refused = "refused",
        /// Neither can be said.
        Unknown = "unknown",
    }
    /// What a rotation makes of a session that another request has destroyed meanwhile. Libraries that rotate carry the
    /// data on; it is reported, and never a failure.
    RotationOverEnd {
        /// Its items live on, under the new id.
        CarriedOn = "carried on",
        /// It stays ended.
        StaysEnded = "stays ended",
        /// There is no rotation on the server, or no `destroy`, or requests do not overlap.
        Unknown = "unknown",
    }
    /// What two rotations at once leave; it is reported, and never a failure.
    TwoRotations {
        /// Two sessions with the same items.
        BothLive = "both ids live",
        /// One session.
        OneLives = "one id lives",
        /// There is no rotation on the server, or requests do not overlap.
        Unknown = "unknown",
    }
    /// Whether use prolongs a session.
    Expiry {
        /// A request that only reads does.
        Sliding = "sliding",
        /// Only one that writes does.
        Writes = "prolonged by writing",
        /// Nothing does.
        Absolute = "absolute",
        /// Time would have to pass.
        Unknown = "unknown",
    }
    /// How many requests are served at the same time.
    AtOnce {
        /// Many, also of one session.
        Many = "many",
        /// One of each session.
        OnePerSession = "one per session",
        /// One.
        One = "one",
        /// Nothing could be held, so nothing can be said.
        Unknown = "unknown",
    }
}

impl Permanent {
    /// Whether the application sees it among the items.
    #[must_use]
    pub fn is_in_data(self) -> bool {
        matches!(self, Self::InData | Self::KeptInData)
    }

    /// Whether the next cycle finds it.
    #[must_use]
    pub fn persists(self) -> bool {
        self != Self::PerResponse
    }
}
