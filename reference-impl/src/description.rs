//! What a backend says of itself: the description and the claims of the probe protocol.

use serde::{Deserialize, Serialize};

/// What a backend says of itself. Everything is optional; lifetimes are in seconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Description {
    /// The session library under test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The version of that library.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How long a permanent session lives, in its cookie and on the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime_seconds: Option<f64>,
    /// How long the server keeps a session that is not permanent; `Some(None)` is for ever.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "null_is_some")]
    pub browser_lifetime_seconds: Option<Option<f64>>,
    /// How much later than its lifetime a session may still be served; 1 where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime_grace_seconds: Option<f64>,
    /// Operations that a probe answers in the framework's place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub derived: Vec<String>,
    /// Operations that are built from other operations of the session.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub composed: Vec<String>,
    /// Present where the backend saves only when it is told to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saves: Option<Saves>,
    /// Claims that the suite holds the backend to.
    #[serde(skip_serializing_if = "Claims::is_empty")]
    pub declares: Claims,
}

/// A number of a description that cannot be what it says.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{field}` is {}, and has to be {wanted}", shown(*.value))]
pub struct ImpossibleNumber {
    /// The field.
    pub field: &'static str,
    /// What it says.
    pub value: f64,
    /// What it may say.
    pub wanted: &'static str,
}

/// The number as people write it.
fn shown(value: f64) -> String {
    if value.abs() < 1e15 { value.to_string() } else { format!("{value:e}") }
}

/// A thousand years: what lives longer is meant to live for ever, and no clock counts so far.
const LONGEST: f64 = 1000.0 * 366.0 * 24.0 * 60.0 * 60.0;

impl Description {
    /// Whether its numbers can be what they say.
    ///
    /// # Errors
    ///
    /// Names the first field that cannot.
    pub fn check_numbers(&self) -> Result<(), ImpossibleNumber> {
        let is_lifetime = |seconds: f64| seconds > 0.0 && seconds <= LONGEST;
        let lifetimes = [
            ("lifetime_seconds", self.lifetime_seconds),
            ("browser_lifetime_seconds", self.browser_lifetime_seconds.flatten()),
        ];
        for (field, seconds) in lifetimes {
            let Some(value) = seconds.filter(|seconds| !is_lifetime(*seconds)) else { continue };
            return Err(ImpossibleNumber {
                field,
                value,
                wanted: "more than 0 and at most a thousand years",
            });
        }
        let Some(value) = self.lifetime_grace_seconds else { return Ok(()) };
        let wrong = |wanted| Err(ImpossibleNumber { field: "lifetime_grace_seconds", value, wanted });
        match self.lifetime_seconds {
            _ if !(0.0..=LONGEST).contains(&value) => wrong("0 or more and at most a thousand years"),
            Some(lifetime) if value > lifetime => wrong("at most `lifetime_seconds`"),
            _ => Ok(()),
        }
    }
}

/// Tells `null` from an absent field.
fn null_is_some<'de, D: serde::Deserializer<'de>>(field: D) -> Result<Option<Option<f64>>, D::Error> {
    Option::deserialize(field).map(Some)
}

/// How a backend saves that does not save by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Saves {
    /// The handler has to say so.
    Explicit,
}

macro_rules! claims {
    ($($(#[$doc:meta])* $field:ident: $name:ident { $($(#[$value_doc:meta])* $value:ident = $text:literal),+ })+) => {
        /// What a backend promises, from a closed vocabulary.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Claims {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$name>,)+
        }

        impl Claims {
            /// Whether nothing is claimed.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                *self == Self::default()
            }

            /// Each claim that is made, as the protocol spells it.
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
                [$((stringify!($field), self.$field.map($name::as_str))),+]
                    .into_iter()
                    .filter_map(|(claim, value)| Some((claim, value?)))
            }
        }

        $($(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$value_doc])* #[serde(rename = $text)] $value,)+
        }

        impl $name {
            /// As the protocol spells it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$value => $text,)+ }
            }
        })+
    };
}

claims! {
    /// How `modified` behaves.
    modified: ModifiedClaim {
        /// True from the start.
        Always = "always",
        /// False until something changes.
        Tracked = "tracked"
    }
    /// How `new` behaves.
    new: NewClaim {
        /// True for a session that was never saved.
        Real = "real",
        /// False always.
        Constant = "constant"
    }
    /// Where `permanent` lives.
    permanent: PermanentClaim {
        /// In the session's own data.
        InData = "in-data",
        /// Beside the data.
        Attribute = "attribute"
    }
    /// Whether a change inside of a value is noticed.
    nested: NestedClaim {
        /// It is.
        Tracked = "tracked",
        /// It is not.
        Untracked = "untracked"
    }
    /// Where the data live.
    store: StoreClaim {
        /// On the server; the cookie names them.
        Server = "server",
        /// In the cookie.
        Client = "client"
    }
    /// What becomes of two overlapping writes.
    concurrency: ConcurrencyClaim {
        /// The last one replaces the other.
        LastWriteWins = "last-write-wins",
        /// Both are kept, item by item.
        Merged = "merged",
        /// They never overlap.
        Serialised = "serialised"
    }
    /// Whether use prolongs a session.
    expiry: ExpiryClaim {
        /// It does.
        Sliding = "sliding",
        /// It does not.
        Absolute = "absolute"
    }
    /// What becomes of the changes of a request that fails.
    on_error: OnErrorClaim {
        /// They are kept.
        Saved = "saved",
        /// They are dropped.
        Discarded = "discarded"
    }
    /// What becomes of an emptied session.
    empty: EmptyClaim {
        /// Its record and its cookie are removed.
        Removed = "removed",
        /// It is kept, with no items.
        Kept = "kept"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn null_lifetime_is_not_an_absent_one() {
        let of = |json| serde_json::from_value::<Description>(json).unwrap().browser_lifetime_seconds;
        assert_eq!(of(json!({})), None);
        assert_eq!(of(json!({"browser_lifetime_seconds": null})), Some(None));
        assert_eq!(of(json!({"browser_lifetime_seconds": 2})), Some(Some(2.0)));
    }

    #[test]
    fn a_claim_outside_the_vocabulary_is_an_error_that_lists_it() {
        let error = serde_json::from_value::<Description>(json!({"declares": {"new": "maybe"}})).unwrap_err();
        assert_eq!(error.to_string(), "unknown variant `maybe`, expected `real` or `constant`");
    }

    #[test]
    fn claims_are_listed_as_the_protocol_spells_them() {
        let claims = Claims {
            new: Some(NewClaim::Constant),
            on_error: Some(OnErrorClaim::Saved),
            ..Claims::default()
        };
        assert_eq!(claims.iter().collect::<Vec<_>>(), [("new", "constant"), ("on_error", "saved")]);
    }

    #[test]
    fn a_number_that_cannot_be_is_named() {
        let lifetime = |seconds| Description { lifetime_seconds: Some(seconds), ..Description::default() };
        let browser =
            |seconds| Description { browser_lifetime_seconds: Some(Some(seconds)), ..Description::default() };
        let grace = |seconds| Description { lifetime_grace_seconds: Some(seconds), ..lifetime(3.0) };
        for seconds in [-1.0, 0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e12] {
            assert_eq!(lifetime(seconds).check_numbers().unwrap_err().field, "lifetime_seconds");
            assert_eq!(browser(seconds).check_numbers().unwrap_err().field, "browser_lifetime_seconds");
        }
        for seconds in [-1.0, f64::NAN, f64::INFINITY, 1e12, 3.5] {
            assert_eq!(grace(seconds).check_numbers().unwrap_err().field, "lifetime_grace_seconds");
        }
        for possible in
            [lifetime(0.1), lifetime(3e10), browser(0.5), grace(0.0), grace(3.0), Description::default()]
        {
            assert_eq!(possible.check_numbers(), Ok(()));
        }
        assert_eq!(
            grace(4.0).check_numbers().unwrap_err().to_string(),
            "`lifetime_grace_seconds` is 4, and has to be at most `lifetime_seconds`"
        );
    }
}
