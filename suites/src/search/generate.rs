//! Generates scripts, one for each case.
//!
//! Every operation that the contract judges is generated. In scripts that are compared with the reference, `set_lifetime`,
//! `save`, `respond`, `header`, `raise` and `hold` are not: what they do to the data is a capability, or needs a clock.
//! [`AnyScripts`] have them, too.

use std::collections::BTreeSet;

use proptest::strategy::BoxedStrategy;
use sessionspec_reference::Value;

use super::any_races::AnyRaces;
use super::any_scripts::AnyScripts;
use super::overlapping_scripts::OverlappingScripts;
use super::rng::Rng;
use super::sequential_scripts::SequentialScripts;
use super::shrink::GeneratedScript;
use super::values::{KEYS, MORE_KEYS, nested, other_keys, values};
use super::{Property, Shape};
use crate::script::Script;
use crate::survey::{Nested, Permanent, Survey, Values};

pub(super) use crate::script::OperationKind;

/// The names of browsers. Two requests of each are at work at once in parallel scripts: as many as every probe has to serve.
pub(super) const BROWSERS: [&str; 4] = ["ann", "bob", "cyd", "dan"];

/// The number of keys in scripts with overlapping requests. It is small, so that the requests change the same items.
const KEYS_OF_OVERLAPPING: usize = 3;

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

/// The seed of one case. Every case can be generated alone, and no two are alike.
///
/// The run's seed and the number stand in it as they are; the check's id is hashed by FNV-1a (64 bits, offset basis
/// `cbf29ce484222325`, prime `100000001b3`), since the hash of Rust's standard library may change with any version.
#[must_use]
pub fn case_seed(run_seed: u64, check: &str, case: u32) -> [u8; 32] {
    let hash = check.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&run_seed.to_le_bytes());
    seed[8..16].copy_from_slice(&hash.to_le_bytes());
    seed[16..20].copy_from_slice(&case.to_le_bytes());
    seed
}

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

    /// The script of this seed (see [`case_seed`]).
    #[must_use]
    pub fn script(&self, seed: [u8; 32]) -> Script {
        let rng = Rng::new(seed);
        let keys = self.keys.get(..KEYS_OF_OVERLAPPING).unwrap_or(&self.keys);
        let overlapping = |rng| OverlappingScripts::new(rng, &self.survey, keys);
        match self.property.shape {
            Shape::OneCycle => SequentialScripts::new(self, rng).one_cycle(),
            Shape::SeveralCycles => SequentialScripts::new(self, rng).several_cycles(),
            Shape::AnyRace => AnyRaces::new(self, rng, seed).script(),
            Shape::AnyScript | Shape::AnyLife => AnyScripts::new(self, rng, seed).script(),
            Shape::Overlapping => overlapping(rng).step_by_step(),
            Shape::Parallel => overlapping(rng).in_parallel(),
        }
    }

    /// The script of this seed, ready to be shrunk.
    pub(super) fn draw(&self, seed: [u8; 32]) -> GeneratedScript<'_> {
        GeneratedScript { script: self.script(seed), shape: self.property.shape, keys: &self.keys }
    }
}

/// As many keys as [`KEYS`] and as many as [`MORE_KEYS`], without those that the framework uses for items of its own: what
/// it keeps there is its own business. Other keys take their places.
fn free_keys(own_keys: &BTreeSet<String>) -> [Vec<String>; 2] {
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
