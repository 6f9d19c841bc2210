//! Rules by which cookies must be different, and must not be guessed.

use std::collections::BTreeSet;

use super::left_by;
use crate::play::Transcript;

/// The cookies that each response up to this one has set: one text for each response, with the values in the order of
/// the cookies' names.
pub(super) fn set_until(transcript: &Transcript, cycle: usize) -> Vec<Vec<u8>> {
    let sets = transcript.exchanges.iter().take(cycle + 1).map(|exchange| {
        let left = left_by(transcript, exchange);
        let set = left.into_iter().filter(|received| !received.is_removal).map(|received| received.cookie);
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

/// How many bits have to vary. OWASP asks for 64 random bits; of these, 64 samples show 58 to 64, depending on the
/// alphabet of the id, and fewer than this number with odds of less than one in a billion. A counter, or a time with a
/// counter, has far fewer.
pub(super) const GUESSABLE: usize = 56;

/// Counts the bits that vary. Each place counts with the logarithm of how many different bytes were seen there. What is said
/// has no count of them, since where a counter began decides how many of its digits vary, which is by chance.
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
        Err(format!("fewer than {GUESSABLE} bits that vary, in {} ids", sets.len()))
    })
}

/// Looks at what is new in each: what it does not share with the one before it, at the beginning or at the end. It counts with
/// as many bits as its letters may carry, so that what is called guessable surely is. An id that grows with each rotation, or of
/// which the last digits are counted on, has little that is new in any.
pub(super) fn drawn_anew(sets: &[Vec<u8>]) -> Option<Result<(), String>> {
    let most = sets.windows(2).map(|pair| new_bits(&pair[0], &pair[1])).max()?;
    Some(if most >= GUESSABLE {
        Ok(())
    } else {
        Err(format!("fewer than {GUESSABLE} bits that are new in each of {} ids of one session", sets.len()))
    })
}

/// The bits that this id may have and the earlier one has not.
fn new_bits(earlier: &[u8], id: &[u8]) -> usize {
    let shared =
        |pairs: &mut dyn Iterator<Item = (&u8, &u8)>| pairs.take_while(|(one, other)| one == other).count();
    let beginning = shared(&mut earlier.iter().zip(id));
    let end = shared(&mut earlier[beginning..].iter().rev().zip(id[beginning..].iter().rev()));
    let bits = match &id[beginning..] {
        rest if rest.iter().all(u8::is_ascii_hexdigit) => 4,
        _ => 6,
    };
    bits * (id.len() - beginning - end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The generator SplitMix64. Each trial has one of its own, so that a single trial can be repeated.
    fn random(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn sets(id: impl FnMut() -> String) -> Vec<Vec<u8>> {
        std::iter::repeat_with(id).take(64).map(String::into_bytes).collect()
    }

    #[test]
    fn an_id_of_64_random_bits_is_never_called_guessable() {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for trial in 0..1_000 {
            let mut state = trial;
            let hexadecimal = sets(|| format!("{:016x}", random(&mut state)));
            assert_eq!(unpredictable(&hexadecimal), Some(Ok(())), "trial {trial}");
            let letter = |bits: u64| char::from(LETTERS[usize::try_from(bits % 64).unwrap_or_default()]);
            let base64 = sets(|| (0..11).map(|_| letter(random(&mut state))).collect());
            assert_eq!(unpredictable(&base64), Some(Ok(())), "trial {trial}");
        }
    }

    #[test]
    fn an_id_that_is_made_from_the_one_before_is_not_drawn_anew() {
        let mut state = 7;
        let base = format!("{:016x}{:016x}", random(&mut state), random(&mut state));
        let ids =
            |id: &dyn Fn(usize) -> String| -> Vec<Vec<u8>> { (0..64).map(|n| id(n).into_bytes()).collect() };
        let appended = ids(&|number| format!("{base}{}", "x1".repeat(number)));
        let counted = ids(&|number| format!("{}{:04x}", &base[..28], 0xfff0 + number));
        let before = ids(&|number| format!("{number}-{base}"));
        for made in [&appended, &counted, &before] {
            assert!(matches!(drawn_anew(made), Some(Err(_))), "{made:?}");
        }
        assert_eq!(drawn_anew(&appended[..1]), None);
        for trial in 0..1_000 {
            let mut state = trial;
            let drawn = sets(|| format!("{:016x}", random(&mut state)));
            assert_eq!(drawn_anew(&drawn), Some(Ok(())), "trial {trial}");
        }
        // The time comes first, and what is random after it, as in version 7 of UUIDs.
        let mut state = 8;
        let mut time = 0x0192_0000_0000_u64;
        let timed = sets(|| {
            time += 1;
            format!("{time:012x}-7abc-{:016x}", random(&mut state))
        });
        assert_eq!(drawn_anew(&timed), Some(Ok(())));
    }

    #[test]
    fn a_counter_and_a_time_are_guessable_and_one_id_says_nothing() {
        let mut number = 0xcafe_u64;
        let counted = sets(|| {
            number += 1;
            format!("{number:032x}")
        });
        assert!(matches!(unpredictable(&counted), Some(Err(_))));
        let mut nanoseconds = 1_800_000_000_000_000_000_u64;
        let timed = sets(|| {
            nanoseconds += 104_729;
            nanoseconds.to_string()
        });
        assert!(matches!(unpredictable(&timed), Some(Err(_))));
        assert_eq!(unpredictable(&counted[..1]), None);
    }
}
