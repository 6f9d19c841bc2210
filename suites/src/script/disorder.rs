//! Text in which there is nothing to compress.

/// Text of this length that no compression makes shorter. Flask compresses the cookies that it sends, and the checks of
/// large sessions need large cookies.
pub(crate) fn incompressible(length: usize) -> String {
    let mut state = 1_u32;
    let letters = std::iter::repeat_with(|| {
        // This is a linear congruential generator with the numbers of Numerical Recipes. It is good enough: all that is
        // asked is that no compression helps.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'0' + u8::try_from(state >> 26).unwrap_or_default())
    });
    // A backslash is left out, since JSON would escape it and the text would become longer.
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
