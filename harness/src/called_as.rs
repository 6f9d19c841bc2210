//! How the command is called by whoever reads what it says, so that the commands which it names can be pasted.

/// The variable in which a launcher says how the command is called, as in `npx sessionspec`.
const VARIABLE: &str = "SESSIONSPEC_CALLED_AS";

/// How the command is called: by its name, unless a launcher says otherwise.
#[must_use]
pub(crate) fn called_as() -> String {
    let said = std::env::var(VARIABLE).unwrap_or_default();
    if is_plain(&said) { said } else { "sessionspec".to_owned() }
}

/// Whether this is words that every shell takes as they are.
fn is_plain(words: &str) -> bool {
    let is_of_a_word = |c: char| c.is_ascii_alphanumeric() || "-_./@ ".contains(c);
    !words.trim().is_empty() && words.chars().all(is_of_a_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_not_take_as_words_is_left_alone() {
        assert!(is_plain("npx sessionspec"));
        assert!(is_plain("./node_modules/.bin/sessionspec"));
        for words in ["", " ", "sessionspec; reboot", "$(sessionspec)", "a\nb", "\u{1b}[31m"] {
            assert!(!is_plain(words), "{words:?}");
        }
    }
}
