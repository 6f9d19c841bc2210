//! The store in memory, which the reference uses.

use std::cell::RefCell;
use std::collections::HashMap;
use std::convert::Infallible;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use crate::clock::Clock;
use crate::description::Description;
use crate::store::{Record, Store};

/// Records in the memory of the process. They expire by the clock that the store was given.
pub struct MemoryStore {
    clock: Rc<dyn Clock>,
    entries: RefCell<HashMap<String, Entry>>,
}

struct Entry {
    record: Record,
    expires: Option<SystemTime>,
}

impl MemoryStore {
    /// An empty store on this clock.
    #[must_use]
    pub fn new(clock: Rc<dyn Clock>) -> Self {
        Self { clock, entries: RefCell::default() }
    }

    fn entry(&self, record: &Record, lifetime: Option<Duration>) -> Entry {
        // A lifetime that ends later than the clock can express never ends.
        let expires = lifetime.and_then(|lifetime| self.clock.now().checked_add(lifetime));
        Entry { record: record.clone(), expires }
    }

    fn drop_if_expired(&self, id: &str) {
        let now = self.clock.now();
        let expires = self.entries.borrow().get(id).and_then(|entry| entry.expires);
        if expires.is_some_and(|expires| expires <= now) {
            self.entries.borrow_mut().remove(id);
        }
    }
}

impl Store for MemoryStore {
    type Error = Infallible;

    async fn create(
        &self,
        id: &str,
        record: &Record,
        lifetime: Option<Duration>,
    ) -> Result<bool, Infallible> {
        self.drop_if_expired(id);
        let entry = self.entry(record, lifetime);
        let mut entries = self.entries.borrow_mut();
        if entries.contains_key(id) {
            return Ok(false);
        }
        entries.insert(id.to_owned(), entry);
        Ok(true)
    }

    async fn load(&self, id: &str) -> Result<Option<Record>, Infallible> {
        self.drop_if_expired(id);
        Ok(self.entries.borrow().get(id).map(|entry| entry.record.clone()))
    }

    async fn replace(
        &self,
        id: &str,
        record: &Record,
        lifetime: Option<Duration>,
    ) -> Result<bool, Infallible> {
        self.drop_if_expired(id);
        let entry = self.entry(record, lifetime);
        match self.entries.borrow_mut().get_mut(id) {
            Some(old) => {
                *old = entry;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    async fn delete(&self, id: &str) -> Result<(), Infallible> {
        self.entries.borrow_mut().remove(id);
        Ok(())
    }

    fn describe(&self) -> Description {
        Description {
            name: Some("sessionspec-reference".into()),
            version: Some(env!("CARGO_PKG_VERSION").into()),
            ..Description::default()
        }
    }
}
