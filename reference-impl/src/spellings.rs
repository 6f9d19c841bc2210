//! Further spellings of operations, as a description names them.

use std::collections::BTreeMap;

/// So many spellings are tried of one operation.
const MOST_SPELLINGS: usize = 16;

/// The name of a spelling is at most so long, in characters.
const LONGEST_SPELLING: usize = 40;

/// The spellings in a description are none that can be tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImpossibleSpelling {
    /// The name of a spelling is none.
    #[error(
        "`spellings` has a name for `{operation}` that is none: a name has 1 to {LONGEST_SPELLING} visible characters of ASCII, \
         without blanks"
    )]
    Name {
        /// The operation.
        operation: String,
    },
    /// An operation has the same spelling twice.
    #[error("`spellings` names `{spelling}` twice for `{operation}`")]
    Twice {
        /// The operation.
        operation: String,
        /// The spelling.
        spelling: String,
    },
    /// An operation has too many spellings.
    #[error("`spellings` has {count} names for `{operation}`, and at most {MOST_SPELLINGS} are tried")]
    TooMany {
        /// The operation.
        operation: String,
        /// How many it has.
        count: usize,
    },
}

/// Whether this can be the name of a spelling: it is short, and can be printed anywhere.
#[must_use]
pub fn is_name_of_spelling(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST_SPELLING && name.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Checks that the spellings of a description can be tried.
pub(crate) fn check_spellings(spellings: &BTreeMap<String, Vec<String>>) -> Result<(), ImpossibleSpelling> {
    for (operation, names) in spellings {
        let operation = || shortened(operation);
        if names.len() > MOST_SPELLINGS {
            return Err(ImpossibleSpelling::TooMany { operation: operation(), count: names.len() });
        }
        for (at, name) in names.iter().enumerate() {
            if !is_name_of_spelling(name) {
                return Err(ImpossibleSpelling::Name { operation: operation() });
            }
            if names[..at].contains(name) {
                return Err(ImpossibleSpelling::Twice { operation: operation(), spelling: name.clone() });
            }
        }
    }
    Ok(())
}

/// What somebody has written in the place of the name of an operation, as far as that is long enough for one.
fn shortened(name: &str) -> String {
    name.chars().take(LONGEST_SPELLING).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_that_cannot_be_printed_or_is_one_of_too_many_is_named() {
        let checked = |names: Vec<&str>| {
            check_spellings(&[("update".to_owned(), names.into_iter().map(str::to_owned).collect())].into())
        };
        let longest = "x".repeat(LONGEST_SPELLING);
        assert_eq!(checked(vec!["|=", "Object.assign", "[k]=v", &longest]), Ok(()));
        for name in ["", "a b", "a\n", "\u{1b}[2J", "na\u{ef}ve", &"x".repeat(LONGEST_SPELLING + 1)] {
            assert!(matches!(checked(vec!["|=", name]), Err(ImpossibleSpelling::Name { .. })), "{name:?}");
        }
        assert!(matches!(checked(vec!["|=", "|="]), Err(ImpossibleSpelling::Twice { .. })));
        let many: Vec<String> = (0..=MOST_SPELLINGS).map(|number| format!("way-{number}")).collect();
        let too_many = checked(many.iter().map(String::as_str).collect()).unwrap_err();
        assert_eq!(too_many.to_string(), "`spellings` has 17 names for `update`, and at most 16 are tried");
        assert_eq!(checked(many[1..].iter().map(String::as_str).collect()), Ok(()));
    }
}
