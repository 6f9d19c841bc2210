//! What the generated scripts of one property are made of on one backend: operations, keys, values and browsers.
//!
//! Every operation that the contract judges is generated. In scripts that are compared with the reference, `set_lifetime`,
//! `save`, `respond`, `header`, `raise` and `hold` are not: what they do to the data is a capability, or needs a clock. Those
//! of `any_scripts` have them, too.

use std::collections::BTreeSet;

use proptest::strategy::BoxedStrategy;
use sessionspec_reference::Value;

use super::Property;
use super::values::{KEYS, MORE_KEYS, nested, other_keys, values};
use crate::script::OperationKind;
use crate::survey::{Nested, Permanent, Survey, Values};

/// The names of browsers. Two requests of each are at work at once in parallel scripts: as many as every probe has to serve.
pub(super) const BROWSERS: [&str; 4] = ["ann", "bob", "cyd", "dan"];

/// Generates scripts of one property for one backend.
pub struct Generator {
    pub(super) property: Property,
    pub(super) survey: Survey,
    /// How often each operation is tried, of those that are judged.
    pub(super) kinds: Vec<(u32, OperationKind)>,
    /// The keys of items, the simplest first: as many as [`KEYS`], and none that the framework uses.
    pub(super) keys: Vec<String>,
    /// As many as [`MORE_KEYS`], and none that the framework uses.
    pub(super) more_keys: Vec<String>,
    pub(super) values: BoxedStrategy<Value>,
    pub(super) nested: BoxedStrategy<Value>,
}

/// How often each operation is tried, in an order that decides what a seed generates.
const KINDS: [(u32, OperationKind); 17] = [
    (3, OperationKind::Get),
    (1, OperationKind::Contains),
    (1, OperationKind::Len),
    (8, OperationKind::Set),
    (5, OperationKind::Delete),
    (4, OperationKind::Pop),
    (3, OperationKind::Setdefault),
    (3, OperationKind::Update),
    (2, OperationKind::Clear),
    (4, OperationKind::SetIn),
    (2, OperationKind::Permanent),
    (4, OperationKind::SetPermanent),
    // Neither is compared here, but reading them must not disturb the data.
    (1, OperationKind::Modified),
    (1, OperationKind::New),
    (1, OperationKind::SetModified),
    (1, OperationKind::Regenerate),
    (1, OperationKind::Destroy),
];

impl Generator {
    /// A generator of scripts with this property, for a backend like the one that was surveyed.
    #[must_use]
    pub fn new(property: Property, survey: &Survey) -> Self {
        let [keys, more_keys] = free_keys(&survey.own_keys);
        let is_tried = |kind: OperationKind| survey.supports(kind.as_str()) && is_judged(kind, survey);
        Self {
            property,
            survey: survey.clone(),
            kinds: KINDS.into_iter().filter(|(_, kind)| is_tried(*kind)).collect(),
            keys,
            more_keys,
            values: values(survey.values),
            nested: nested(),
        }
    }
}

/// As many keys as [`KEYS`] and as many as [`MORE_KEYS`], without those that the framework uses for items of its own: what
/// it keeps there is its own business. Other keys take their places.
pub(super) fn free_keys(own_keys: &BTreeSet<String>) -> [Vec<String>; 2] {
    let is_free = |key: &String| !own_keys.contains(key);
    let mut others = other_keys().filter(is_free);
    let mut filled = |keys: &[&str]| {
        let free = keys.iter().map(|key| (*key).to_owned()).filter(is_free);
        free.chain(&mut others).take(keys.len()).collect()
    };
    [filled(&KEYS), filled(&MORE_KEYS)]
}

/// Whether the contract says enough about the operation for this backend.
fn is_judged(kind: OperationKind, survey: &Survey) -> bool {
    match kind {
        OperationKind::Permanent | OperationKind::SetPermanent => {
            survey.permanent.observed().is_some_and(Permanent::persists)
        }
        OperationKind::SetIn => {
            survey.values == Values::Json
                && matches!(survey.nested, Nested::Tracked | Nested::Untracked | Nested::WrittenBack)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new operation has to be put into `KINDS`, or among those that are left out here and in the text above.
    #[test]
    fn every_operation_is_generated_or_left_out_on_purpose() {
        let left_out = [
            // Every cycle reads all items at its end, and before it counts them.
            OperationKind::Items,
            OperationKind::SetLifetime,
            OperationKind::Save,
            OperationKind::Respond,
            OperationKind::Header,
            OperationKind::Raise,
            OperationKind::Hold,
        ];
        for kind in OperationKind::ALL {
            let is_generated = KINDS.iter().any(|(_, generated)| *generated == kind);
            assert_ne!(is_generated, left_out.contains(&kind), "{kind}");
        }
    }
}
