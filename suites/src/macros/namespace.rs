//! Names for what each test has to itself in a database.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// A name that no other test gets, whether in this process, in another one, or in a later run. It fits wherever databases take
/// a name: at most 32 lower-case letters and digits, of which the first is a letter.
#[must_use]
pub fn namespace() -> String {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    // The keys of the hasher are random numbers of this process, and the number is that of the name within it.
    let random = RandomState::new().hash_one((std::process::id(), number));
    format!("spec{random:016x}{:x}", number & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_fit_everywhere() {
        let names: std::collections::BTreeSet<String> = (0..100).map(|_| namespace()).collect();
        assert_eq!(names.len(), 100);
        for name in names {
            assert!(name.len() <= 32 && name.starts_with('s'), "{name}");
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{name}");
        }
    }
}
