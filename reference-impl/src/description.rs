//! What a backend says of itself: the description and the claims of the probe protocol.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::capability::{Claimable, Concurrency, Emptied, Modified, Nested, New, OnError, Permanent, Store};

pub use crate::capability::ExpiryClaim;
/// These are other names of the capabilities.
pub use crate::capability::{
    Concurrency as ConcurrencyClaim, Modified as ModifiedClaim, Permanent as PermanentClaim,
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
    /// How the backend saves; absent where it saves by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saves: Option<Saves>,
    /// Claims that the suite holds the backend to.
    #[serde(skip_serializing_if = "Claims::is_empty")]
    pub declares: Claims,
}

/// Reads a field that may be `null`, which is not the same as an absent one.
fn null_is_some<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Option<f64>>, D::Error> {
    Option::deserialize(field).map(Some)
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
    expiry: ExpiryClaim,
    /// What becomes of the changes of a request that fails.
    on_error: OnError,
    /// What becomes of an emptied session.
    empty: Emptied,
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
}
