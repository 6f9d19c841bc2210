//! Generates the script of a case: which shape it has decides who writes it.

use super::any_races::AnyRaces;
use super::any_scripts::AnyScripts;
use super::overlapping_scripts::OverlappingScripts;
use super::rng::Rng;
use super::sequential_scripts::SequentialScripts;
use super::shrink::GeneratedScript;
use super::situations::{Pairs, Reach, Row};
use super::{Generator, Shape};
use crate::script::{Cycle, Operation, OperationKind, Script};

/// The number of keys in scripts with overlapping requests. It is small, so that the requests change the same items.
const KEYS_OF_OVERLAPPING: usize = 3;

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
    /// The script of this seed (see [`case_seed`]).
    #[must_use]
    pub fn script(&self, seed: [u8; 32]) -> Script {
        let mut script = self.in_usual_spelling(seed);
        self.spell(&mut script, seed);
        script
    }

    /// Asks about half of the operations that have another spelling in one of those, chosen by this seed. Where there is none,
    /// the script stays as it is.
    fn spell(&self, script: &mut Script, mut seed: [u8; 32]) {
        let spellings = || self.survey.spellings.iter().filter(|spelling| spelling.is_known);
        if spellings().next().is_none() {
            return;
        }
        seed[31] ^= 1;
        let mut rng = Rng::new(seed);
        // A handler that raises, or whose answers are lost, does not say whether a spelling could be used.
        let answers = |cycle: &&mut Cycle| {
            !cycle.ops.contains(&Operation::Raise) && cycle.ops.status_without_body().is_none()
        };
        for cycle in script.cycles_mut().filter(answers) {
            for at in 0..cycle.ops.len() {
                let kind = cycle.ops[at].kind();
                let own: Vec<&str> = spellings()
                    .filter(|spelling| spelling.operation == kind)
                    .map(|spelling| spelling.name.as_str())
                    .collect();
                if !own.is_empty() && rng.once_in(2) {
                    cycle.ops.spell(at, rng.choose(&own).copied());
                }
            }
        }
    }

    fn in_usual_spelling(&self, seed: [u8; 32]) -> Script {
        let rng = Rng::new(seed);
        let keys = self.keys.get(..KEYS_OF_OVERLAPPING).unwrap_or(&self.keys);
        let overlapping = |rng| OverlappingScripts::new(rng, &self.survey, keys);
        match self.property.shape {
            Shape::OneCycle => SequentialScripts::new(self, rng).one_cycle(),
            Shape::SeveralCycles => SequentialScripts::new(self, rng).several_cycles(),
            Shape::AnyRace => AnyRaces::new(self, rng, seed).script(),
            Shape::AnyScript | Shape::AnyLife => AnyScripts::new(self, rng, seed).written().script,
            Shape::Overlapping => overlapping(rng).step_by_step(),
            Shape::Parallel => overlapping(rng).in_parallel(),
        }
    }

    /// How many pairs of situations the scripts of these seeds meet, where they are about situations.
    pub(crate) fn pairs_met(&self, seeds: impl Iterator<Item = [u8; 32]>) -> Option<Pairs> {
        let is_life = match self.property.shape {
            Shape::AnyScript => false,
            Shape::AnyLife => true,
            _ => return None,
        };
        let episodes: Vec<Vec<Row>> =
            seeds.flat_map(|seed| AnyScripts::new(self, Rng::new(seed), seed).written().met).collect();
        let reach = Reach { survey: &self.survey, is_tried: &|kind| self.tries(kind) };
        Some(Pairs::among(&episodes, is_life, reach))
    }

    /// Whether the contract says enough about this operation on the backend.
    pub(super) fn tries(&self, kind: OperationKind) -> bool {
        self.kinds.iter().any(|(_, tried)| *tried == kind)
    }

    /// The script of this seed, ready to be shrunk.
    pub(super) fn draw(&self, seed: [u8; 32]) -> GeneratedScript<'_> {
        GeneratedScript { script: self.script(seed), shape: self.property.shape, keys: &self.keys }
    }
}
