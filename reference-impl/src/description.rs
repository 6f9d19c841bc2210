//! What a backend says of itself: the description and the claims of the probe protocol.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::spellings::check_spellings;
pub use crate::spellings::{ImpossibleSpelling, is_name_of_spelling};

use crate::capability::{
    Claimable, Concurrency, Durability, Emptied, Expiry, Modified, Nested, New, OnError, Permanent, Store,
};

/// What a backend says of itself. All fields are optional; lifetimes are in seconds.
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
    /// How long the server keeps a session that is not permanent. `Some(None)` means for ever; `None` means that
    /// nothing is declared.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "null_is_some")]
    pub browser_lifetime_seconds: Option<Option<f64>>,
    /// How much earlier or later than its lifetime a session may end, in seconds; 1 where the field is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime_grace_seconds: Option<f64>,
    /// Operations that a probe answers in the framework's place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub derived: Vec<String>,
    /// Operations that are built from other operations of the session.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub composed: Vec<String>,
    /// Further spellings of operations on items, by the name of the operation: each is judged like the operation.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub spellings: BTreeMap<String, Vec<String>>,
    /// The statuses without a body with which a request can end, of [`WITHOUT_BODY`]. The results of such a request are lost.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "without_body")]
    pub without_body: Vec<u16>,
    /// How the backend saves; absent where it saves by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saves: Option<Saves>,
    /// Claims that the suite holds the backend to.
    #[serde(skip_serializing_if = "Claims::is_empty")]
    pub declares: Claims,
}

/// A number of a description is outside of its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{field}` is {}, and has to be {wanted}", shown(*.value))]
pub struct ImpossibleNumber {
    /// The name of the field.
    pub field: &'static str,
    /// The number in the field.
    pub value: f64,
    /// The range, in words.
    pub wanted: &'static str,
}

/// The number as people write it.
fn shown(value: f64) -> String {
    if value.abs() < 1e15 { value.to_string() } else { format!("{value:e}") }
}

/// A thousand years, in seconds. A longer lifetime is meant to be for ever, and no clock counts so far.
const LONGEST: f64 = 1000.0 * 366.0 * 24.0 * 60.0 * 60.0;

impl Description {
    /// Checks that every number of the description is within its range.
    ///
    /// # Errors
    ///
    /// [`ImpossibleNumber`] names the first field whose number is outside of its range.
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

impl Description {
    /// Checks that the spellings can be tried. Those of an operation that does not exist are ignored.
    ///
    /// # Errors
    ///
    /// [`ImpossibleSpelling`] says of the first operation what is wrong with its spellings.
    pub fn check_spellings(&self) -> Result<(), ImpossibleSpelling> {
        check_spellings(&self.spellings)
    }
}

/// Reads a field that may be `null`: a `null` becomes `Some(None)`, and an absent field `None`.
fn null_is_some<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Option<f64>>, D::Error> {
    Option::deserialize(field).map(Some)
}

/// The statuses of responses that have no body, among those with which a handler may end (RFC 9110, sections 15.3.5, 15.3.6
/// and 15.4.5).
pub const WITHOUT_BODY: [u16; 3] = [204, 205, 304];

/// Reads the statuses without a body.
fn without_body<'de, D: Deserializer<'de>>(field: D) -> Result<Vec<u16>, D::Error> {
    let statuses = Vec::<u16>::deserialize(field)?;
    match statuses.iter().find(|status| !WITHOUT_BODY.contains(status)) {
        Some(other) => Err(D::Error::custom(format!(
            "`without_body` has the status {other}, and may have 204, 205 and 304"
        ))),
        None => Ok(statuses),
    }
}

/// How a backend saves that does not save by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Saves {
    /// The handler has to tell the session to save.
    Explicit,
}

macro_rules! claims {
    ($($(#[$doc:meta])* $field:ident: $capability:ty),+ $(,)?) => {
        /// What a backend promises. Each field takes the rows of its capability that can be claimed
        /// ([`Claimable::CLAIMS`]).
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Claims {
            $(
                $(#[$doc])*
                #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "claim")]
                pub $field: Option<$capability>,
            )+
        }

        impl Claims {
            /// The names of all claims, in the order of the protocol's table.
            pub const NAMES: [&'static str; [$(stringify!($field)),+].len()] = [$(stringify!($field)),+];

            /// Whether nothing is claimed.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                *self == Self::default()
            }

            /// Each claim that is made, as the protocol spells it.
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
                [$((stringify!($field), self.$field.map(Claimable::name))),+]
                    .into_iter()
                    .filter_map(|(claim, value)| Some((claim, value?)))
            }
        }
    };
}

claims! {
    /// How `modified` behaves.
    modified: Modified,
    /// How `new` behaves.
    new: New,
    /// Where `permanent` lives.
    permanent: Permanent,
    /// Whether a change inside of a value is noticed.
    nested: Nested,
    /// Where the data live.
    store: Store,
    /// What becomes of two overlapping writes.
    concurrency: Concurrency,
    /// Whether use prolongs a session.
    expiry: Expiry,
    /// What becomes of the changes of a request that fails.
    on_error: OnError,
    /// What becomes of an emptied session.
    empty: Emptied,
    /// What becomes of sessions when the process ends.
    durability: Durability,
}

/// Reads a claim: a row that can be claimed, by its name.
fn claim<'de, T: Claimable, D: Deserializer<'de>>(field: D) -> Result<Option<T>, D::Error> {
    let Some(name) = Option::<String>::deserialize(field)? else { return Ok(None) };
    let claimed = T::CLAIMS.iter().copied().find(|row| row.name() == name);
    claimed.map(Some).ok_or_else(|| D::Error::unknown_variant(&name, T::CLAIM_NAMES))
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
    fn a_status_with_a_body_is_not_without_one() {
        let of = |statuses| serde_json::from_value::<Description>(json!({"without_body": statuses}));
        assert_eq!(of(json!([304, 204])).unwrap().without_body, [304, 204]);
        let error = of(json!([204, 200])).unwrap_err().to_string();
        assert_eq!(error, "`without_body` has the status 200, and may have 204, 205 and 304");
        assert!(of(json!(true)).is_err());
    }

    #[test]
    fn a_claim_outside_the_vocabulary_is_an_error_that_lists_it() {
        let error = serde_json::from_value::<Description>(json!({"declares": {"new": "maybe"}})).unwrap_err();
        assert_eq!(error.to_string(), "unknown variant `maybe`, expected `real` or `constant`");
    }

    #[test]
    fn what_can_only_be_observed_cannot_be_claimed() {
        let claim = json!({"declares": {"concurrency": "refused"}});
        let error = serde_json::from_value::<Description>(claim).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown variant `refused`, expected one of `last-write-wins`, `merged`, `serialised`"
        );
    }

    #[test]
    fn claims_are_listed_as_the_protocol_spells_them() {
        let claims = Claims { new: Some(New::Constant), on_error: Some(OnError::Saved), ..Claims::default() };
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
