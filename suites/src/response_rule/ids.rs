//! Whether cookies can collide, or be guessed.

use std::collections::BTreeSet;

use super::received_by;
use crate::transcript::Transcript;

/// The sets of cookies that the responses up to this one have set: each joined, in the order of their names.
pub(super) fn set_until(transcript: &Transcript, cycle: usize) -> Vec<Vec<u8>> {
    let sets = transcript.exchanges.iter().take(cycle + 1).map(|exchange| {
        let received = received_by(exchange);
        let set =
            received.into_iter().filter(|received| !received.is_removal).map(|received| received.cookie);
        let mut pairs: Vec<_> = set.map(|cookie| (cookie.name, cookie.value)).collect();
        pairs.sort();
        pairs.into_iter().flat_map(|(_, value)| value).collect()
    });
    sets.filter(|set: &Vec<u8>| !set.is_empty()).collect()
}

pub(super) fn distinct(sets: &[Vec<u8>]) -> Option<Result<(), String>> {
    let different = sets.iter().collect::<BTreeSet<_>>().len();
    match sets.len() {
        0 | 1 => None,
        all if all == different => Some(Ok(())),
        all => Some(Err(format!("{different} different ones in {all}"))),
    }
}

/// Of an id with 64 random bits, as many as OWASP asks for, 58 to 64 are seen to vary in 64 samples, depending on its
/// alphabet: never as few as this (the odds are below one in a billion). A counter, or a time with a counter, has fewer
/// by far.
pub(super) const GUESSABLE: usize = 56;

/// How many bits vary: at each place, the logarithm of how many bytes were seen there.
pub(super) fn unpredictable(sets: &[Vec<u8>]) -> Option<Result<(), String>> {
    if sets.len() < 2 {
        return None;
    }
    let longest = sets.iter().map(Vec::len).max().unwrap_or_default();
    let bits: f64 = (0..longest)
        .map(|at| {
            let seen: BTreeSet<_> = sets.iter().map(|set| set.get(at)).collect();
            f64::from(u32::try_from(seen.len()).unwrap_or(u32::MAX)).log2()
        })
        .sum();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 0 and 8 * 4096"
    )]
    let bits = bits.round() as usize;
    Some(if bits >= GUESSABLE {
        Ok(())
    } else {
        Err(format!("{bits} bits that vary, in {} ids", sets.len()))
    })
}
