//! The records of the in-memory store, and the ids that name them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::value::Map;

/// What is kept of a session between two requests.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub(super) items: Map,
    /// Where `permanent` lives beside the data: what it was set to.
    pub(super) permanent: Option<bool>,
    /// What `set_lifetime` asked for.
    pub(super) own_lifetime: Option<Duration>,
}

struct Stored {
    record: Record,
    expires: Option<SystemTime>,
}

/// All records of one store.
pub(super) struct Records {
    clock: Rc<dyn Clock>,
    stored: RefCell<HashMap<String, Stored>>,
}

impl Records {
    pub(super) fn new(clock: Rc<dyn Clock>) -> Self {
        Self { clock, stored: RefCell::default() }
    }

    /// The record of this id, unless it is unknown or has expired.
    pub(super) fn load(&self, id: &str) -> Option<Record> {
        self.drop_if_expired(id);
        self.stored.borrow().get(id).map(|stored| stored.record.clone())
    }

    /// Stores a new record and returns the id that it got.
    pub(super) fn create(&self, record: Record, lifetime: Option<Duration>) -> Result<String> {
        let id = fresh_id()?;
        let expires = self.expiry(lifetime);
        self.stored.borrow_mut().insert(id.clone(), Stored { record, expires });
        Ok(id)
    }

    /// Replaces a record where it still exists; whether it did.
    pub(super) fn replace(&self, id: &str, record: Record, lifetime: Option<Duration>) -> bool {
        self.drop_if_expired(id);
        let expires = self.expiry(lifetime);
        match self.stored.borrow_mut().get_mut(id) {
            Some(stored) => {
                *stored = Stored { record, expires };
                true
            }
            None => false,
        }
    }

    pub(super) fn remove(&self, id: &str) {
        self.stored.borrow_mut().remove(id);
    }

    fn drop_if_expired(&self, id: &str) {
        let now = self.clock.now();
        let expired = self
            .stored
            .borrow()
            .get(id)
            .and_then(|stored| stored.expires)
            .is_some_and(|expires| expires <= now);
        if expired {
            self.remove(id);
        }
    }

    fn expiry(&self, lifetime: Option<Duration>) -> Option<SystemTime> {
        // A lifetime beyond what the clock can express is for ever.
        lifetime.and_then(|lifetime| self.clock.now().checked_add(lifetime))
    }
}

/// 128 random bits in hexadecimal: what OWASP's session management advice asks for, twice over.
fn fresh_id() -> Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::store(format!("no random numbers for an id: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
