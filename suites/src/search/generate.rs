//! Generates scripts, one for each case.
//!
//! Every operation that the contract judges is generated. `set_lifetime`, `save`, `respond`, `raise` and `hold` are
//! not: what they do to the data is a capability, or needs a clock, and other suites judge it.

use std::collections::BTreeSet;

use proptest::strategy::BoxedStrategy;
use sessionspec_reference::Value;

use super::overlapping_scripts::OverlappingScripts;
use super::rng::Rng;
use super::sequential_scripts::SequentialScripts;
use super::shrink::GeneratedScript;
use super::values::{KEYS, MORE_KEYS, nested, other_keys, values};
use super::{Property, Shape};
use crate::script::Script;
use crate::survey::{Nested, Permanent, Survey, Values};

/// The names of browsers. Two requests of each are at work at once in parallel scripts: as many as every probe has to serve.
pub(super) const BROWSERS: [&str; 4] = ["ann", "bob", "cyd", "dan"];

/// The number of keys in scripts with overlapping requests. It is small, so that the requests change the same items.
const KEYS_OF_OVERLAPPING: usize = 3;

/// Generates scripts of one property for one backend.
pub struct Generator {
    pub(super) property: Property,
    pub(super) survey: Survey,
    /// How often each verb is tried, of those that are judged.
    pub(super) kinds: Vec<(u32, OperationKind)>,
    /// The keys of items, the simplest first: as many as [`KEYS`], and none that the framework uses.
    pub(super) keys: Vec<String>,
    /// As many as [`MORE_KEYS`], and none that the framework uses.
    pub(super) more_keys: Vec<String>,
    pub(super) values: BoxedStrategy<Value>,
    pub(super) nested: BoxedStrategy<Value>,
}

/// What may be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OperationKind {
    Get,
    Contains,
    Len,
    Set,
    Delete,
    Pop,
    Setdefault,
    Update,
    Clear,
    SetIn,
    Permanent,
    SetPermanent,
    Modified,
    New,
    SetModified,
    Regenerate,
    Destroy,
}

/// How often each verb is tried, and its name in the protocol.
const KINDS: [(u32, OperationKind, &str); 17] = [
    (3, OperationKind::Get, "get"),
    (1, OperationKind::Contains, "contains"),
    (1, OperationKind::Len, "len"),
    (8, OperationKind::Set, "set"),
    (5, OperationKind::Delete, "delete"),
    (4, OperationKind::Pop, "pop"),
    (3, OperationKind::Setdefault, "setdefault"),
    (3, OperationKind::Update, "update"),
    (2, OperationKind::Clear, "clear"),
    (4, OperationKind::SetIn, "set_in"),
    (2, OperationKind::Permanent, "permanent"),
    (4, OperationKind::SetPermanent, "set_permanent"),
    // Neither is compared here, but reading them must not disturb the data.
    (1, OperationKind::Modified, "modified"),
    (1, OperationKind::New, "new"),
    (1, OperationKind::SetModified, "set_modified"),
    (1, OperationKind::Regenerate, "regenerate"),
    (1, OperationKind::Destroy, "destroy"),
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
        let supported = KINDS.into_iter().filter(|(_, kind, name)| {
            !survey.unsupported.iter().any(|unsupported| unsupported == name) && is_judged(*kind, survey)
        });
        Self {
            property,
            survey: survey.clone(),
            kinds: supported.map(|(weight, kind, _)| (weight, kind)).collect(),
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

/// Whether the contract says enough about the verb for this backend.
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
