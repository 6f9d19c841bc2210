//! Generates scripts, one for each case.
//!
//! Every operation that the contract judges is generated. `set_lifetime`, `save`, `respond`, `raise` and `hold` are
//! not: what they do to the data is a capability, or needs a clock, and other suites judge it.

use proptest::strategy::BoxedStrategy;
use sessionspec_reference::Value;

use super::dice::Dice;
use super::overlapping::Overlapping;
use super::scribe::Scribe;
use super::values::{KEYS, MORE_KEYS, nested, values};
use super::{Property, Shape};
use crate::script::Script;
use crate::survey::{Nested, Permanent, Survey, Values};

/// The names of browsers.
pub(super) const BROWSERS: [&str; 3] = ["ann", "bob", "cyd"];

/// Generates scripts of one property for one backend.
pub struct Generator {
    pub(super) property: Property,
    pub(super) survey: Survey,
    /// How often each verb is tried, of those that are judged.
    pub(super) verbs: Vec<(u32, Verb)>,
    pub(super) keys: Vec<&'static str>,
    pub(super) more_keys: Vec<&'static str>,
    pub(super) values: BoxedStrategy<Value>,
    pub(super) nested: BoxedStrategy<Value>,
}

/// What may be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
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
const VERBS: [(u32, Verb, &str); 17] = [
    (3, Verb::Get, "get"),
    (1, Verb::Contains, "contains"),
    (1, Verb::Len, "len"),
    (8, Verb::Set, "set"),
    (5, Verb::Delete, "delete"),
    (4, Verb::Pop, "pop"),
    (3, Verb::Setdefault, "setdefault"),
    (3, Verb::Update, "update"),
    (2, Verb::Clear, "clear"),
    (4, Verb::SetIn, "set_in"),
    (2, Verb::Permanent, "permanent"),
    (4, Verb::SetPermanent, "set_permanent"),
    // Neither is compared here, but reading them must not disturb the data.
    (1, Verb::Modified, "modified"),
    (1, Verb::New, "new"),
    (1, Verb::SetModified, "set_modified"),
    (1, Verb::Regenerate, "regenerate"),
    (1, Verb::Destroy, "destroy"),
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
        // What the framework keeps under a key of its own is nobody's business.
        let is_free = |key: &&'static str| !survey.own_keys.contains(*key);
        let supported = VERBS.into_iter().filter(|(_, verb, name)| {
            !survey.unsupported.iter().any(|unsupported| unsupported == name) && is_judged(*verb, survey)
        });
        Self {
            property,
            survey: survey.clone(),
            verbs: supported.map(|(weight, verb, _)| (weight, verb)).collect(),
            keys: KEYS.into_iter().filter(is_free).collect(),
            more_keys: MORE_KEYS.into_iter().filter(is_free).collect(),
            values: values(survey.values),
            nested: nested(),
        }
    }

    /// The script of this seed (see [`case_seed`]).
    #[must_use]
    pub fn script(&self, seed: [u8; 32]) -> Script {
        let dice = Dice::new(seed);
        let overlapping = |dice| Overlapping::new(dice, &self.survey, &self.keys[..3]);
        match self.property.shape {
            Shape::OneCycle => Scribe::new(self, dice).one_cycle(),
            Shape::SeveralCycles => Scribe::new(self, dice).several_cycles(),
            Shape::Overlapping => overlapping(dice).step_by_step(),
            Shape::Parallel => overlapping(dice).in_parallel(),
        }
    }
}

/// Whether the contract says enough about the verb for this backend.
fn is_judged(verb: Verb, survey: &Survey) -> bool {
    match verb {
        Verb::Permanent | Verb::SetPermanent => survey.permanent.observed().is_some_and(Permanent::persists),
        Verb::SetIn => {
            survey.values == Values::Json
                && matches!(survey.nested, Nested::Tracked | Nested::Untracked | Nested::WrittenBack)
        }
        _ => true,
    }
}
