//! The keys of an application whose session library cannot list the items of a session.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Every key that a handler of this application has ever written.
///
/// Some libraries cannot say what a session holds, only whether it holds a given key. Applications know their own keys, and
/// an adapter for such a library learns them with this type: what it finds under them are the session's items. Clones share
/// their keys, and they can be sent to other threads.
#[derive(Debug, Clone, Default)]
pub struct WrittenKeys(Arc<Mutex<BTreeSet<String>>>);

impl WrittenKeys {
    /// Notes that a handler writes this key.
    pub fn note(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned());
    }

    /// All keys that were ever written.
    #[must_use]
    pub fn all(&self) -> BTreeSet<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
