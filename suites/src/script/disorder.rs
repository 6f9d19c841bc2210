//! Text in which there is nothing to compress.

/// Text of this length that no compression makes short: Flask compresses what it sends.
pub(crate) fn incompressible(length: usize) -> String {
    let mut state = 1_u32;
    let letters = std::iter::repeat_with(|| {
        // A linear congruential generator, by the numbers of Numerical Recipes: any disorder will do.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'0' + u8::try_from(state >> 26).unwrap_or_default())
    });
    // No character that JSON would escape: the length is what is meant.
    letters.filter(|letter| *letter != '\\').take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_length_and_the_disorder_that_were_asked_for() {
        let text = incompressible(6_000);
        assert_eq!(text.len(), 6_000);
        let pairs: std::collections::BTreeSet<_> = text.as_bytes().windows(2).collect();
        assert!(pairs.len() > 2_500, "{} different pairs", pairs.len());
    }
}
